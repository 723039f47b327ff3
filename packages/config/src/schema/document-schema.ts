import * as z from 'zod';
import type { RunnerEntry } from '../runner-entries.ts';
import { cacheKeys } from './cache-keys.ts';
import { filePath } from './file-path.ts';
import { jobSecretArn } from './job-secret-arn.ts';
import { infrastructureKeys } from './infrastructure-keys.ts';
import { labelsSchema } from './labels-schema.ts';
import { patterned } from './patterned.ts';
import { RUNNER_NAME, runnerSchema } from './runner-schema.ts';
import { sectionSchemas } from './section-schemas.ts';
import { gitlabUrl } from './url-fields.ts';
import { wholeNumber } from './whole-number.ts';
import { yesOrNo } from './yes-or-no.ts';

const runnerName = patterned(RUNNER_NAME, 'FR_CONFIG_RUNNER_NAME');

/** The whole of what an operator may say. All three doors lead to it; the JSON Schema and the reference page are made from it. */
export const documentSchema = z.strictObject({
  gitlab_url: gitlabUrl().meta({ description: 'Full address of the GitLab.' }),
  gitlab_runner_concurrency: wholeNumber(1, 10_000).default(10).meta({ description: 'Jobs at a time, in each manager process.' }),
  gitlab_runner_name_prefix: patterned(RUNNER_NAME, 'FR_CONFIG_NAME_PREFIX').meta({
    description: 'First part of what GitLab calls the runners.',
  }),
  deployment: patterned(/^[\w.-]{1,64}$/, 'FR_CONFIG_DEPLOYMENT')
    .optional()
    .meta({
      description:
        'Name by which tasks on AWS are known to be ours. Left out: gitlab_runner_name_prefix. Managers that share a store share it.',
    }),
  managers_configs: runnersOf(runnerName, runnerSchema).meta({
    description: 'The runners: a map by name, or a list of entries with manager_name.',
  }),
  gitlab_token: z
    .union([z.string(), z.record(z.string(), z.string())], { error: 'FR_CONFIG_WRONG_TYPE' })
    .optional()
    .meta({
      description:
        'The token (one runner), a JSON object {"<runner>": "glrt-..."} in a string, or a map of that shape. Better kept in the next two.',
    }),
  gitlab_token_file: filePath()
    .optional()
    .meta({ description: 'File that holds the token or the JSON object; relative to the configuration file.' }),
  gitlab_token_env: patterned(/^[A-Za-z_]\w*$/, 'FR_CONFIG_ENVIRONMENT_NAME')
    .optional()
    .meta({
      description:
        'Environment variable that holds the token or the JSON object. When no token is given anywhere: GITLAB_REGISTRATION_TOKEN.',
    }),
  ca_file: filePath()
    .optional()
    .meta({ description: 'PEM file of CA certificates to trust in addition; relative to the configuration file.' }),
  client_cert_file: filePath()
    .optional()
    .meta({ description: 'PEM file of the certificate that the manager shows to GitLab; only together with client_key_file.' }),
  client_key_file: filePath().optional().meta({
    description: 'PEM file of the key of that certificate. Jobs get both, as CI_SERVER_TLS_CERT_FILE and CI_SERVER_TLS_KEY_FILE.',
  }),
  labels: labelsSchema.default({}).meta({ description: 'Labels that GitLab shows beside the manager, at most 32.' }),
  check_interval_ms: wholeNumber(10, 600_000).default(3000).meta({ description: 'Time in which every runner is polled once.' }),
  strict_check_interval: yesOrNo().default(false).meta({ description: 'Wait for the check interval also after a job came.' }),
  request_concurrency: wholeNumber(1, 100).optional().meta({
    description: 'Polls of one runner at a time, at most; how many there are follows from how often a job comes. Left out: 1.',
  }),
  unhealthy_requests_limit: wholeNumber(1, 1000).default(3).meta({
    description: 'So many refusals in a row, and a runner is not polled for timing.unhealthy_interval_ms.',
  }),
  output_limit_kib: wholeNumber(1, 1_048_576).default(4096).meta({ description: 'Longest trace of a job in KiB; the rest is dropped.' }),
  job_secret_arns: z.array(jobSecretArn()).max(100, 'FR_CONFIG_JOB_SECRET_ARN').default([]).meta({
    description:
      "Secrets that jobs may name in `secrets:` and get by the manager's own role: ARNs in Secrets Manager or Parameter Store, with * and ? in the name. Every job of every runner may read them. Left out: none.",
  }),
  ...cacheKeys,
  ...sectionSchemas,
  ...infrastructureKeys,
});

/** A document as it is written: the type of the typed door, and of what `documentOf` gives back. */
export type ConfigDocument = z.input<typeof documentSchema>;

/** A document that has passed the schema. */
export type ParsedDocument = z.output<typeof documentSchema>;

/** An entry that has passed the schema. */
export type ParsedRunner = z.output<typeof runnerSchema>;

const draftRunnerSchema = runnerSchema.partial();

/** The same schema with every key optional: what is left of a document when its faulty values are taken out must fit it. */
export const draftSchema = documentSchema.partial().extend({ managers_configs: runnersOf(z.string(), draftRunnerSchema).optional() });

/** A document in which anything may be missing. */
export type Draft = z.output<typeof draftSchema>;

/** A runner of a draft. */
export type DraftRunner = RunnerEntry<z.output<typeof draftRunnerSchema>>;

function runnersOf<Runner extends z.ZodType>(name: z.ZodString, runner: Runner) {
  return z.union([z.record(name, runner), z.array(runner)], { error: 'FR_CONFIG_WRONG_TYPE' });
}
