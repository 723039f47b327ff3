import type { Clock } from '@fargate-gitlab-runner/kernel';
import { type DestinationStream, pino } from 'pino';
import type { EventListener } from './event-bus.ts';
import type { ManagerEvent, ManagerEventName } from './manager-event.ts';
import { withoutTokens } from './without-tokens.ts';

/** Levels of log lines, least first. */
type LogLevel = 'debug' | 'info' | 'warn' | 'error';

type Component = 'manager' | 'coordinator' | 'job' | 'fleet' | 'store';

/** The room each event comes from, and how loud it is. */
const KINDS: Readonly<Record<ManagerEventName, readonly [Component, LogLevel]>> = {
  'manager.started': ['manager', 'info'],
  'manager.draining': ['manager', 'info'],
  'manager.released': ['manager', 'info'],
  'store.failed': ['store', 'error'],
  'runner.verified': ['coordinator', 'info'],
  'runner.refused': ['coordinator', 'warn'],
  'runner.registered': ['coordinator', 'info'],
  'runner.rotated': ['coordinator', 'info'],
  'runner.rotation_failed': ['coordinator', 'error'],
  'tls.unreadable': ['coordinator', 'error'],
  'runner.definition': ['fleet', 'warn'],
  'runner.unhealthy': ['coordinator', 'error'],
  'poll.answered': ['coordinator', 'debug'],
  'poll.failed': ['coordinator', 'error'],
  'job.unreadable': ['coordinator', 'error'],
  'job.accepted': ['job', 'info'],
  'job.adopted': ['job', 'info'],
  'job.unannounced': ['job', 'warn'],
  'job.fenced': ['job', 'warn'],
  'job.drive_failed': ['job', 'error'],
  'job.ended': ['job', 'info'],
  'job.reported': ['job', 'info'],
  'job.reclaimed': ['job', 'info'],
  'trace.findings': ['job', 'warn'],
  'artifact.relayed': ['job', 'info'],
  'cache.relayed': ['job', 'info'],
  'stage.started': ['job', 'debug'],
  'stage.ended': ['job', 'info'],
  'job.placed': ['fleet', 'info'],
  'placement.failed': ['fleet', 'warn'],
  'worker.connected': ['fleet', 'info'],
  'worker.lost': ['fleet', 'warn'],
  'worker.renewal_failed': ['fleet', 'warn'],
  'reclaim.failed': ['fleet', 'warn'],
  'reaper.marked': ['fleet', 'info'],
  'reaper.stopped': ['fleet', 'warn'],
  'reaper.failed': ['fleet', 'error'],
  'reaper.blind': ['fleet', 'warn'],
  'reaper.deregistered': ['fleet', 'info'],
};

/** `level`: the least level that is written. `destination`: where lines go; standard output when left out. */
export interface EventLogSettings {
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}

/**
 * A listener that writes one JSON object per event and line: `level`, `time` (ISO 8601), `component`, `event` (its name), then the
 * event's own fields, `jobId` and `runner` among them. Anything that looks like a token is masked.
 */
export function makeEventLog({ level, destination }: EventLogSettings, clock: Clock): EventListener {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const log = destination ? pino(options, destination) : pino(options);
  return (event) => {
    const { name, ...fields } = event;
    log[levelOf(event)]({ component: KINDS[name][0], event: name, ...masked(fields) });
  };
}

/** A poll is only worth a line of its own when GitLab did not answer as it should. */
function levelOf(event: ManagerEvent): LogLevel {
  if (event.name === 'poll.answered' && event.verdict !== 'job' && event.verdict !== 'none') return 'warn';
  return KINDS[event.name][1];
}

function masked(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, maskedValue(value)]));
}

function maskedValue(value: unknown): unknown {
  if (typeof value === 'string') return withoutTokens(value);
  return Array.isArray(value) ? value.map(maskedValue) : value;
}
