import { type DeploymentConfig, interpretDeployment, renderReport } from '@fargate-gitlab-runner/config';
import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { documentOf, inInputWords } from './input-words.ts';
import type { RunnerServiceProps } from './runner-service-props.ts';
import { StandIns } from './stand-ins.ts';

/** Props that passed every check, what was noticed about them, and the references that stand-ins stand for. */
export interface JudgedProps {
  readonly deployment: DeploymentConfig;
  /** By code and text. */
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
  readonly standIns: StandIns;
}

/**
 * Judges the props with the rules of the configuration.
 *
 * @throws Error with a report of every problem and warning, in the words of the props
 */
export function judgeProps(scope: Construct, props: RunnerServiceProps): JudgedProps {
  const standIns = new StandIns();
  const result = interpretDeployment(standIns.replace(documentOf({ ...props, ...regionOf(scope, props) })));
  const name = scope.node.path;
  if (result.kind === 'invalid') throw new Error(inInputWords(renderReport({ ...result, name })));
  const warnings = result.warnings.map(({ at = '', what, code, cure = '' }) => ({ code, text: inInputWords(`${at}: ${what}; ${cure}`) }));
  return { deployment: result.deployment, warnings, standIns };
}

function regionOf(scope: Construct, { awsRegion }: RunnerServiceProps): { readonly awsRegion?: string } {
  const region = awsRegion ?? Stack.of(scope).region;
  return Token.isUnresolved(region) ? {} : { awsRegion: region };
}
