import type { JobPayload } from '@fargate-gitlab-runner/protocol';

/** Source: GitLab runner API, `executor_opts`. */
const KNOWN: Readonly<Record<string, readonly string[]>> = { docker: ['platform', 'user'], kubernetes: ['user'] };

/**
 * Options of the job's images that no runner knows, one sentence each. A job with such an option is not run: its author relies on
 * something that nobody would do.
 */
export function unknownExecutorOptions({ image, services }: JobPayload): string[] {
  return [
    ...unknownIn('image', image?.executor_opts),
    ...services.flatMap(({ name, executor_opts: options }) => unknownIn(`service ${name ?? 'without a name'}`, options)),
  ];
}

function unknownIn(of: string, options: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(options).flatMap(([executor, given]) => {
    const known = Object.hasOwn(KNOWN, executor) ? KNOWN[executor] : undefined;
    if (!known) return [`${of}: unsupported executor option ${JSON.stringify(executor)}`];
    const keys = typeof given === 'object' && given !== null ? Object.keys(given) : [];
    return keys.filter((key) => !known.includes(key)).map((key) => `${of}: unsupported ${executor} option ${JSON.stringify(key)}`);
  });
}
