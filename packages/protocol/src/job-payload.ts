import { isSafeNumber, parse as parseLossless } from 'lossless-json';
import { z } from 'zod';

/**
 * The job as `POST /api/v4/jobs/request` hands it out (201). Field names are GitLab's. Unknown keys are dropped, null means
 * absent, and ids are text because they may exceed 2^53. Source: GitLab runner API, job payload.
 */
const id = z.union([z.string(), z.number()]).transform(String);
const text = z.string();
const absent = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
const listOf = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema)
    .nullish()
    .transform((value) => value ?? []);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

const variable = z.object({
  key: text,
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .nullish()
    .transform((value) => (value === null || value === undefined ? '' : String(value))),
  public: flag,
  masked: flag,
  file: flag,
  raw: flag,
});

const step = z.object({
  name: text,
  script: listOf(text),
  timeout: absent(z.number()),
  when: absent(text),
  allow_failure: flag,
});

const image = z.object({
  name: absent(text),
  alias: absent(text),
  entrypoint: absent(z.array(text)),
  command: absent(z.array(text)),
  variables: listOf(variable),
  pull_policy: listOf(text),
  /** As it came, unknown keys too: a job with one of those is not run. */
  executor_opts: absent(z.record(z.string(), z.unknown())),
});

const artifact = z.object({
  name: absent(text),
  untracked: flag,
  paths: listOf(text),
  exclude: listOf(text),
  when: absent(text),
  expire_in: absent(text),
  artifact_type: absent(text),
  artifact_format: absent(text),
});

const cache = z.object({
  key: absent(text),
  untracked: flag,
  paths: listOf(text),
  policy: absent(text),
  when: absent(text),
  fallback_keys: listOf(text),
});

const dependency = z.object({
  id,
  name: absent(text),
  token: absent(text),
  artifacts_file: absent(z.object({ filename: absent(text), size: absent(z.number()) })),
});

/** The value of a job input. A whole number that JavaScript can't hold is the text of its digits. */
const inputValue = z
  .object({ type: z.enum(['string', 'number', 'boolean', 'array', 'struct']), content: z.unknown(), sensitive: flag })
  .refine(({ type, content }) => isOfType(type, content), 'the content is not of the type');

function isOfType(type: string, content: unknown): boolean {
  if (type === 'array') return Array.isArray(content);
  if (type === 'struct') return typeof content === 'object' && content !== null && !Array.isArray(content);
  return typeof content === type || (type === 'number' && typeof content === 'string' && /^-?\d+$/.test(content));
}

const jobPayload = z.object({
  id,
  token: text.min(1),
  allow_git_fetch: flag,
  job_info: z.object({
    name: absent(text),
    stage: absent(text),
    pipeline_id: absent(id),
    project_id: absent(id),
    project_name: absent(text),
    project_full_path: absent(text),
  }),
  git_info: z.object({
    repo_url: text,
    ref: text,
    sha: text,
    before_sha: absent(text),
    ref_type: absent(text),
    refspecs: listOf(text),
    depth: z
      .number()
      .nullish()
      .transform((value) => value ?? 0),
    repo_object_format: absent(text),
    protected: absent(z.boolean()),
  }),
  runner_info: z
    .object({ timeout: absent(z.number()) })
    .nullish()
    .transform((value) => ({ timeout: value?.timeout })),
  variables: listOf(variable),
  steps: listOf(step),
  /** Step functions as JSON text, sent in place of `steps`. */
  run: absent(text),
  hooks: listOf(z.object({ name: text, script: listOf(text) })),
  image: absent(image),
  services: listOf(image),
  artifacts: listOf(artifact),
  cache: listOf(cache),
  dependencies: listOf(dependency),
  /** Secrets that the runner has to get, by the name of the variable; each as it came: one key names the provider. */
  secrets: z
    .record(text, z.record(text, z.unknown()))
    .nullish()
    .transform((value) => value ?? {}),
  inputs: listOf(z.object({ key: text, value: inputValue })),
  features: z
    .object({ trace_sections: flag, token_mask_prefixes: listOf(text), failure_reasons: listOf(text) })
    .nullish()
    .transform((value) => value ?? { trace_sections: false, token_mask_prefixes: [], failure_reasons: [] }),
});

/** A job as GitLab handed it out, parsed. */
export type JobPayload = z.output<typeof jobPayload>;
/** One entry of `variables[]`. */
export type JobVariable = JobPayload['variables'][number];
/** One entry of `steps[]`. */
export type JobStep = JobPayload['steps'][number];

/** What parsing a body came to. `problems` are one line each, `<path>: <what>`. */
export type ParsedJob =
  | { readonly kind: 'job'; readonly job: JobPayload }
  | { readonly kind: 'broken'; readonly problems: readonly string[] };

/** Parses the body of a 201. Integers that a JavaScript number can't hold stay exact. Never throws. */
export function parseJobPayload(body: string): ParsedJob {
  let raw: unknown;
  try {
    raw = parseLossless(body, undefined, { parseNumber: (digits) => (isSafeNumber(digits) ? Number(digits) : digits) });
  } catch (error) {
    return { kind: 'broken', problems: [`body: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const result = jobPayload.safeParse(raw);
  if (result.success) return { kind: 'job', job: result.data };
  return { kind: 'broken', problems: result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`) };
}
