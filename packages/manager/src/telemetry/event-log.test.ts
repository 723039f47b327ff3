import { ManualClock, Secret } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { makeEventLog } from './event-log.ts';
import type { ManagerEvent } from './manager-event.ts';

function logged(level: Parameters<typeof makeEventLog>[0]['level'], ...events: ManagerEvent[]): string[] {
  const lines: string[] = [];
  const listen = makeEventLog({ level, destination: { write: (line) => void lines.push(line) } }, new ManualClock(0));
  for (const event of events) listen(event);
  return lines;
}

const ended: ManagerEvent = {
  name: 'job.ended',
  jobId: '7',
  runner: 'dev',
  ending: 'failed',
  reason: 'script_failure',
  exitCode: 2,
  seconds: 3,
};

describe('the event log', () => {
  it('writes one JSON object per event, with level, time, component and the event', () => {
    const [line = '', ...more] = logged('info', ended);
    expect(more).toEqual([]);
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: '1970-01-01T00:00:00.000Z',
      component: 'job',
      event: 'job.ended',
      jobId: '7',
      runner: 'dev',
      ending: 'failed',
      reason: 'script_failure',
      exitCode: 2,
      seconds: 3,
    });
  });

  it('writes nothing below its level', () => {
    const polled: ManagerEvent = { name: 'poll.answered', runner: 'dev', verdict: 'none' };
    const failed: ManagerEvent = { name: 'store.failed', operation: 'heartbeat', cause: 'disk full' };
    const names = (level: 'debug' | 'info' | 'error') => logged(level, polled, ended, failed).map((line) => JSON.parse(line).event);
    expect(names('debug')).toEqual(['poll.answered', 'job.ended', 'store.failed']);
    expect(names('info')).toEqual(['job.ended', 'store.failed']);
    expect(names('error')).toEqual(['store.failed']);
  });

  it('warns of polls that GitLab did not answer as it should', () => {
    const poll = (verdict: 'job' | 'none' | 'refused' | 'unavailable' | 'broken'): ManagerEvent => ({
      name: 'poll.answered',
      runner: 'dev',
      verdict,
    });
    const lines = logged('info', poll('job'), poll('none'), poll('refused'), poll('unavailable'), poll('broken'));
    expect(lines.map((line) => [JSON.parse(line).level, JSON.parse(line).verdict])).toEqual([
      ['warn', 'refused'],
      ['warn', 'unavailable'],
      ['warn', 'broken'],
    ]);
  });

  it('shows no secret, in whatever field one was put by mistake', () => {
    const cause = 'cloning http://gitlab-ci-token:hunter2@gitlab.test with glcbt-64_hunter2';
    const careless = { name: 'poll.failed', runner: 'dev', cause, token: new Secret('hunter2') } as const;
    const unreadable: ManagerEvent = { name: 'job.unreadable', runner: 'dev', problems: ['token: glrt-hunter2'] };
    const lines = logged('info', careless, unreadable).join('');
    expect(lines).not.toContain('hunter2');
    expect(lines.match(/\[masked\]/g)).toHaveLength(4);
  });
});
