import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { DownloadVerdict, UploadVerdict } from '../../coordinator/artifact-exchange.ts';
import { WorkerCut } from './worker-bytes.ts';

/** Milliseconds between tries. Source: GitLab runner API, artifacts. */
const UPLOAD_PAUSES_MS = [1000, 2000, 4000, 5000, 5000];
const DOWNLOAD_PAUSES_MS = [1000, 1000];
const MOST_TRIES = 3;
const MOST_TRIES_BUSY = 6;
/** The answers of a GitLab, or a proxy before it, that has too much to do; it may not say for how long. */
const BUSY: readonly number[] = [429, 503];
/** What may be otherwise with the next request, whatever it asks for; 0 is no answer. Source: GitLab runner API, retries. */
const PASSING: readonly number[] = [...BUSY, 0, 408, 500, 502, 504];
const PASSING_FROM = 512;
/** A connection to the worker that breaks so often will not hold. */
const MOST_CUTS = 10;

/** What the tries came to. */
export interface TriesEnd {
  readonly isDone: boolean;
  readonly cause: string;
  readonly status: number;
}

interface TryTools {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Uploads until it is done or no try will do: 403 and 413 once, what passes (an outage, a limit) six times, anything else three times; after a redirect at the
 * other place. `mayBeThere`: an earlier manager may have uploaded it already. Once nobody can know whether a try arrived, "already exists" means
 * that it did.
 */
export async function tryUpload(
  tryOnce: (origin: string | undefined) => Promise<UploadVerdict>,
  of: TryTools & { readonly mayBeThere: boolean },
): Promise<TriesEnd> {
  let { mayBeThere } = of;
  let origin: string | undefined;
  const onCut = () => {
    mayBeThere = true;
  };
  for (let tries = 1; ; tries++) {
    const verdict = await overCuts(() => tryOnce(origin), onCut);
    if (verdict.kind === 'stored') return { isDone: true, cause: verdict.cause, status: 201 };
    if (verdict.kind === 'exists' && mayBeThere) return { isDone: true, cause: '201 Created', status: 201 };
    if (verdict.kind === 'moved') origin = verdict.origin;
    mayBeThere ||= verdict.status === 0;
    if (tries >= mostTries(verdict, isPassing)) return { isDone: false, cause: verdict.cause, status: verdict.status };
    await pause(of, { ownMs: UPLOAD_PAUSES_MS[tries - 1] ?? 0, verdict });
  }
}

function mostTries({ kind, status }: { readonly kind: string; readonly status: number }, isWorthMore: (status: number) => boolean): number {
  if (kind === 'refused') return 1;
  return isWorthMore(status) ? MOST_TRIES_BUSY : MOST_TRIES;
}

function isPassing(status: number): boolean {
  return PASSING.includes(status) || status >= PASSING_FROM;
}

function isBusy(status: number): boolean {
  return BUSY.includes(status);
}

/**
 * Downloads until it is done or no try will do: 401, 403 and 404 once, 429 and 503 six times with the pauses of an upload, anything else
 * three times; only the first asks for a redirect.
 */
export async function tryDownload(tryOnce: (isDirect: boolean) => Promise<DownloadVerdict>, of: TryTools): Promise<TriesEnd> {
  for (let tries = 1; ; tries++) {
    const verdict = await overCuts(
      () => tryOnce(tries === 1),
      () => undefined,
    );
    if (verdict.kind === 'received') return { isDone: true, cause: verdict.cause, status: 200 };
    if (tries >= mostTries(verdict, isBusy)) return { isDone: false, cause: verdict.cause, status: verdict.status };
    const pauses = isBusy(verdict.status) ? UPLOAD_PAUSES_MS : DOWNLOAD_PAUSES_MS;
    await pause(of, { ownMs: pauses[tries - 1] ?? 0, verdict });
  }
}

/** A broken connection to the worker is no try: GitLab has no part in it. */
async function overCuts<T>(tryOnce: () => Promise<T>, onCut: () => void): Promise<T> {
  for (let cuts = 1; ; cuts++) {
    try {
      return await tryOnce();
    } catch (error) {
      if (!(error instanceof WorkerCut) || cuts >= MOST_CUTS) throw error;
      onCut();
    }
  }
}

function pause({ clock, signal }: TryTools, of: { readonly ownMs: number; readonly verdict: object }): Promise<void> {
  const { waitMs } = { waitMs: 0, ...of.verdict };
  return clock.sleep(Math.max(of.ownMs, waitMs), signal);
}
