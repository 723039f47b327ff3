import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FARGATE_SIZES } from '@fargate-gitlab-runner/blueprint';
import { TERRAFORM, type TerraformScratch } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialisedModule, MODULE } from './applied-module.ts';
import { PREDECESSOR_INPUTS } from './predecessor-inputs.ts';

const { dev_tool1: runner } = PREDECESSOR_INPUTS.managers_configs;
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Terraform breaks lines and draws a frame. */
function unframed(text: string): string {
  return text.replaceAll(/\n[│╷╵]?\s*/g, ' ');
}

describe.skipIf(TERRAFORM === undefined)('the Terraform module', { timeout: 120_000 }, () => {
  let scratch: TerraformScratch;
  beforeAll(async () => {
    scratch = await initialisedModule();
  }, 120_000);
  afterAll(() => scratch[Symbol.asyncDispose]());

  const plan = async (inputs: object) => {
    await scratch.write(`${MODULE}/terraform.tfvars.json`, JSON.stringify(inputs));
    const { code, text } = await scratch.run(MODULE, 'plan', '-no-color');
    return { code, text: unframed(text) };
  };

  it('says everything that is wrong, in the words of the input', async () => {
    const { code, text } = await plan({
      ...PREDECESSOR_INPUTS,
      aws_region: 'Ireland',
      manager_ecs_cluster_arn: 'managers',
      manager_subnet_ids: ['subnet-1'],
      manager_security_group_ids: [],
      manager_instance_count: -1,
      gitlab_token_secret_arn: 'arn:aws:secretsmanager:eu-west-1:eu-west-1:secret:gitlab-AbCdEf',
      gitlab_url: 'gitlab.example.com',
      gitlab_runner_name_prefix: 'shop dev',
      iam_permissions_boundary: 'boundary',
      secrets_kms_key: 'alias/ci',
      managers_configs: {
        'dev tool1': { ...runner, worker_ecs_cluster_arn: 'workers' },
        dev_tool2: { ...runner, worker_task_role_arn: 'role', worker_subnet_id: null },
        dev_tool3: { ...runner, worker_aws_region: 'eu-north-1', worker_security_group_id: '' },
      },
    });
    expect(code).toBe(1);
    for (const words of [
      'aws_region must be a region',
      'manager_ecs_cluster_arn must be the ARN',
      'manager_subnet_ids must be',
      'manager_security_group_ids must be',
      'manager_instance_count must be',
      'gitlab_token_secret_arn must be',
      'gitlab_url must be a full URL',
      'gitlab_runner_name_prefix may have',
      'iam_permissions_boundary must be',
      'secrets_kms_key must be',
      'unlike: dev tool1.',
      'It is not in managers_configs of: dev tool1.',
      'worker_subnet_id or worker_subnet_ids is missing in managers_configs of: dev_tool2.',
      'or left out for jobs without permissions on AWS. It is neither in managers_configs of: dev_tool2.',
      'It is not in managers_configs of: dev tool1, dev_tool3.',
      'worker_security_group_id or worker_security_group_ids is missing in managers_configs of: dev_tool3.',
    ])
      expect(text).toContain(words);
  });

  it('says which sizes Fargate has, for the manager and every runner at once, and where the manager’s cluster is', async () => {
    const { code, text } = await plan({
      ...PREDECESSOR_INPUTS,
      aws_region: 'eu-north-1',
      service_name: 'a'.repeat(29),
      manager_memory: 4096,
      managers_configs: { a: { ...runner, worker_cpu: 300 }, b: { ...runner, worker_cpu: 512, worker_memory: 512 } },
    });
    expect(code).toBe(1);
    expect(text).toContain('no size of manager_cpu 256 with manager_memory 4096. Allowed: 512, 1024, 2048.');
    expect(text).toContain('may have 37 characters');
    expect(text).toContain('aws_region must be the region of manager_ecs_cluster_arn');
    expect(text).toContain('managers_configs.a: Fargate has no size of worker_cpu 300');
    expect(text).toContain(
      'managers_configs.b: Fargate has no size of worker_cpu 512 with worker_memory 512. Allowed: 1024, 2048, 3072, 4096.',
    );
  });

  it('knows the sizes that the rest of the project knows', async () => {
    await scratch.write('sizes/main.tf', `output "sizes" {\n  value = ${await localNamed('fargate_memory')}\n}\n`);
    await scratch.run('sizes', 'init', '-no-color');
    await scratch.run('sizes', 'apply', '-auto-approve', '-no-color');
    const { stdout } = await scratch.run('sizes', 'output', '-json', 'sizes');
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(FARGATE_SIZES.map(({ cpu, memoryMiB }) => [String(cpu), memoryMiB])));
  });

  it('passes its own terraform test', async () => {
    await scratch.write(`${MODULE}/terraform.tfvars.json`, JSON.stringify(PREDECESSOR_INPUTS));
    const { code, text } = await scratch.run(MODULE, 'test', '-no-color');
    expect(text).toMatch(/Success! [1-9]\d* passed, 0 failed/);
    expect(code).toBe(0);
  });

  it('is formatted as terraform fmt has it', async () => {
    const { text } = await scratch.run('.', 'fmt', '-check', '-recursive', '-no-color', `${root}infra/terraform`);
    expect(text).toBe('');
  });
});

/** The text of a local value of the module's main.tf. */
async function localNamed(name: string): Promise<string> {
  const text = await readFile(`${root}infra/terraform/${MODULE}/main.tf`, 'utf8');
  return new RegExp(`^ {2}${name} = (\\{[\\s\\S]*?^ {2}\\})$`, 'm').exec(text)?.[1] ?? '';
}
