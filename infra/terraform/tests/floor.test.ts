import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  DEADLINE_CONTAINER,
  deadlineCommand,
  MANAGER_ENV,
  MANAGER_HEALTH_CHECK,
  MANAGER_TELEMETRY_PORT,
  TASK_TAGS,
  WORKER_CONTAINER,
  WORKER_DEFINITION_ENV,
} from '@fargate-gitlab-runner/blueprint';
import { configJsonSchema } from '@fargate-gitlab-runner/config';
import { beforeAll, describe, expect, it } from 'vitest';
import { type HclBlock, type HclDocument, parseHcl } from './hcl.ts';

/** What holds without Terraform: the module read as HCL. */
const folder = fileURLToPath(new URL('../modules/', import.meta.url));
const SERVICE = 'ecs-fargate-gitlab-runner-service';

/** The predecessor's variables and their defaults. `managers_configs` had a sample as its default, which nobody could use. */
const PREDECESSOR: Readonly<Record<string, unknown>> = {
  aws_region: undefined,
  environment: undefined,
  project_code: undefined,
  service_name: undefined,
  manager_ecs_cluster_arn: undefined,
  manager_instance_count: 1,
  manager_cpu: 256,
  manager_memory: 512,
  manager_security_group_ids: undefined,
  manager_subnet_ids: undefined,
  manager_docker_image: undefined,
  tags_common: {},
  gitlab_token_secret_arn: undefined,
  secrets_kms_key: '',
  iam_permissions_boundary: null,
  gitlab_url: undefined,
  gitlab_runner_concurrency: 10,
  gitlab_runner_name_prefix: undefined,
  managers_configs: undefined,
};

const textOf = (module: string, file: string) => readFileSync(join(folder, module, file), 'utf8');
const filesOf = (module: string) => readdirSync(join(folder, module)).filter((file) => file.endsWith('.tf'));

async function documentsOf(module: string): Promise<HclDocument[]> {
  return Promise.all(filesOf(module).map((file) => parseHcl(join(folder, module, file))));
}

describe.each(readdirSync(folder))('the module %s, read as HCL', (module) => {
  let documents: HclDocument[];
  beforeAll(async () => {
    documents = await documentsOf(module);
  });

  it('has files that parse, and nothing in them but our own resources on the AWS provider', () => {
    expect(documents.length).toBeGreaterThan(0);
    expect(documents.flatMap((document) => Object.keys(document.module ?? {}))).toEqual([]);
    const providers = documents.flatMap((document) => document.terraform ?? []).flatMap((block) => block.required_providers ?? []);
    expect(providers.map((provider) => Object.values(provider).map(({ source }) => source))).toEqual([['hashicorp/aws']]);
  });

  it('explains every variable and every output', () => {
    const blocks = documents.flatMap((document) =>
      [document.variable ?? {}, document.output ?? {}].flatMap(Object.entries<readonly HclBlock[]>),
    );
    expect(blocks.length).toBeGreaterThan(0);
    for (const [name, [block]] of blocks) expect(block?.description, name).toEqual(expect.stringMatching(/^.{10,}\.$/));
  });

  it('tags what it makes', () => {
    const taggable = new Set([
      'aws_ecs_task_definition',
      'aws_ecs_service',
      'aws_ecs_cluster',
      'aws_iam_role',
      'aws_kms_key',
      'aws_s3_bucket',
      'aws_cloudwatch_log_group',
    ]);
    const resources = documents.flatMap((document) => Object.entries(document.resource ?? {})).filter(([type]) => taggable.has(type));
    expect(resources.length).toBeGreaterThan(0);
    for (const [type, named] of resources)
      for (const [name, [block]] of Object.entries(named)) expect(block?.tags, `${type}.${name}`).toMatch(/var\.tags_common/);
  });
});

