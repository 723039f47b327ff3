import { defaultWorkerFamilyOf, FARGATE_SIZES } from '@fargate-gitlab-runner/blueprint';
import { CodedError, Secret } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineConfig } from './define-config.ts';
import { documentOf } from './document-of.ts';
import type { ConfigDocument } from './schema/document-schema.ts';

/** Documents of every accepted form, at random. */
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,20}$/).filter((text) => text !== '__proto__');
const tags = fc.uniqueArray(fc.stringMatching(/^[a-z0-9_-]{1,10}$/), { minLength: 1, maxLength: 4 });
const hex = fc.stringMatching(/^[0-9a-f]{8}$/);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const numberLike = (min: number, max: number) =>
  fc.integer({ min, max }).chain((number) => fc.constantFrom<number | string>(number, String(number)));
const size = fc
  .constantFrom(...FARGATE_SIZES)
  .chain((row) => fc.constantFrom(...row.memoryMiB).map((memory) => ({ cpu: row.cpu, memory })));

const entry = fc
  .record({
    tags,
    spelling: fc.constantFrom('list', 'string', 'both'),
    limit: maybe(numberLike(0, 100)),
    size: maybe(size),
    architecture: maybe(fc.constantFrom('X86_64' as const, 'ARM64' as const)),
    region: fc.constantFrom('eu-west-1', 'us-gov-east-1', 'ap-southeast-3'),
    saysRegion: fc.boolean(),
    subnets: fc.uniqueArray(hex, { minLength: 1, maxLength: 5 }),
    user: maybe(fc.constantFrom('root', 'ci', 'ec2-user')),
    spot: maybe(fc.integer({ min: 1, max: 9 })),
    untagged: maybe(fc.constantFrom(true, false, 'true' as const, 'false' as const)),
    registration: maybe(
      fc.record(
        {
          description: fc.constantFrom('a runner', 'ci_x'),
          maintenance_note: fc.constant('note'),
          locked: fc.constantFrom(true, false, 'false' as const),
          paused: fc.boolean(),
          access_level: fc.constantFrom('not_protected' as const, 'ref_protected' as const),
          maximum_timeout: numberLike(600, 9000),
        },
        { requiredKeys: [] },
      ),
    ),
    environment: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), fc.string()),
    outputLimitKiB: maybe(fc.integer({ min: 1, max: 1_048_576 })),
    cloneUrl: maybe(fc.constantFrom('https://git.internal:8443/base/', 'http://10.0.0.1')),
    preGet: maybe(fc.string()),
    postBuild: maybe(fc.constantFrom('', ' ', 'echo one\necho two\n')),
  })
  .map((given) => ({
    ...(given.spelling !== 'string' && { tags: given.tags }),
    ...(given.spelling !== 'list' && { tag_list: given.tags.toReversed().join(', ') }),
    limit: given.limit,
    worker_cpu: given.size?.cpu,
    worker_cpu_architecture: given.architecture,
    worker_memory: given.size && String(given.size.memory),
    worker_ecs_cluster_arn: `arn:aws:ecs:${given.region}:111122223333:cluster/workers`,
    worker_aws_region: given.saysRegion ? given.region : undefined,
    worker_subnet_id: `subnet-${given.subnets[0]}`,
    worker_subnet_ids: given.subnets.slice(1).map((id) => `subnet-${id}`),
    worker_security_group_ids: given.subnets.map((id) => `sg-${id}`).slice(0, 5),
    worker_ssh_user: given.user,
    worker_capacity: given.spot === undefined ? undefined : [{ provider: 'FARGATE_SPOT' as const, weight: given.spot }],
    run_untagged: given.untagged,
    registration: given.registration,
    environment: given.environment,
    output_limit: given.outputLimitKiB,
    clone_url: given.cloneUrl,
    pre_get_sources_script: given.preGet,
    post_build_script: given.postBuild,
  }));

