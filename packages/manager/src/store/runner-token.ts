import { Secret } from '@fargate-gitlab-runner/kernel';
import { z } from 'zod';

/**
 * What the store keeps about a runner's token, so that restarts and other managers use the same one: a token that GitLab issued in
 * exchange for a registration token, or one that expires and is rotated. Times are milliseconds since the epoch.
 */
export interface RunnerToken {
  readonly schema: 1;
  /** The runner's name in the configuration: the key. */
  readonly runner: string;
  /** Which address and configured token this one stems from, as a digest: another configuration makes it void. */
  readonly origin: string;
  readonly token: Secret;
  /** GitLab's id of the runner; `0` when GitLab did not say. */
  readonly runnerId: string;
  readonly obtainedAt: number;
  readonly expiresAt?: number;
  /** Somebody asked GitLab for the next token at this time: nobody else does for a while. */
  readonly rotatingSince?: number;
}

/** A runner's token and the version to name when replacing it. */
export interface VersionedToken {
  readonly token: RunnerToken;
  readonly version: string;
}

/** `conflict`: somebody else wrote, or there is no such version. */
export type WriteTokenOutcome = { readonly kind: 'written'; readonly version: string } | { readonly kind: 'conflict' };

const stored = z.object({
  schema: z.union([z.literal(1), z.literal(2).transform(() => 1 as const)]),
  runner: z.string(),
  origin: z.string(),
  token: z.string().transform((text) => new Secret(text)),
  runnerId: z.string(),
  obtainedAt: z.number(),
  expiresAt: z.number().exactOptional(),
  rotatingSince: z.number().exactOptional(),
});

/** The text that stores keep. Together with the record's codec the only place where a secret is written in clear. */
export function encodeRunnerToken(token: RunnerToken): string {
  return JSON.stringify({ ...token, token: token.token.reveal() });
}

/** Reads a stored text. Throws, without quoting it, when it is none of ours. */
export function decodeRunnerToken(text: string): RunnerToken {
  const read = stored.safeParse(parseJson(text));
  if (read.success) return read.data;
  throw new Error(
    `the token of a runner can't be read: ${read.error.issues.map((issue) => issue.path.join('.') || 'not JSON').join(', ')}`,
  );
}

/** The parser's own message quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
