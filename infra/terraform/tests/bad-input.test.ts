import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunnerService, type RunnerServiceProps } from '@fargate-gitlab-runner/cdk';
import { programEnd, TERRAFORM, type TerraformScratch } from '@fargate-gitlab-runner/testkit';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialisedModule, MODULE } from './applied-module.ts';
import type { Mistake } from './mistake.ts';
import { EACH_ALONE, MISTAKES, NO_RUNNERS } from './mistakes.ts';

/**
 * Mistakes that people make, and what each door says to them: synthesis of the CDK construct, `check`, and `terraform plan`. In the words of
 * the input: what is `gitlab_url` in a file is `gitlabUrl` in CDK.
 */
const ENTRY = {
  worker_docker_image: 'registry.example.com/worker:1',
  worker_cpu: 256,
  worker_memory: 512,
  worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  worker_subnet_id: 'subnet-0a1b2c3d4e5f60718',
  worker_security_group_id: 'sg-0a1b2c3d4e5f60718',
  worker_task_role_arn: 'arn:aws:iam::111122223333:role/jobs',
};
const INPUTS = {
  aws_region: 'eu-west-1',
  environment: 'dev',
  project_code: 'shop',
  service_name: 'runner',
  manager_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/managers',
  manager_security_group_ids: ['sg-0a1b2c3d4e5f60718'],
  manager_subnet_ids: ['subnet-0a1b2c3d4e5f60718'],
  manager_docker_image: 'registry.example.com/manager:1',
  gitlab_token_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitlab-AbCdEf',
  gitlab_url: 'https://gitlab.example.com',
  gitlab_runner_concurrency: 10,
  gitlab_runner_name_prefix: 'shop-dev',
};

/** Mistakes under their names, as a table of tests wants them. */
function named(mistakes: readonly Mistake[]): (readonly [string, Mistake])[] {
  return mistakes.map((mistake) => [mistake.what, mistake]);
}

/** A document with one mistake, or with many; where a mistake is about no runner of its own there is one that is fine. */
function documentWith(mistakes: readonly Mistake[]): Readonly<Record<string, unknown>> {
  const changes = Object.assign({}, ...mistakes.map(({ inputs }) => inputs));
  const runners: Record<string, object> = Object.assign({}, ...mistakes.map((mistake) => mistake.runners));
  const entries = Object.entries(mistakes.includes(NO_RUNNERS) ? {} : { fine: {}, ...runners });
  return {
    ...INPUTS,
    ...changes,
    managers_configs: Object.fromEntries(entries.map(([name, entry]) => [name, { ...ENTRY, tags: [name], limit: 10, ...entry }])),
  };
}

const inCamelCase = (key: string) => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** A path in the words of CDK: its first part is a prop, the rest stays. */
const asProp = (path: string) => path.replace(/^[a-z_]+/, inCamelCase);

/** Path and code of everything in a report. */
function saidIn(report: string): string[] {
  return [...report.matchAll(/^ {2}(?:\S+\.json:[\d:]* )?([\w.[\]]+): .*\[(FR_\w+)\]$/gm)].map(([, path, code]) => `${path} ${code}`);
}

/** What the CDK construct says when it is made, errors or warnings. */
function synthesisSays(document: Readonly<Record<string, unknown>>): string[] {
  const stack = new Stack(new App(), 'stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const props: RunnerServiceProps = JSON.parse(
    JSON.stringify(Object.fromEntries(Object.entries(document).map(([key, value]) => [inCamelCase(key), value]))),
  );
  try {
    const { warnings } = new RunnerService(stack, 'Runners', props);
    return warnings.map(({ code, text }) => `${text.slice(0, text.indexOf(':'))} ${code}`);
  } catch (error) {
    return saidIn(error instanceof Error ? error.message : String(error));
  }
}

describe('bad input', () => {
  let folder: string;
  beforeAll(async () => {
    process.env.CDK_VALIDATION = 'false';
    folder = await mkdtemp(join(tmpdir(), 'fgr-bad-input-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const checkSays = async (document: object): Promise<string[]> => {
    await writeFile(join(folder, 'bad.json'), JSON.stringify(document, null, 2));
    const { stdout } = await programEnd('cli', ['check', '--without-tokens', '--config', 'bad.json'], folder);
    return saidIn(stdout);
  };

  it.each(named([...MISTAKES, ...EACH_ALONE]))('%s: named by synthesis and by check, and nothing else is', async (_what, mistake) => {
    const document = documentWith([mistake]);
    expect(synthesisSays(document).toSorted()).toEqual(mistake.said.map(([path, code]) => `${asProp(path)} ${code}`).toSorted());
    expect((await checkSays(document)).toSorted()).toEqual(mistake.said.map((words) => words.join(' ')).toSorted());
  });

  it('all of it at once: every mistake is named by both', async () => {
    const document = documentWith(MISTAKES);
    const said = MISTAKES.flatMap((mistake) => mistake.said);
    expect(synthesisSays(document).toSorted()).toEqual(said.map(([path, code]) => `${asProp(path)} ${code}`).toSorted());
    expect((await checkSays(document)).toSorted()).toEqual(said.map((words) => words.join(' ')).toSorted());
  });
});

describe.skipIf(TERRAFORM === undefined)('bad input to the Terraform module', { timeout: 120_000 }, () => {
  let scratch: TerraformScratch;
  beforeAll(async () => {
    scratch = await initialisedModule();
  }, 120_000);
  afterAll(() => scratch[Symbol.asyncDispose]());

  const plan = async (mistakes: readonly Mistake[]) => {
    await scratch.write(`${MODULE}/terraform.tfvars.json`, JSON.stringify(documentWith(mistakes)));
    const { code, text } = await scratch.run(MODULE, 'plan', '-no-color');
    // Terraform breaks lines and draws a frame.
    return { code, text: text.replaceAll(/\n[│╷╵]?\s*/g, ' ') };
  };

  it.each(named([...MISTAKES, ...EACH_ALONE].filter(({ terraform }) => terraform)))('%s', async (_what, mistake) => {
    const { code, text } = await plan([mistake]);
    expect(code).toBe(1);
    for (const words of mistake.terraform ?? []) expect(text).toContain(words);
  });

  it('what is only odd is taken', async () => {
    expect((await plan(MISTAKES.filter(({ terraform }) => !terraform))).code).toBe(0);
  });

  it('everything that is wrong with an input by itself is said at once', async () => {
    const { code, text } = await plan(MISTAKES);
    expect(code).toBe(1);
    const alone = MISTAKES.filter(({ isSaidLater }) => !isSaidLater).flatMap(({ terraform = [] }) => terraform);
    expect(alone.length).toBeGreaterThan(4);
    for (const words of alone) expect(text).toContain(words);
  });

  it('and then, at once, all that is wrong with the settings of runners and does not fit together', async () => {
    const later = MISTAKES.filter(({ isSaidLater }) => isSaidLater);
    const { text } = await plan(later);
    for (const words of later.flatMap(({ terraform = [] }) => terraform)) expect(text).toContain(words);
  });
});
