import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, aws_ecs, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { beforeAll, describe, expect, it } from 'vitest';
import { acknowledgementsFor } from './acknowledgements.test-double.ts';
import type { DeployedEnvironment } from './common.ts';
import { dev } from './dev.ts';
import { environments } from './environments.ts';
import { stacksOf } from './stacks.ts';

/**
 * Gates: every environment is synthesised once, with the validator that aws-cdk-lib brings along in its strict mode and with the AwsSolutions
 * pack of cdk-nag; the templates are kept as snapshots.
 */
describe.each(Object.entries(environments))('%s', (name, environment) => {
  let made: ReturnType<typeof gated>;
  beforeAll(() => {
    made = gated(environment);
  }, 120_000);

  it('passes the validator and cdk-nag without an error and without a warning', () => {
    expect(made.noticed).toEqual([]);
  });

  it.each(['clusters', 'service'] as const)('the template of its %s is the one that was reviewed', async (stack) => {
    await expect(`${JSON.stringify(made[stack], null, 2)}\n`).toMatchFileSnapshot(`snapshots/${name}.${stack}.json`);
  });
});

it('an environment with the images of this clone passes the same gate', () => {
  const { noticed, service } = gated({ ...dev, imagesOfClone: { worker: 'debian' } });
  expect(noticed).toEqual([]);
  const images = [...JSON.stringify(service).matchAll(/"Image":"([^"]*)"/g)].map(([, image]) => image);
  expect(images).toHaveLength(5);
  for (const image of images)
    expect(image).toMatch(/^000000000000\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/cdk-\w+-container-assets-[\w-]+:\w{64}$/);
}, 120_000);

it('the validator of the gate refuses what Fargate does not have', () => {
  const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  const definition = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '4096' };
  new aws_ecs.CfnTaskDefinition(new Stack(app, 'stack'), 'Bad', { ...definition, containerDefinitions: [{ name: 'a', image: 'a' }] });
  expect(() => app.synth()).toThrow(/E304[78]|memory/i);
}, 120_000);

/** An environment synthesised in strict mode: what was noticed, and the templates. */
function gated(environment: DeployedEnvironment) {
  const stacks = stacksOf(environment, { context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  Validations.of(stacks.app).addPlugins(new AwsSolutionsChecks(stacks.app));
  for (const { at, id, reason } of acknowledgementsFor(environment)) {
    Validations.of(at.reduce((scope: IConstruct, child) => scope.node.findChild(child), stacks.runnerService)).acknowledge({ id, reason });
  }
  stacks.app.synth();
  return {
    noticed: noticedIn(join(stacks.app.outdir, 'validation-report.json')),
    clusters: Template.fromStack(stacks.clusters).toJSON(),
    service: Template.fromStack(stacks.service).toJSON(),
  };
}

/** All findings in a report, warnings as well as errors: this is what makes the gate strict. */
function noticedIn(file: string): string[] {
  const { pluginReports }: Report = JSON.parse(readFileSync(file, 'utf8'));
  return pluginReports.flatMap(({ pluginName, violations }) => violations.map(({ ruleName }) => `${pluginName}: ${ruleName}`));
}

interface Report {
  readonly pluginReports: readonly { readonly pluginName: string; readonly violations: readonly { readonly ruleName: string }[] }[];
}
