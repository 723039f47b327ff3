import type { ReaperEvent } from '../reaper-event.ts';

/** What every event about one job carries. */
interface OfJob {
  readonly jobId: string;
  readonly runner: string;
}

/** How a job ended, in the words of the record. */
type EndingKind = 'succeeded' | 'failed' | 'canceled' | 'dropped';

type ManagerLifeEvent =
  | { readonly name: 'manager.started'; readonly owner: string; readonly runners: readonly string[] }
  /** No more polls; `jobs` are still driven. */
  | { readonly name: 'manager.draining'; readonly owner: string; readonly jobs: number }
  /** The jobs are a successor's from now on. */
  | { readonly name: 'manager.released'; readonly owner: string }
  /** The job store did not do what it was asked; `operation` says what that was. */
  | { readonly name: 'store.failed'; readonly operation: string; readonly cause: string }
  /** A file with certificates or a key can't be read; what was read before goes on to count. */
  | { readonly name: 'tls.unreadable'; readonly file: string; readonly cause: string };

type RunnerEvent =
  | { readonly name: 'runner.verified'; readonly runner: string; readonly id: string }
  /** Verify came back without a yes; `unavailable` says nothing about the token. */
  | { readonly name: 'runner.refused'; readonly runner: string; readonly verdict: 'refused' | 'unavailable'; readonly cause: string }
  /** A registration token was exchanged for a token of the runner's own. */
  | { readonly name: 'runner.registered'; readonly runner: string; readonly id: string }
  /** The runner has a new token; the old one is worth nothing any more. */
  | { readonly name: 'runner.rotated'; readonly runner: string }
  | { readonly name: 'runner.rotation_failed'; readonly runner: string; readonly cause: string; readonly retryS: number }
  /** Something is wrong with the runner's task definition. */
  | { readonly name: 'runner.definition'; readonly runner: string; readonly code: string; readonly cause: string; readonly cure: string }
  /** So many polls in a row were refused that the runner is not polled for a while. */
  | { readonly name: 'runner.unhealthy'; readonly runner: string; readonly cause: string }
  | {
      readonly name: 'poll.answered';
      readonly runner: string;
      readonly verdict: 'job' | 'none' | 'broken' | 'refused' | 'unavailable';
      readonly cause?: string;
    }
  /** Our own fault: a poll ended in an exception. */
  | { readonly name: 'poll.failed'; readonly runner: string; readonly cause: string }
  /** GitLab handed out a job whose payload can't be read. */
  | { readonly name: 'job.unreadable'; readonly runner: string; readonly problems: readonly string[]; readonly jobId?: string };

type JobEvent =
  | (OfJob & { readonly name: 'job.accepted'; readonly timeoutS: number })
  /** Taken over from the owner `from`. */
  | (OfJob & { readonly name: 'job.adopted'; readonly from: string; readonly generation: number })
  /** GitLab did not answer as it should when it was told that the job runs. The job runs all the same. */
  | (OfJob & { readonly name: 'job.unannounced'; readonly cause: string })
  /** Another manager has taken the job over; this one lets go of it. */
  | (OfJob & { readonly name: 'job.fenced' })
  /** Our own fault: driving the job ended in an exception after `seconds`. */
  | (OfJob & { readonly name: 'job.drive_failed'; readonly seconds: number; readonly cause: string })
  | (OfJob & {
      readonly name: 'job.ended';
      readonly ending: EndingKind;
      readonly reason?: string;
      readonly exitCode?: number;
      readonly detail?: string;
      /** From admission to the ending. */
      readonly seconds: number;
    })
  /** GitLab has been told; `result` is what came of it. */
  | (OfJob & { readonly name: 'job.reported'; readonly result: string })
  /** What the job held is given back. */
  | (OfJob & { readonly name: 'job.reclaimed' })
  /** The worker's task could not be stopped yet. */
  | (OfJob & { readonly name: 'reclaim.failed'; readonly taskArn: string; readonly cause: string })
  /** What GitLab holds of the trace is not what was sent. */
  | (OfJob & { readonly name: 'trace.findings'; readonly findings: readonly string[] });

type WorkerEvent =
  /** `adopted`: an earlier try had started the task. */
  | (OfJob & { readonly name: 'job.placed'; readonly placementId: string; readonly taskArn: string; readonly adopted: boolean })
  | (OfJob & {
      readonly name: 'placement.failed';
      readonly placementId: string;
      readonly code: string;
      readonly cause: string;
      readonly retry: string;
      readonly isCapacity: boolean;
    })
  | (OfJob & {
      readonly name: 'worker.connected';
      readonly host: string;
      readonly proof: 'proved' | 'unverified';
      readonly taskArn: string;
    })
  | (OfJob & { readonly name: 'worker.lost'; readonly host: string; readonly cause?: string })
  /** The worker could not take that it still has a manager; it is told again. Where that goes on for long, it ends itself. */
  | (OfJob & { readonly name: 'worker.renewal_failed'; readonly cause: string })
  /** An artifact went through the manager, because the worker could not exchange it. `isAgain`: an earlier manager had begun with it. */
  | (OfJob & {
      /** `cache.relayed`: the archive of a cache did. */
      readonly name: 'artifact.relayed' | 'cache.relayed';
      readonly direction: 'upload' | 'download';
      readonly bytes: number;
      readonly seconds: number;
      readonly isDone: boolean;
      readonly isAgain: boolean;
    })
  /** `resumed`: the stage ran already, started by an earlier try. */
  | (OfJob & { readonly name: 'stage.started'; readonly stage: string; readonly attempt: number; readonly resumed: boolean })
  | (OfJob & {
      readonly name: 'stage.ended';
      readonly stage: string;
      readonly attempt: number;
      readonly code: number;
      readonly cause: 'exit' | 'deadline' | 'signal';
      readonly seconds: number;
    });

/**
 * Everything worth telling that happens in a manager, as one union: logs, metrics and tests hear the same. One name per event; no
 * field ever holds a secret. Durations are seconds.
 */
export type ManagerEvent = ManagerLifeEvent | RunnerEvent | JobEvent | WorkerEvent | ReaperEvent;

/** The name of an event. */
export type ManagerEventName = ManagerEvent['name'];

/** Tells an event to whoever listens. Never throws and never waits. */
export type EmitEvent = (event: ManagerEvent) => void;
