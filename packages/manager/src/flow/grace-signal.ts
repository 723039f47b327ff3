import type { Clock } from '@fargate-gitlab-runner/kernel';

/**
 * A signal that aborts `graceMs` milliseconds after `parent` does, with the same reason: for what must not be left half-way when it is time
 * to go. Whatever it holds on the parent and on the clock goes away when the returned scope is disposed.
 */
export function graceSignal(clock: Clock, graceMs: number, parent: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const cut = new AbortController();
  const over = new AbortController();
  const begin = () => {
    clock.sleep(graceMs, over.signal).then(
      () => cut.abort(parent.reason),
      () => undefined,
    );
  };
  if (parent.aborted) begin();
  else parent.addEventListener('abort', begin, { once: true });
  return {
    signal: cut.signal,
    [Symbol.dispose]: () => {
      parent.removeEventListener('abort', begin);
      over.abort();
    },
  };
}
