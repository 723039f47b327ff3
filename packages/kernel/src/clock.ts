/**
 * Time, as everything here sees it. Nothing outside this file reads the wall clock or sets a timer, so that tests decide
 * what time it is.
 */
export interface Clock {
  /** Wall time in milliseconds since the epoch. It may jump; use it for what people read and for deadlines that cross machines. */
  now(): number;
  /** Milliseconds from an arbitrary origin, never going back. Use it to measure how long something has lasted. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. Its timers keep the process alive; a sleep may be as long as it likes. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: sleepOnTimers,
};

/** A timer of Node's that is set for longer fires at once. Some job deadlines are: GitLab allows a month. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

async function sleepOnTimers(ms: number, signal?: AbortSignal): Promise<void> {
  let left = ms;
  for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS) await sleepOnTimer(LONGEST_TIMER_MS, signal);
  await sleepOnTimer(left, signal);
}

function sleepOnTimer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * A signal that aborts when `ms` milliseconds have passed on `clock`, or when `parent` does.
 * The pending timer goes away when the returned scope is disposed.
 */
export function deadlineSignal(clock: Clock, ms: number, parent?: AbortSignal): { signal: AbortSignal; [Symbol.dispose](): void } {
  const expired = new AbortController();
  const over = new AbortController();
  clock.sleep(ms, over.signal).then(
    () => expired.abort(new DOMException(`nothing happened within ${ms} ms`, 'TimeoutError')),
    () => undefined,
  );
  return {
    signal: parent ? AbortSignal.any([parent, expired.signal]) : expired.signal,
    [Symbol.dispose]: () => over.abort(),
  };
}