describe('the service module, read as HCL', () => {
  let documents: HclDocument[];
  beforeAll(async () => {
    documents = await documentsOf(SERVICE);
  });
  const variables = () => Object.fromEntries(documents.flatMap((document) => Object.entries(document.variable ?? {})));

  it('has every variable of the predecessor with its default; what is new has one', () => {
    const found = variables();
    for (const [name, standard] of Object.entries(PREDECESSOR)) {
      expect(found, name).toHaveProperty(name);
      expect(found[name]?.[0]?.default, name).toEqual(standard);
    }
    for (const [name, [block]] of Object.entries(found)) if (!(name in PREDECESSOR)) expect(block, name).toHaveProperty('default');
  });

  it('has every attribute of a runner that the predecessor had', () => {
    const type = String(variables().managers_configs?.[0]?.type);
    for (const name of [
      'tags',
      'limit',
      'worker_docker_image',
      'worker_cpu',
      'worker_memory',
      'worker_ecs_cluster_arn',
      'worker_aws_region',
    ])
      expect(type).toMatch(new RegExp(`\\b${name}\\s*=`));
    for (const name of ['worker_subnet_id', 'worker_security_group_id', 'worker_ssh_user', 'worker_task_role_arn'])
      expect(type).toMatch(new RegExp(`\\b${name}\\s*=`));
  });

  it('has no attribute of a runner that the manager would not know', () => {
    const entry = configJsonSchema().properties?.managers_configs?.anyOf?.[1]?.items?.properties ?? {};
    const known = [...Object.keys(entry), ...Object.keys(entry.registration?.properties ?? {})];
    const attributes = [...String(variables().managers_configs?.[0]?.type).matchAll(/^\s*(\w+)\s*=/gm)].map(([, name]) => name);
    expect(attributes.length).toBeGreaterThan(15);
    expect(attributes.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });

  it('has the outputs of the predecessor', () => {
    const outputs = documents.flatMap((document) => Object.keys(document.output ?? {}));
    expect(outputs).toEqual(expect.arrayContaining(['manager_service_name', 'worker_task_definition_arns']));
  });

  it('has the names and words that program and infrastructure agree on', () => {
    const text = filesOf(SERVICE)
      .map((file) => textOf(SERVICE, file))
      .join('\n');
    const words = [
      ...Object.values(MANAGER_ENV),
      WORKER_CONTAINER,
      WORKER_DEFINITION_ENV.sshPort,
      DEADLINE_CONTAINER,
      MANAGER_HEALTH_CHECK,
      String(MANAGER_TELEMETRY_PORT),
      TASK_TAGS.deployment,
    ];
    for (const word of words) expect(text).toContain(`"${word}"`);
    expect(text).toContain(JSON.stringify(deadlineCommand(86_400)).replaceAll('","', '", "'));
  });

  it('keeps the key of a bucket for as long as the bucket, which S3 does not delete while something is in it', () => {
    const named = documents.flatMap((document) => Object.entries(document.resource ?? {}));
    const blocksOf = (type: string) => named.filter(([name]) => name === type).flatMap(([, resources]) => Object.entries(resources));
    const buckets = blocksOf('aws_s3_bucket');
    expect(buckets.map(([name]) => name)).toEqual(['cache', 'job_store']);
    for (const [name, [block]] of buckets) {
      expect(block?.depends_on, name).toEqual([`\${aws_kms_key.${name}}`]);
      expect(block, name).not.toHaveProperty('force_destroy');
    }
    expect(blocksOf('aws_kms_key').map(([, [block]]) => block?.deletion_window_in_days)).toEqual([30, 30]);
  });

  it('fails where the service went back to the managers before, which is steady too', () => {
    const service = documents.flatMap((document) => document.resource?.aws_ecs_service?.manager ?? [])[0];
    expect(service?.wait_for_steady_state).toBe(`\${var.wait_for_steady_state}`);
    expect(JSON.stringify(service?.lifecycle)).toContain('self.task_definition == aws_ecs_task_definition.manager.arn');
  });

  it('keeps revisions of task definitions that somebody may still use', () => {
    const definitions = documents.flatMap((document) => Object.values(document.resource?.aws_ecs_task_definition ?? {}));
    expect(definitions.map(([block]) => block?.skip_destroy)).toEqual([true, true]);
  });
});
