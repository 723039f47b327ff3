import { type Clock, ManualClock, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import type { JobView, RunnerSpec } from './control/views.ts';
import { PoliteRunner } from './coordinator/polite-runner.test-double.ts';
import type { EmulatorSettings } from './coordinator/settings.ts';
import { type GitLabEmulator, startGitLabEmulator } from './server.ts';

/** A listening emulator with one registered runner. */
export interface Rig extends AsyncDisposable {
  readonly gitlab: GitLabEmulator;
  readonly runner: PoliteRunner;
  /** A job that the runner executes and has announced as running. */
  runningJob(spec?: Parameters<GitLabEmulator['control']['enqueueJob']>[0]): Promise<JobView>;
}

export async function startRig(options: Partial<EmulatorSettings> = {}, rules: RunnerSpec = {}, clock: Clock = systemClock): Promise<Rig> {
  const gitlab = await startGitLabEmulator(options, { clock, random: seededRandom(7) });
  const { token } = await gitlab.control.createRunner(rules);
  const runner = new PoliteRunner(gitlab.url, token);
  return {
    gitlab,
    runner,
    runningJob: async (spec = {}) => {
      const job = await gitlab.control.enqueueJob(spec);
      await runner.request();
      await runner.put(job, { state: 'running' });
      return job;
    },
    [Symbol.asyncDispose]: () => gitlab.close(),
  };
}

/** The same on a clock that stands still until it is told to move. */
export async function startManualRig(options: Partial<EmulatorSettings>): Promise<Rig & { readonly clock: ManualClock }> {
  const clock = new ManualClock();
  return { ...(await startRig(options, {}, clock)), clock };
}

/** Lets the event loop turn until `isTrue`. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
