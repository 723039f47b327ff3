import type { Clock } from '@fargate-gitlab-runner/kernel';
import { quote } from '../../shell/quoting.ts';
import { Fenced } from '../recorded-job.ts';
import { WorkerBroken, type WorkerLink, WorkerLost } from '../worker/worker-link.ts';
import { parseAsk, type RelayAsk } from './relay-ask.ts';
import { answerBytes, notCarried, type RelayOutcome } from './relay-outcome.ts';
import { bytesInto, WorkerCut } from './worker-bytes.ts';

const UNFIT_PAUSE_MS = 200;

/** Where questions are asked. */
interface ServedRoom {
  readonly clock: Clock;
  readonly link: WorkerLink;
  /** The file of a question, in the worker. */
  readonly place: { readonly ask: string };
}

/** What a relay tells of one question that it answered. Durations are seconds. */
export interface Relayed {
  readonly ask: RelayAsk;
  readonly outcome: RelayOutcome;
  readonly seconds: number;
}

/**
 * Answers what a stage asks its manager to carry, one question after the other, until the signal aborts, with whose reason it rejects.
 *
 * Life of a question: asked (a file of the stage) -> begun (a file of ours) -> answered (another). A successor finds the question where it
 * is, and begins again from the start: what it uploads a second time is the same, and what it unpacks too. Gotcha: only `put` is fenced,
 * so a manager that has lost the job may carry, but never answer.
 */
export async function serveRelay(
  room: ServedRoom,
  of: {
    readonly direction: RelayAsk['direction'];
    carry(ask: RelayAsk): Promise<RelayOutcome>;
    onRelayed(relayed: Relayed): void;
  },
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    signal.throwIfAborted();
    const ask = await nextAsk(room, signal);
    if (!ask) continue;
    // Left behind by a stage that was ended in the middle.
    if (ask.direction !== of.direction) {
      await room.clock.sleep(UNFIT_PAUSE_MS, signal);
      continue;
    }
    const begun = room.clock.monotonic();
    await put(room, { name: `${ask.id}-begun`, bytes: Buffer.alloc(0) }, signal);
    const outcome = await carried(() => of.carry(ask), signal);
    await put(room, { name: ask.id, bytes: answerBytes(outcome) }, signal);
    of.onRelayed({ ask, outcome, seconds: (room.clock.monotonic() - begun) / 1000 });
  }
}

async function carried(carry: () => Promise<RelayOutcome>, signal: AbortSignal): Promise<RelayOutcome> {
  try {
    return await carry();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Fenced || error instanceof WorkerLost || error instanceof WorkerBroken) throw error;
    return notCarried(error instanceof Error ? error.message : String(error));
  }
}

async function put(room: ServedRoom, { name, bytes }: { readonly name: string; readonly bytes: Buffer }, signal: AbortSignal) {
  await room.link.ask((shim) => shim.put({ name, size: bytes.length, bytes }, signal), signal);
}

/** Looks for a question that has no answer, for some seconds. The script is short-lived because nothing ends it when we go. */
async function nextAsk({ link, place }: ServedRoom, signal: AbortSignal): Promise<RelayAsk | undefined> {
  const file = quote(place.ask);
  const script = `i=0
while [ $i -lt 100 ]; do
  if [ -f ${file} ] && read -r id <${file} && [ ! -e "$1/$id" ]; then
    if [ -e "$1/$id-begun" ]; then echo again; else echo first; fi
    head -c 4000 ${file}
    exit 0
  fi
  i=$((i + 1))
  sleep 0.1 2>/dev/null || sleep 1
done`;
  try {
    return parseAsk(await bytesInto(link, { script, input: nothing() }, signal));
  } catch (error) {
    if (error instanceof WorkerCut) return undefined;
    throw error;
  }
}

async function* nothing(): AsyncIterable<Uint8Array> {}
