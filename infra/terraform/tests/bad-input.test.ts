import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunnerService, type RunnerServiceProps } from '@fargate-gitlab-runner/cdk';
import { programEnd, TERRAFORM, type TerraformScratch } from '@fargate-gitlab-runner/testkit';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialisedModule, MODULE } from './applied-module.ts';

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

interface Mistake {
  readonly what: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** By name of a runner, changes of its entry. */
  readonly runners?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Path in the document and code of everything that is said. */
  readonly said: readonly (readonly [path: string, code: string])[];
  /** What Terraform says. It knows no warnings: left out where it takes the input, of which the manager warns when it starts. */
  readonly terraform?: readonly string[];
}

const MISTAKES: readonly Mistake[] = [
  {
    what: 'an ARN of the wrong shape',
    runners: { shape: { worker_ecs_cluster_arn: 'cluster/workers' } },
    said: [['managers_configs.shape.worker_ecs_cluster_arn', 'FR_CONFIG_CLUSTER_ARN']],
    terraform: ['worker_ecs_cluster_arn must be the ARN of an ECS cluster', 'It is not in managers_configs of: shape.'],
  },
  {
    what: 'the ARN of a secret with the region where the account belongs',
    inputs: { gitlab_token_secret_arn: 'arn:aws:secretsmanager:eu-west-1:eu-west-1:secret:gitlab-AbCdEf' },
    said: [['gitlab_token_secret_arn', 'FR_CONFIG_SECRET_ARN']],
    terraform: ['gitlab_token_secret_arn must be', 'with a region and the 12 digits of an account in their places'],
  },
  {
    what: 'CPU and memory that Fargate does not have',
    inputs: { manager_memory: 4096 },
    runners: { size: { worker_cpu: 512, worker_memory: 512 } },
    said: [
      ['managers_configs.size.worker_memory', 'FR_CONFIG_SIZE'],
      ['manager_memory', 'FR_CONFIG_SIZE'],
    ],
    terraform: [
      'managers_configs.size: Fargate has no size of worker_cpu 512 with worker_memory 512',
      'no size of manager_cpu 256 with manager_memory 4096',
    ],
  },
  {
    what: 'subnets and clusters in different regions',
    inputs: { manager_ecs_cluster_arn: 'arn:aws:ecs:eu-west-2:111122223333:cluster/managers' },
    runners: { away: { worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-3:111122223333:cluster/workers' } },
    said: [
      ['manager_ecs_cluster_arn', 'FR_CONFIG_ELSEWHERE'],
      ['managers_configs.away.worker_ecs_cluster_arn', 'FR_CONFIG_ELSEWHERE'],
    ],
    terraform: [
      'aws_region must be the region of manager_ecs_cluster_arn',
      'managers_configs.away: worker_ecs_cluster_arn lies in eu-west-3, but the service and its subnets in eu-west-1.',
    ],
  },
  {
    what: 'a region that is not that of the cluster of the workers',
    runners: { moved: { worker_aws_region: 'eu-west-2' } },
    said: [['managers_configs.moved.worker_aws_region', 'FR_CONFIG_REGION_DIFFERS']],
    terraform: ['worker_aws_region must be the region of worker_ecs_cluster_arn. It is not in managers_configs of: moved.'],
  },
  {
    what: 'a worker without a task role',
    runners: { bare: { worker_task_role_arn: '' } },
    said: [['managers_configs.bare.worker_task_role_arn', 'FR_CONFIG_NO_TASK_ROLE']],
  },
  {
    what: 'two runners with the same tags',
    runners: { one: { tags: ['same'] }, other: { tags: ['same'] } },
    said: [['managers_configs.other', 'FR_CONFIG_SAME_TAGS']],
  },
  {
    what: 'a name prefix with a space',
    inputs: { gitlab_runner_name_prefix: 'shop dev' },
    said: [['gitlab_runner_name_prefix', 'FR_CONFIG_NAME_PREFIX']],
    terraform: ['gitlab_runner_name_prefix may have letters, digits, -, _ and ., 64 at most, and no spaces'],
  },
  {
    what: 'a limit above the concurrency',
    runners: { greedy: { limit: 11 } },
    said: [['managers_configs.greedy.limit', 'FR_CONFIG_LIMIT_ABOVE_CONCURRENCY']],
  },
];
const NO_RUNNERS: Mistake = {
  what: 'no runners at all',
  said: [['managers_configs', 'FR_CONFIG_NO_RUNNERS']],
  terraform: ['managers_configs must have at least one entry'],
};

const TOO_MANY: Mistake = {
  what: 'more runners than the policies of a role have room for',
  runners: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`tool_${at}`, {}])),
  said: [['managers_configs', 'FR_CONFIG_TOO_MANY_RUNNERS']],
  terraform: ['managers_configs has 201 runners: the policies of iam-role-shop-dev-runner-manager-task would be longer'],
};
/** Those that are about the whole of a document, each alone. */
const OF_THE_WHOLE = [NO_RUNNERS, TOO_MANY];

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
  return [...report.matchAll(/^ {2}(?:\S+\.json:[\d:]* )?([\w.]+): .*\[(FR_\w+)\]$/gm)].map(([, path, code]) => `${path} ${code}`);
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

  it.each(named([...MISTAKES, ...OF_THE_WHOLE]))('%s: named by synthesis and by check, and nothing else is', async (_what, mistake) => {
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

  it.each(named([...MISTAKES, ...OF_THE_WHOLE].filter(({ terraform }) => terraform)))('%s', async (_what, mistake) => {
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
    const alone = MISTAKES.filter(({ what }) => !/Fargate|different regions/.test(what)).flatMap(({ terraform = [] }) => terraform);
    expect(alone.length).toBeGreaterThan(4);
    for (const words of alone) expect(text).toContain(words);
  });
});
