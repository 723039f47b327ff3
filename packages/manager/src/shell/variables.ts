import type { JobPayload, JobVariable } from '@fargate-gitlab-runner/protocol';
import { EXPANSION_LIMIT, expand } from './expansion.ts';
import { resolveFeatureFlags } from './feature-flags.ts';
import { referencesTo } from './references-to.ts';
import type { ResolvedVariable } from './resolved-variable.ts';
import type { RunnerFacts } from './runner-facts.ts';

/**
 * The variables of a job, in GitLab's order (later wins) and expanded once: `$A` inside a value stands for A's unexpanded value, or
 * for the path if A is a file variable. Throws `FR_SHELL_EXPANSION_SIZE` when all values together outgrow 16 Mi characters.
 * Source: reference for job execution, 3.1 and 3.2.
 */
export function resolveVariables(payload: JobPayload, facts: RunnerFacts): ResolvedVariable[] {
  const variables = orderedVariables(payload, facts);
  const lookup = referencesTo(variables, facts.tmpDir);
  let room = EXPANSION_LIMIT;
  return variables.map((variable) => {
    const value = variable.isRaw ? variable.value : expand(variable.value, lookup, { at: variable.key, limit: Math.max(room, 0) });
    room -= value.length;
    return { ...variable, value };
  });
}

/** The same list for a later moment of the job: `CI_JOB_STATUS` has changed. */
export function withJobStatus(variables: readonly ResolvedVariable[], status: JobStatus): ResolvedVariable[] {
  return [...variables, fact('CI_JOB_STATUS', status)];
}

/** What `CI_JOB_STATUS` may say: `running` before after_script, then how the script ended. */
export type JobStatus = 'running' | 'success' | 'failed' | 'canceled' | 'timedout';

/** What an operator may forbid. Source: GitLab runner, `debug_trace_disabled`. */
const DEBUG_SWITCHES = ['CI_DEBUG_TRACE', 'CI_DEBUG_SERVICES'] as const;

function orderedVariables(payload: JobPayload, facts: RunnerFacts): ResolvedVariable[] {
  const flags = resolveFeatureFlags(payload, facts.environment ?? []);
  return [
    ...[...flags].map(([key, isOn]) => fact(key, String(isOn))),
    ...(payload.image?.name === undefined ? [] : [operatorText('CI_JOB_IMAGE', payload.image.name)]),
    fact('CI_RUNNER_SHORT_TOKEN', facts.runnerShortToken),
    fact('CI_RUNNER_DESCRIPTION', facts.runnerName),
    // GitLab sends it too; the checkout must not depend on that.
    { ...fact('CI_JOB_TOKEN', payload.token), isMasked: true },
    ...(facts.environment ?? []).filter(([key]) => !flags.has(key)).map(([key, value]) => operatorText(key, value)),
    ...placeFacts(facts),
    ...payload.variables.filter((variable) => !flags.has(variable.key)).map(fromPayload),
    fact(facts.isShared ? 'CI_SHARED_ENVIRONMENT' : 'CI_DISPOSABLE_ENVIRONMENT', 'true'),
    fact('CI_RUNNER_VERSION', facts.version),
    fact('CI_RUNNER_REVISION', facts.revision),
    fact('CI_RUNNER_EXECUTABLE_ARCH', facts.executableArch ?? 'linux/amd64'),
    ...(facts.debugTraceDisabled ? DEBUG_SWITCHES.map((key) => fact(key, 'false')) : []),
    ...(facts.secrets ?? []).map((secret) => ({ ...secret, isMasked: true, isRaw: true })),
    fact('RUNNER_TEMP_PROJECT_DIR', facts.tmpDir),
  ];
}

function placeFacts(facts: RunnerFacts): ResolvedVariable[] {
  return [
    fact('CI_BUILDS_DIR', facts.buildsDir),
    fact('CI_PROJECT_DIR', facts.projectDir),
    fact('CI_CONCURRENT_ID', String(facts.concurrentId)),
    fact('CI_CONCURRENT_PROJECT_ID', String(facts.concurrentProjectId)),
    fact('CI_SERVER', 'yes'),
    fact('CI_JOB_STATUS', 'running'),
    fact('CI_JOB_TIMEOUT', String(facts.timeoutS)),
    ...(facts.tlsCaFile === undefined ? [] : [{ ...fact('CI_SERVER_TLS_CA_FILE', facts.tlsCaFile), isFile: true }]),
  ];
}

/** Something that we know for certain: never expanded. */
function fact(key: string, value: string): ResolvedVariable {
  return { key, value, isFile: false, isMasked: false, isRaw: true };
}

/** Something that an operator or author wrote, who may refer to other variables in it. */
function operatorText(key: string, value: string): ResolvedVariable {
  return { ...fact(key, value), isRaw: false };
}

function fromPayload(variable: JobVariable): ResolvedVariable {
  return { key: variable.key, value: variable.value, isFile: variable.file, isMasked: variable.masked, isRaw: variable.raw };
}
