import { RunnerService, type RunnerServiceProps } from '@fargate-gitlab-runner/cdk';
import { type KnownNames, type ResolvedResource, resolvedTemplate } from '@fargate-gitlab-runner/testkit';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** The template of the CDK construct for these props, with every reference replaced by what AWS would put there. */
export function cdkResources(props: RunnerServiceProps, known: KnownNames): ResolvedResource[] {
  const stack = new Stack(new App(), 'Parity', { env: { account: '111122223333', region: props.awsRegion ?? 'eu-west-1' } });
  new RunnerService(stack, 'Runners', props);
  return resolvedTemplate(Template.fromStack(stack).toJSON(), known);
}
