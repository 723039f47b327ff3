import { describe, expect, it } from 'vitest';
import type { Versioned } from '../store/job-store.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import type { ManagerEvent } from '../telemetry/manager-event.ts';
import { flowRig } from './flow-rig.test-double.ts';
import { type DriveJob, Roster } from './roster.ts';

const job = (jobId: string, runner = 'dev'): Versioned => ({ record: sampleRecord({ jobId, runner }), version: '1' });

function rig() {
  const { roster, slots, drives, clock, told } = flowRig({ runners: { dev: 10, prd: 10 } });
  const start = (jobId: string, runner = 'dev') => roster.start(job(jobId, runner), slots.force(runner));
  return { roster, slots, drives, clock, told, start };
}

describe('Roster', () => {
  it('drives a job and holds its slot until the drive is over', async () => {
    const { roster, slots, drives, clock, start } = rig();
    start('1');
    expect([roster.isDriving('1'), roster.size, slots.held('dev')]).toEqual([true, 1, 1]);
    drives.end('1');
    await clock.advance(0);
    expect([roster.isDriving('1'), roster.size, slots.held('dev')]).toEqual([false, 0, 0]);
  });

  it('gives the slot back when a drive throws, and tells it with its duration', async () => {
    const { slots, drives, clock, told, start } = rig();
    start('1');
    await clock.advance(2500);
    drives.end('1', new Error('a defect'));
    await clock.advance(0);
    expect(slots.held()).toBe(0);
    expect(told('job.drive_failed')).toEqual([
      { name: 'job.drive_failed', jobId: '1', runner: 'dev', seconds: 2.5, cause: expect.stringContaining('Error: a defect') },
    ]);
  });

  it('gives the slot back when a drive can not even begin', async () => {
    const { slots, clock } = rig();
    const events: ManagerEvent[] = [];
    const drive: DriveJob = () => {
      throw new Error('no such runner');
    };
    const roster = new Roster({ slots, drive, emit: (event) => events.push(event), clock });
    roster.start(job('1'), slots.force('dev'));
    await clock.advance(0);
    expect([slots.held(), roster.size, events.map(({ name }) => name)]).toEqual([0, 0, ['job.drive_failed']]);
  });

  it('tells when another manager turns out to have the job', async () => {
    const { slots, drives, clock, told, start } = rig();
    start('1');
    drives.end('1', 'fenced');
    await clock.advance(0);
    expect(told('job.fenced')).toEqual([{ name: 'job.fenced', jobId: '1', runner: 'dev' }]);
    expect(slots.held()).toBe(0);
  });

  it('drives a job once at a time: a second slot for it goes back at once', async () => {
    const { slots, drives, clock, start } = rig();
    start('1');
    start('1');
    expect([drives.begun, slots.held()]).toEqual([['1'], 1]);
    drives.end('1');
    await clock.advance(0);
    start('1');
    expect(drives.begun).toEqual(['1', '1']);
  });

  it('numbers the jobs of each runner from 0, with the lowest number that is free', async () => {
    const { drives, clock, start } = rig();
    const numbers = () => drives.now.map((jobId) => `${jobId}: ${drives.of(jobId).concurrentId}`);
    for (const jobId of ['1', '2', '3']) start(jobId);
    start('4', 'prd');
    expect(numbers()).toEqual(['1: 0', '2: 1', '3: 2', '4: 0']);
    drives.end('2');
    await clock.advance(0);
    start('5');
    start('6');
    expect(numbers()).toEqual(['1: 0', '3: 2', '4: 0', '5: 1', '6: 3']);
  });

  it('gives each job a signal of its own', async () => {
    const { slots, clock } = rig();
    const signals: AbortSignal[] = [];
    const drive: DriveJob = async (_job, _place, leave) => {
      signals.push(leave);
      return 'finished';
    };
    const roster = new Roster({ slots, drive, emit: () => undefined, clock });
    for (const jobId of ['1', '2']) roster.start(job(jobId), slots.force('dev'));
    await clock.advance(0);
    expect(new Set(signals).size).toBe(2);
  });

  it('leaves every job when it is told to, waits until nothing acts any more, and starts nothing after that', async () => {
    const { roster, slots, drives, start } = rig();
    start('1');
    start('2', 'prd');
    await roster.leaveAll();
    expect([drives.now, roster.size, slots.held()]).toEqual([[], 0, 0]);
    start('3');
    expect([drives.begun, slots.held()]).toEqual([['1', '2'], 0]);
  });
});
