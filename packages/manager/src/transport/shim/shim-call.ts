import type { z } from 'zod';
import type { ExecRequest, Session } from '../transport.ts';
import type { Asked } from './asked.ts';
import { MarkedOutput } from './marked-output.ts';
import { StateLines } from './state-lines.ts';
import { parseStateLine } from './state-line.ts';

/** One verb: its command line, what it reads and writes, and the fields of its answer. */
export interface ShimCall<T> {
  readonly command: string;
  readonly stdin?: ExecRequest['stdin'];
  /** Takes what the verb writes to stdout, without what login files printed before it. */
  onBytes?(bytes: Buffer): void | Promise<void>;
  /** Hears what else came on stderr, for people, before the answer is given. */
  onWords?(words: string): void;
  readonly schema: z.ZodType<T>;
}

/**
 * Asks the shim one verb. A command that was killed counts as lost, not as broken: scripts that kill more than their own processes are
 * no reason to give the worker up, and every verb may be asked twice.
 */
export async function askShim<T>(
  of: { readonly session: Session; readonly generation: number },
  call: ShimCall<T>,
  signal: AbortSignal,
): Promise<Asked<T>> {
  const { command, stdin } = call;
  const output = new MarkedOutput((bytes) => call.onBytes?.(bytes));
  const lines = new StateLines();
  const onStdout = (bytes: Buffer) => output.take(bytes);
  const onStderr = (bytes: Buffer) => lines.take(bytes);
  const end = await of.session.exec({ command, ...(stdin !== undefined && { stdin }), onStdout, onStderr }, signal);
  switch (end.kind) {
    case 'lost':
      return end;
    case 'signaled':
      return { kind: 'lost', cause: `the shim was killed by ${end.signal}` };
    case 'exited': {
      call.onWords?.(lines.excerpt);
      const line = lines.last;
      if (line === undefined) return { kind: 'broken', cause: `the shim gave no answer and exit status ${end.code}${lines.excerpt}` };
      return judged(parseStateLine(line, call.schema), { code: end.code, generation: of.generation });
    }
  }
}

/** Holds an answer against what the worker can't know better than we. */
function judged<T>(answer: Asked<T>, of: { readonly code: number; readonly generation: number }): Asked<T> {
  if (answer.kind === 'ok' && of.code !== 0) return { kind: 'broken', cause: `the shim said ok and exit status ${of.code}` };
  if (answer.kind === 'stale' && answer.generation <= of.generation)
    return { kind: 'broken', cause: `the shim refused generation ${of.generation} in favour of ${answer.generation}` };
  return answer;
}
