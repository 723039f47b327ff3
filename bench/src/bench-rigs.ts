import { existsSync } from 'node:fs';
import type { Scope } from '@fargate-gitlab-runner/kernel';
import { everyTaskStopped, leftovers, Rig, type RigOptions } from '@fargate-gitlab-runner/testkit';

/** `sshd` costs a worker 9 MB and no Node start; it needs root. */
export type WorkerKind = 'sshd' | 'ssh2';

/** Hundreds of workers that end at once take their time. */
const STOPPED_WITHIN_MS = 120_000;

/** Makes the rigs of one figure, and ends those that are left when the figure is over or given up. */
export class BenchRigs {
  readonly workerKind: WorkerKind = existsSync('/usr/sbin/sshd') && process.getuid?.() === 0 ? 'sshd' : 'ssh2';
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** A rig with this machine's kind of worker. */
  async start(options: RigOptions): Promise<Rig> {
    const worker = { kind: this.workerKind, ...options.aws?.worker };
    const rig = await Rig.start({ ...options, aws: { ...options.aws, worker } });
    try {
      this.#scope.defer('a rig', () => rig[Symbol.asyncDispose]());
      return rig;
    } catch (error) {
      // The figure was given up while the rig was starting.
      await rig[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Ends a rig whose manager has stopped, or will stop, every task of its jobs. */
  async endWhenStopped(rig: Rig): Promise<void> {
    await everyTaskStopped(rig, STOPPED_WITHIN_MS);
    await this.end(rig);
  }

  /** Ends a rig; throws when something of it is left. */
  async end(rig: Rig): Promise<void> {
    await rig[Symbol.asyncDispose]();
    const left = await leftovers(rig.folder);
    if (left.length > 0) throw new Error(`something is left of the rig: ${left.join('; ')}`);
  }
}
