import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EventListener } from './event-bus.ts';
import type { ManagerEvent, ManagerEventName } from './manager-event.ts';

const PREFIX = 'fargate_gitlab_runner';
const STAGE_BUCKETS_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 7200];
const LETTING_GO: readonly ManagerEventName[] = ['job.reclaimed', 'job.fenced', 'job.drive_failed'];

/**
 * What Prometheus sees of a manager, fed by its events: jobs, placements, workers, stages, polls, and what went wrong. No job id is
 * ever a label, so that the number of series stays small.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #driven = new Map<string, string>();
  readonly #jobs = this.#counter('jobs_total', 'Jobs that ended, by runner and ending', ['runner', 'ending']);
  readonly #placements = this.#counter('placements_total', 'Placements, by runner and outcome', ['runner', 'outcome']);
  readonly #workers = this.#counter('workers_connected_total', 'Workers reached, by runner and proof of identity', ['runner', 'proof']);
  readonly #lost = this.#counter('workers_lost_total', 'Connections to workers that broke', ['runner']);
  readonly #polls = this.#counter('polls_total', 'Job requests, by runner and verdict', ['runner', 'verdict']);
  readonly #driveFailures = this.#counter('job_drive_failures_total', 'Jobs whose driving ended in an exception', ['runner']);
  readonly #reclaimFailures = this.#counter('reclaim_failures_total', 'Failed tries to stop a task', ['runner']);
  readonly #reaped = this.#counter('reaped_tasks_total', 'Tasks without a record, by what became of them', ['outcome']);
  readonly #reaperBlind = this.#counter('reaper_blind_total', 'Looks of the reaper that came to nothing', []);
  readonly #relayed = this.#counter('relayed_bytes_total', 'Bytes of artifacts and caches that went through the manager', [
    'runner',
    'kind',
    'direction',
  ]);
  readonly #storeFailures = this.#counter('store_failures_total', 'Failed operations of the job store', []);
  readonly #stageSeconds = new Histogram({
    name: `${PREFIX}_stage_seconds`,
    help: 'Duration of stages in seconds',
    labelNames: ['stage'],
    buckets: STAGE_BUCKETS_SECONDS,
    registers: [this.#registry],
  });
  readonly #running = new Gauge({
    name: `${PREFIX}_jobs_running`,
    help: 'Jobs that this manager drives now',
    labelNames: ['runner'],
    registers: [this.#registry],
  });

  /** To be subscribed to the bus. */
  readonly listen: EventListener = (event) => {
    this.#followJob(event);
    this.#count(event);
  };

  /** The media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All series in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** A job is driven from the first that is heard of it until it is let go. */
  #followJob(event: ManagerEvent): void {
    if (!('runner' in event) || !('jobId' in event) || event.name === 'job.unreadable') return;
    const { jobId, runner } = event;
    if (LETTING_GO.includes(event.name)) this.#driven.delete(jobId);
    else this.#driven.set(jobId, runner);
    const count = [...this.#driven.values()].filter((each) => each === runner).length;
    this.#running.set({ runner }, count);
  }

  #count(event: ManagerEvent): void {
    switch (event.name) {
      case 'job.ended':
        this.#jobs.inc({ runner: event.runner, ending: event.ending });
        return;
      case 'job.drive_failed':
        this.#driveFailures.inc({ runner: event.runner });
        return;
      case 'poll.answered':
        this.#polls.inc({ runner: event.runner, verdict: event.verdict });
        return;
      case 'poll.failed':
        this.#polls.inc({ runner: event.runner, verdict: 'exception' });
        return;
      case 'job.placed':
        this.#placements.inc({ runner: event.runner, outcome: event.adopted ? 'adopted' : 'placed' });
        return;
      case 'placement.failed':
        this.#placements.inc({ runner: event.runner, outcome: event.code });
        return;
      case 'worker.connected':
        this.#workers.inc({ runner: event.runner, proof: event.proof });
        return;
      case 'worker.lost':
        this.#lost.inc({ runner: event.runner });
        return;
      case 'artifact.relayed':
      case 'cache.relayed':
        this.#relayed.inc({ runner: event.runner, kind: event.name.replace('.relayed', ''), direction: event.direction }, event.bytes);
        return;
      case 'stage.ended':
        this.#stageSeconds.observe({ stage: event.stage }, event.seconds);
        return;
      case 'reclaim.failed':
        this.#reclaimFailures.inc({ runner: event.runner });
        return;
      case 'reaper.marked':
        this.#reaped.inc({ outcome: 'marked' });
        return;
      case 'reaper.stopped':
        this.#reaped.inc({ outcome: event.isDryRun ? 'reported' : 'stopped' });
        return;
      case 'reaper.failed':
        this.#reaped.inc({ outcome: 'failed' });
        return;
      case 'reaper.blind':
        this.#reaperBlind.inc();
        return;
      case 'store.failed':
        this.#storeFailures.inc();
    }
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `${PREFIX}_${name}`, help, labelNames, registers: [this.#registry] });
  }
}
