import type { EmulatedTask } from '@fargate-gitlab-runner/emulator-aws';
import { systemClock, unreachable } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';
import type { Disturbance, Planned, Way } from './disturbance.ts';
import type { Load, LoadedJob } from './load.ts';
import type { LostAnswers } from './lost-answers.ts';
import type { ManagerCrew } from './manager-crew.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import type { WorkerWays } from './worker-ways.ts';

/** What is disturbed. */
export interface Disturbed {
  readonly rig: Rig;
  readonly crew: ManagerCrew;
  readonly load: Load;
  readonly workers: WorkerWays;
  readonly gitlab: TcpProxy;
  readonly aws: TcpProxy;
  readonly lost: LostAnswers;
}

/** An upload is tried six times; after these, and as long as any way is shut at a time, there is one left. */
const MOST_UPLOADS_REFUSED = 3;

/** How often each kind of disturbance was planned, and how often there was somebody whom it met. */
export type Counts = Record<string, { planned: number; met: number }>;

/** Does to the system what the schedule says, and remembers what may excuse the end of a job. */
export class Disturber {
  readonly counts: Counts = {};
  /** Tasks that were ended from outside: their jobs may fail as a system failure. */
  readonly endedTasks = new Set<string>();
  /** What could not be done, by name. */
  readonly failures: string[] = [];
  readonly #refusedUploads = new Set<string>();
  readonly #on: Disturbed;
  readonly #acts: Promise<void>[] = [];

  constructor(on: Disturbed) {
    this.#on = on;
  }

