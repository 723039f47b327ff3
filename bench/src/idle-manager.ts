import { systemClock } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';

const LOOK_MS = 50;

/** Resolves when the manager's latest question is held by GitLab: where it is nearly all the time when there is nothing to do. */
export async function managerIsPolling(rig: Rig): Promise<void> {
  for (;;) {
    const questions = (await rig.gitlab.control.requests()).filter(({ route }) => route === 'request');
    const last = questions.at(-1);
    if (last && last.status === undefined) return;
    await systemClock.sleep(LOOK_MS);
  }
}
