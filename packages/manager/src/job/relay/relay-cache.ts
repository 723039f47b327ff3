import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { CacheCarrier, CarryVerdict } from '../../cache/cache-carrier.ts';
import type { CacheLink, CacheLinks } from '../../shell/cache/cache-links.ts';
import { quote } from '../../shell/quoting.ts';
import type { WorkerLink } from '../worker/worker-link.ts';
import type { RelayAsk } from './relay-ask.ts';
import type { RelayOutcome } from './relay-outcome.ts';
import { bytesFrom, bytesInto, WorkerCommandFailed, WorkerCut, wholeFile } from './worker-bytes.ts';

/** What the relay of a stage of the cache works with. `archive` is its path in the worker. */
export interface CacheRelayRoom {
  readonly clock: Clock;
  readonly link: WorkerLink;
  /** Absent where the operator has no cache any more. */
  readonly carrier?: CacheCarrier | undefined;
  /** Of the stage: a question names one by its place. */
  readonly links: CacheLinks;
  readonly archive: string;
}

const MOST_TRIES = 3;
/** A size, as the worker says it, who may say anything. */
const SIZE = /^\d{1,15}$/;

/** Carries one archive, packed by the worker, as it is. Whatever fails is a warning in the stage, which goes on. */
export async function relayCache(room: CacheRelayRoom, ask: RelayAsk, signal: AbortSignal): Promise<RelayOutcome> {
  const { carrier, links } = room;
  if (links.kind === 'unreachable') return warned(`the cache can not be reached: ${links.cause}`);
  const link = links.kind === 'links' ? [...links.links.values()][ask.entry] : undefined;
  const isUpload = ask.direction === 'upload';
  if (!carrier || !link || (isUpload && !SIZE.test(ask.name))) return warned('there is no such cache');
  const count = new ByteCount();
  const of = { carrier, link, count };
  const verdict = await tried(
    () => (isUpload ? store(room, { ...of, bytes: Number(ask.name) }, signal) : fetchInto(room, of, signal)),
    room.clock,
    signal,
  );
  switch (verdict.kind) {
    case 'done':
      return { isDone: true, lines: [], bytes: count.bytes };
    case 'absent':
      return warned('file does not exist');
    default:
      return warned(`the cache can not be ${isUpload ? 'stored' : 'had'}: ${verdict.cause}`);
  }
}

async function tried(tryOnce: () => Promise<CarryVerdict>, clock: Clock, signal: AbortSignal): Promise<CarryVerdict> {
  for (let tries = 1; ; tries++) {
    const verdict = await overCuts(tryOnce);
    if (verdict.kind !== 'again' || tries >= MOST_TRIES) return verdict;
    await clock.sleep(tries * 1000, signal);
  }
}

/** What one archive is carried with, over all tries. */
interface Carried {
  readonly carrier: CacheCarrier;
  readonly link: CacheLink;
  readonly count: ByteCount;
}

/** How many bytes have gone through the manager in the last try. */
class ByteCount {
  bytes = 0;

  async *of(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    this.bytes = 0;
    for await (const piece of content) {
      this.bytes += piece.length;
      yield piece;
    }
  }
}

function store(room: CacheRelayRoom, of: Carried & { readonly bytes: number }, signal: AbortSignal): Promise<CarryVerdict> {
  const content = of.count.of(bytesFrom(room.link, `cat ${quote(room.archive)}`, signal));
  return of.carrier.write(of.link, { bytes: of.bytes, content }, signal);
}

function fetchInto(room: CacheRelayRoom, of: Carried, signal: AbortSignal): Promise<CarryVerdict> {
  const take = async (content: AsyncIterable<Uint8Array>) => {
    await bytesInto(room.link, { script: wholeFile(room.archive), input: of.count.of(content) }, signal);
  };
  return of.carrier.read(of.link, take, signal);
}

/** A broken connection to the worker is a try like any other. */
async function overCuts(tryOnce: () => Promise<CarryVerdict>): Promise<CarryVerdict> {
  try {
    return await tryOnce();
  } catch (error) {
    if (error instanceof WorkerCut) return { kind: 'again', cause: error.message };
    if (error instanceof WorkerCommandFailed) return { kind: 'refused', cause: error.message };
    throw error;
  }
}

const YELLOW = '\u001b[0;33m';
const RESET = '\u001b[0;m';

function warned(words: string): RelayOutcome {
  return { isDone: false, lines: [`${YELLOW}WARNING: ${words.replaceAll(/\p{Cc}+/gu, ' ')}${RESET}`], bytes: 0 };
}