const s3Store = fc.record(
  {
    kind: fc.constant('s3' as const),
    bucket: fc.constantFrom('abc', 'job-records.example'),
    region: fc.constantFrom('eu-west-1', 'us-gov-west-1'),
    prefix: fc.constantFrom('dev', 'a/b/'),
    kms_key: fc.constantFrom('alias/records', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'),
    endpoint: fc.constantFrom('http://127.0.0.1:9000', 'https://s3.example.com/'),
    credentials: fc.constantFrom('ambient' as const),
  },
  { requiredKeys: ['kind', 'bucket', 'region'] },
);

const cache = fc.record(
  {
    cache_bucket_name: fc.constantFrom('our-cache', 'cache.example'),
    cache_bucket_region: fc.constantFrom('eu-west-3', 'us-gov-west-1'),
    cache_prefix: fc.constantFrom('dev', 'a/b/'),
    cache_shared: fc.constantFrom(true, 'false' as const),
    cache_endpoint: fc.constantFrom('http://127.0.0.1:9000', 'https://s3.example.com/'),
  },
  { requiredKeys: [] },
);

const document: fc.Arbitrary<ConfigDocument> = fc
  .record({
    prefix: name,
    deployment: maybe(name),
    concurrency: maybe(numberLike(1, 500)),
    runners: fc.uniqueArray(fc.tuple(name, entry), { minLength: 1, maxLength: 4, selector: ([runner]) => runner }),
    isList: fc.boolean(),
    slashes: fc.constantFrom('', '/', '//'),
    port: maybe(numberLike(0, 65_535)),
    hasCertificate: fc.boolean(),
    labels: maybe(fc.dictionary(fc.stringMatching(/^[a-z]{3,9}$/), fc.stringMatching(/^[a-z0-9]{1,9}$/), { maxKeys: 5 })),
    isStrict: maybe(fc.boolean()),
    refusals: maybe(numberLike(1, 9)),
    maxAge: maybe(numberLike(0, 9000)),
    cache: fc.option(cache, { nil: {} }),
    store: maybe(
      fc.oneof(
        fc.constantFrom('records', './a/../b', '/srv/records').map((path) => ({ path })),
        s3Store,
      ),
    ),
  })
  .map((given) => ({
    gitlab_url: `https://gitlab.example.com/sub${given.slashes}`,
    gitlab_runner_name_prefix: given.prefix,
    deployment: given.deployment,
    gitlab_runner_concurrency: given.concurrency,
    telemetry: { port: given.port },
    ...(given.hasCertificate && { client_cert_file: '/c.pem', client_key_file: 'k.pem' }),
    labels: given.labels,
    strict_check_interval: given.isStrict,
    unhealthy_requests_limit: given.refusals,
    timing: { connection_max_age_ms: given.maxAge },
    ...given.cache,
    ...(given.store !== undefined && { store: given.store }),
    managers_configs: given.isList
      ? given.runners.map(([runner, values]) => ({ ...values, manager_name: runner }))
      : Object.fromEntries(given.runners),
  }));

describe('normalisation', () => {
  it('is idempotent: a configuration written down and read again is the same', () => {
    fc.assert(
      fc.property(document, (given) => {
        const first = defineConfig(given);
        const again = defineConfig(JSON.parse(JSON.stringify(documentOf(first))));
        expect(again).toEqual(first);
        expect(documentOf(again)).toEqual(documentOf(first));
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('keeps every runner, its tags, its ids and its limit', () => {
    fc.assert(
      fc.property(document, (given) => {
        const config = defineConfig(given);
        const runners = given.managers_configs;
        const entries = Array.isArray(runners)
          ? runners
          : Object.entries(runners).map(([key, values]) => ({ ...values, manager_name: key }));
        expect(config.runners.map((runner) => runner.name).toSorted()).toEqual(entries.map((values) => values.manager_name).toSorted());
        for (const runner of config.runners) {
          const values = entries.find((candidate) => candidate.manager_name === runner.name);
          expect([...runner.tags].toSorted()).toEqual((values?.tags ?? values?.tag_list?.split(', ') ?? []).toSorted());
          expect(runner.worker.subnetIds).toEqual([...new Set([values?.worker_subnet_id, ...(values?.worker_subnet_ids ?? [])])]);
          expect(runner.limit).toBe(Number(values?.limit ?? 0) || config.concurrency);
          expect(runner.worker.taskDefinition).toBe(defaultWorkerFamilyOf(config.deployment, runner.name));
        }
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it('never throws anything but problems, whatever it is given', () => {
    const anything = fc.object({
      key: fc.oneof(fc.constantFrom('gitlab_url', 'managers_configs', 'timing', 'worker_capacity', 'tags', 'a'), fc.string()),
      maxDepth: 4,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, (given) => {
        try {
          defineConfig(JSON.parse(JSON.stringify(given)));
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
      { seed: 13, numRuns: 500 },
    );
  });

  it('takes the tokens of the caller', () => {
    const given = fc.sample(document, { seed: 1, numRuns: 1 })[0];
    const names = given ? defineConfig(given).runners.map((runner) => runner.name) : [];
    const tokens = new Map(names.map((runner) => [runner, new Secret(`glrt-${runner}`)]));
    expect(given && defineConfig(given, tokens).runners.map((runner) => runner.token.reveal())).toEqual(
      names.map((runner) => `glrt-${runner}`),
    );
  });
});
