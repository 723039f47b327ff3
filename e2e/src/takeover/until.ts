import { systemClock } from '@fargate-gitlab-runner/kernel';

const LOOK_MS = 20;
const PATIENCE_MS = 120_000;

/** Resolves when `isSo` says so; rejects with `what` when it never does. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string, lookMs = LOOK_MS): Promise<void> {
  const giveUpAt = systemClock.monotonic() + PATIENCE_MS;
  while (!(await isSo())) {
    if (systemClock.monotonic() > giveUpAt) throw new Error(`it never came about that ${what}`);
    await systemClock.sleep(lookMs);
  }
}