  /** Resolves when the last disturbance of the schedule has passed, and nothing is disturbed any more. */
  async carryOut(schedule: readonly Planned[], signal: AbortSignal): Promise<void> {
    const begun = systemClock.monotonic();
    for (const { atMs, what } of schedule) {
      await systemClock.sleep(Math.max(0, begun + atMs - systemClock.monotonic()), signal).catch(() => undefined);
      if (signal.aborted) break;
      this.#acts.push(this.#do(what));
    }
    await Promise.all(this.#acts);
    await this.#on.rig.gitlab.control.clearFaults();
    await this.#on.rig.aws.control.clearFaults();
  }

  async #do(what: Disturbance): Promise<void> {
    const count = this.counts[what.kind] ?? { planned: 0, met: 0 };
    this.counts[what.kind] = count;
    count.planned++;
    try {
      if (await this.#disturb(what)) count.met++;
    } catch (error) {
      this.failures.push(`${what.kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #disturb(what: Disturbance): Promise<boolean> {
    const { crew } = this.#on;
    switch (what.kind) {
      case 'manager killed':
        return crew.kill(what.pick, what.restMs);
      case 'manager paused':
        return crew.pause(what.pick, what.forMs);
      case 'manager replaced':
        return crew.replace(what.pick);
      case 'manager drained':
        return crew.drain(what.pick, what.patienceMs);
      case 'version rolled':
        return crew.roll();
      case 'connections cut':
      case 'connections delayed':
      case 'way shut':
        return this.#onTheWay(what);
      case 'GitLab refused':
      case 'GitLab answer lost':
      case 'trace truncated':
        return this.#atGitLab(what);
      case 'S3 refused':
      case 'store write lost':
      case 'ECS throttled':
      case 'ECS answer lost':
      case 'capacity short':
        return this.#atAws(what);
      default:
        return this.#atWorker(what);
    }
  }

  async #onTheWay(what: Extract<Disturbance, { way: Way }>): Promise<boolean> {
    const way = this.#way(what.way);
    if (what.way === 'gitlab' && what.kind !== 'connections delayed') this.#on.lost.wayCut(systemClock.now());
    if (what.kind === 'connections cut') way.cut();
    else if (what.kind === 'connections delayed') {
      way.delay(what.byMs);
      await systemClock.sleep(what.forMs);
      way.delay(0);
    } else {
      way.shut(true);
      await systemClock.sleep(what.forMs);
      way.shut(false);
    }
    return true;
  }

  #way(way: Way): Pick<WorkerWays, 'cut' | 'delay' | 'shut'> {
    if (way === 'ssh') return this.#on.workers;
    const proxy = way === 'gitlab' ? this.#on.gitlab : this.#on.aws;
    return {
      cut: () => proxy.cut(),
      delay: (ms) => {
        proxy.delayMs = ms;
      },
      shut: (isShut) => (isShut ? proxy.shut() : proxy.open()),
    };
  }

  async #atGitLab(what: Extract<Disturbance, { kind: 'GitLab refused' | 'GitLab answer lost' | 'trace truncated' }>): Promise<boolean> {
    const { control } = this.#on.rig.gitlab;
    if (what.kind === 'GitLab answer lost') {
      await control.addFault({ kind: 'drop', when: 'after', route: what.route, times: what.times });
      return true;
    }
    if (what.kind === 'GitLab refused') return this.#refuse(what);
    const job = picked(this.#on.load.open, what.pick);
    if (!job) return false;
    const { status, traceSize } = await control.job(job.id);
    if (status !== 'running' || traceSize === 0) return false;
    // With the next piece, not now: what is forgotten after the last one nobody could ever hear of.
    await control.addFault({ kind: 'forget', route: 'trace', jobId: job.id, part: what.part });
    return true;
  }

  async #refuse({ route, status, times, retryAfterS }: Extract<Disturbance, { kind: 'GitLab refused' }>): Promise<boolean> {
    const upload = route === 'upload' ? this.#nextUpload() : undefined;
    if (route === 'upload' && !upload) return false;
    const headers: Record<string, string> = retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) };
    const whose = upload ? { jobId: upload.id, times: Math.min(times, MOST_UPLOADS_REFUSED) } : { times };
    await this.#on.rig.gitlab.control.addFault({ kind: 'reply', when: 'before', route, status, headers, ...whose });
    return true;
  }

  /** A job whose upload was not disturbed yet. Uploads are rare: refusals for any of them would pile up for one, which may give up then. */
  #nextUpload(): LoadedJob | undefined {
    const job = this.#on.load.open.find(({ id, kind }) => kind.hasArchive && !this.#refusedUploads.has(id));
    if (job) this.#refusedUploads.add(job.id);
    return job;
  }

  async #atAws(
    what: Extract<Disturbance, { kind: 'S3 refused' | 'store write lost' | 'ECS throttled' | 'ECS answer lost' | 'capacity short' }>,
  ): Promise<boolean> {
    const { control } = this.#on.rig.aws;
    const { times } = what;
    switch (what.kind) {
      case 'S3 refused':
        await control.failS3({ fault: { kind: 'error', code: what.code }, times, action: 'PutObject' });
        return true;
      case 'store write lost':
        await control.failS3({ fault: { kind: 'lost answer' }, times, action: 'PutObject' });
        return true;
      case 'ECS throttled':
        await control.throttle(what.action, times);
        return true;
      case 'ECS answer lost':
        await control.failCalls(what.action, { kind: 'ambiguous' }, times);
        return true;
      case 'capacity short':
        await control.failCalls('RunTask', { kind: 'capacity' }, times);
        return true;
      default:
        return unreachable(what);
    }
  }

  async #atWorker(
    what: Exclude<Disturbance, { way: Way } | { times: number } | { kind: `manager ${string}` | 'version rolled' | 'trace truncated' }>,
  ) {
    const { control } = this.#on.rig.aws;
    switch (what.kind) {
      case 'worker slow':
        await control.failWorkers({ sshRefusedMs: what.sshRefusedMs });
        return true;
      case 'worker denied':
        await control.failWorkers({ authRefusals: what.refusals });
        return true;
      case 'worker unstartable':
        await control.failWorkers({
          failsToStart: 'CannotPullContainerError: pull image manifest has been retried 5 time(s): toomanyrequests',
        });
        return true;
      default:
        return this.#atPicked(what);
    }
  }

  async #atPicked(
    what: Extract<Disturbance, { kind: 'task lost to Spot' | 'worker exited' | 'worker frozen' | 'worker hung up' }>,
  ): Promise<boolean> {
    const { control } = this.#on.rig.aws;
    const task: EmulatedTask | undefined = picked(this.#on.workers.workers, what.pick);
    if (!task) return false;
    const { taskArn } = task;
    switch (what.kind) {
      case 'task lost to Spot':
        this.endedTasks.add(taskArn);
        await control.stopTask(taskArn, { kind: 'spot' });
        return true;
      case 'worker exited':
        this.endedTasks.add(taskArn);
        await control.stopTask(taskArn, { kind: 'essentialExit', exitCode: 137 });
        return true;
      case 'worker frozen':
        await control.pauseTask(taskArn);
        await systemClock.sleep(what.forMs);
        await control.resumeTask(taskArn);
        return true;
      case 'worker hung up':
        await control.dropConnections(taskArn);
        return true;
      default:
        return unreachable(what);
    }
  }
}

function picked<T>(from: readonly T[], pick: number): T | undefined {
  return from[Math.floor(pick * from.length)];
}
