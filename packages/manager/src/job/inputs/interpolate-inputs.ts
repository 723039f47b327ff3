import { CodedError, type Problem } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { resolveFeatureFlags } from '../../shell/feature-flags.ts';
import { moaTemplate } from './moa/moa-template.ts';
import { MoaMistake, type MoaValue, moaValue, SensitiveInput, SensitiveSeen } from './moa/moa-value.ts';

/** Text that inputs may make out of a job, in characters: a script of a line could otherwise become one without end. */
const LONGEST = 16 * 1024 * 1024;
const LONGEST_QUOTED = 100;

/**
 * The job with `${{ ... }}` replaced where GitLab has it: scripts, image, services, artifacts and caches. It is an expression of GitLab's
 * language Moa, which knows `job.inputs`; one that can't be read fails the job. `inputs` is empty then, so that what an input's value looks
 * like is never read as a template. A job without inputs, or with the feature flag FF_ENABLE_JOB_INPUTS_INTERPOLATION off, stays as it
 * is, whatever looks like a template in it. Throws CodedError (`FR_INPUT_...`). Source: GitLab documentation, "Job inputs".
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
  const scope = {
    names: new Map<string, MoaValue>([['job', new Map([['inputs', new Map(inputs.map(memberFor))]])]]),
    spend: (characters: number) => {
      room -= characters;
      if (room < 0) throw new MoaMistake('the inputs make more than 16 Mi characters of the job');
    },
  };
  return (template) => {
    try {
      return template.includes('${{') ? moaTemplate(template, scope) : template;
    } catch (error) {
      if (error instanceof MoaMistake) throw new CodedError(mistake(template, error));
      if (error instanceof SensitiveSeen) throw new CodedError(sensitive(error.input));
      throw error;
    }
  };
}

function memberFor({ key, value }: JobPayload['inputs'][number]): readonly [string, MoaValue] {
  return [key, value.sensitive ? new SensitiveInput(key) : moaValue(value.content)];
}

function mistake(template: string, { message }: MoaMistake): Problem {
  const quoted = template.length > LONGEST_QUOTED ? `${template.slice(0, LONGEST_QUOTED)}...` : template;
  return {
    code: 'FR_INPUT_EXPRESSION',
    what: `the inputs of the job can't be put into ${JSON.stringify(quoted)}: ${message}`,
    cure: 'correct the expression in .gitlab-ci.yml; what is no expression begins with \\${{ there',
  };
}

function sensitive(name: string): Problem {
  return {
    code: 'FR_INPUT_SENSITIVE',
    what: `the input ${JSON.stringify(name)} is sensitive and must not be put into text that others can read`,
    cure: 'hand it over as a masked variable or a secret',
  };
}
