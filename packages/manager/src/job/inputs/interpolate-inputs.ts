import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { resolveFeatureFlags } from '../../shell/feature-flags.ts';
import { inputExpression } from './input-expression.ts';

/** Text that inputs may make out of a job, in characters: a script of a line could otherwise become one without end. */
const LONGEST = 16 * 1024 * 1024;
const TEMPLATE = /\$\{\{([\s\S]*?)\}\}/g;

/**
 * The job with `${{ job.inputs.NAME }}` replaced where GitLab has it: scripts, image, services, artifacts and caches. `inputs` is empty
 * then, so that what an input's value looks like is never read as a template. A job without inputs, or with the feature flag
 * FF_ENABLE_JOB_INPUTS_INTERPOLATION off, stays as it is. Throws CodedError (`FR_INPUT_...`).
 */
export function interpolateInputs(job: JobPayload, environment: Readonly<Record<string, string>>): JobPayload {
  const isOn = resolveFeatureFlags(job, Object.entries(environment)).get('FF_ENABLE_JOB_INPUTS_INTERPOLATION') ?? true;
  if (job.inputs.length === 0 || !isOn) return job;
  const text = interpolator(job.inputs);
  const texts = (list: readonly string[]) => list.map(text);
  const image = <T extends Image>(of: T): T => ({ ...of, ...imageTexts(of, text) });
  return {
    ...job,
    inputs: [],
    steps: job.steps.map((step) => ({ ...step, script: texts(step.script) })),
    image: job.image && image(job.image),
    services: job.services.map(image),
    artifacts: job.artifacts.map((artifact) => ({
      ...artifact,
      name: artifact.name === undefined ? undefined : text(artifact.name),
      paths: texts(artifact.paths),
      exclude: texts(artifact.exclude),
      when: artifact.when === undefined ? undefined : text(artifact.when),
      expire_in: artifact.expire_in === undefined ? undefined : text(artifact.expire_in),
    })),
    cache: job.cache.map((cache) => ({
      ...cache,
      key: cache.key === undefined ? undefined : text(cache.key),
      paths: texts(cache.paths),
      policy: cache.policy === undefined ? undefined : text(cache.policy),
      when: cache.when === undefined ? undefined : text(cache.when),
      fallback_keys: texts(cache.fallback_keys),
    })),
  };
}

type Image = JobPayload['services'][number];

function imageTexts(of: Image, text: (template: string) => string) {
  return {
    name: of.name === undefined ? undefined : text(of.name),
    entrypoint: of.entrypoint?.map(text),
    command: of.command?.map(text),
    pull_policy: of.pull_policy.map(text),
  };
}

function interpolator(inputs: JobPayload['inputs']): (template: string) => string {
  let room = LONGEST;
  return (template) => {
    const result = template.replaceAll(TEMPLATE, (_whole, expression: string) => inputExpression(expression, inputs));
    room -= result.length;
    if (room < 0) throw new CodedError({ code: 'FR_INPUT_EXPRESSION', what: 'the inputs make the job longer than 16 Mi characters' });
    return result;
  };
}
