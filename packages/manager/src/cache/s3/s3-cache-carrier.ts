import { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import type { CacheLink } from '../../shell/cache/cache-links.ts';
import type { CacheCarrier, CarryVerdict } from '../cache-carrier.ts';

const LONGEST_WORDS = 4000;

/** Carries by presigned URLs, as a worker with curl does. */
export class S3CacheCarrier implements CacheCarrier {
  async read(link: CacheLink, take: (content: AsyncIterable<Uint8Array>) => Promise<void>, signal: AbortSignal): Promise<CarryVerdict> {
    const answer = await asked(() => request(link.url, { signal }), signal);
    if ('kind' in answer) return answer;
    if (answer.statusCode !== 200) return refusal(answer);
    await take(answer.body);
    return { kind: 'done' };
  }

  async write(
    link: CacheLink,
    { bytes, content }: { readonly bytes: number; readonly content: AsyncIterable<Uint8Array> },
    signal: AbortSignal,
  ): Promise<CarryVerdict> {
    const headers = { ...Object.fromEntries(link.headers), 'content-length': String(bytes) };
    let broken: unknown;
    const body = Readable.from(content).on('error', (error) => {
      broken = error;
    });
    const answer = await asked(() => request(link.url, { method: 'PUT', headers, body, signal }), signal);
    if (broken !== undefined) throw broken;
    if ('kind' in answer) return answer;
    if (answer.statusCode !== 200) return refusal(answer);
    await answer.body.dump();
    return { kind: 'done' };
  }
}

async function asked(ask: () => Promise<Dispatcher.ResponseData>, signal: AbortSignal): Promise<Dispatcher.ResponseData | CarryVerdict> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'again', cause: error instanceof Error ? error.message : String(error) };
  }
}

/** In S3's words. */
async function refusal({ statusCode, body }: Dispatcher.ResponseData): Promise<CarryVerdict> {
  const text = (await body.text()).slice(0, LONGEST_WORDS);
  if (statusCode === 404 && !text.includes('NoSuchBucket')) return { kind: 'absent' };
  const [, code = '', message = ''] = /<Code>([^<]*)<\/Code>.*?<Message>([^<]*)<\/Message>/s.exec(text) ?? [];
  const isPassing = statusCode >= 500 || statusCode === 429;
  return { kind: isPassing ? 'again' : 'refused', cause: `${statusCode} ${code}: ${message}` };
}
