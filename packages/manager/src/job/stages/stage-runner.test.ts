import { describe, expect, it } from 'vitest';
import { flowRig } from '../../flow/flow-rig.test-double.ts';
import type { PlannedStage } from '../../shell/stage-plan.ts';
import { MemoryJobStore } from '../../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../../store/sample-record.test-double.ts';
import type { StageEnd } from '../../transport/shim/shim.ts';
import { JobControl } from '../drive/job-control.ts';
import { jobSettings } from '../job-settings.test-double.ts';
import { RecordedJob } from '../recorded-job.ts';
import { makeSayLine } from '../trace/trace-lines.ts';
import { rig } from '../trace/trace-rig.test-double.ts';
import { openLine } from '../worker/open-line.test-double.ts';
import { WorkerLink } from '../worker/worker-link.ts';
import { runStage } from './stage-runner.ts';

const SOURCES: PlannedStage = { name: 'get_sources', heading: 'Getting source', kind: 'predefined', attempts: 3 };
const PAUSE_MS = 300_000;

/** The second try of a stage, which waits five minutes; the worker says what it was asked. `isStarted`: by a manager before. */
function secondTry(of: { readonly isStarted: boolean }) {
  const { clock, trace, sender } = rig();
  const asked: string[] = [];
  const end: StageEnd = { code: 0, cause: 'exit', journalEnd: 0, discarded: 0 };
  const state = { stages: of.isStarted ? [{ stage: SOURCES.name, attempt: 2 }] : [] };
  const line = openLine(
    {
      run: async ({ stage, attempt }) => {
        asked.push(`run ${stage} ${attempt}`);
        return { kind: 'ok', started: of.isStarted ? 'before' : 'now' };
      },
      signal: async ({ name }) => {
        asked.push(name);
        return { kind: 'ok', sent: true };
      },
      follow: async () => ({ kind: 'ok', ...end }),
    },
    state,
  );
  const control = new JobControl(new AbortController().signal);
  const [runner] = flowRig().runners;
  if (!runner) throw new Error('no runner');
  const room = {
    tools: { clock, emit: () => undefined, settings: jobSettings },
    facts: { runner, concurrentId: 0, hasDeadlineContainer: true, shortToken: 'short' },
    job: new RecordedJob({ record: sampleRecord(), version: '1' }, { store: new MemoryJobStore(clock), clock }),
    control,
    link: new WorkerLink(line, { jobId: '1', clock, open: async () => line }),
    trace,
    sender,
    say: makeSayLine(trace, { clock, hasSections: true }),
    skewMs: 0,
  };
  const run = { stage: SOURCES.name, attempt: 2, deadlineAt: clock.now() + 3_600_000, limit: 'job' } as const;
  return { clock, control, asked, running: runStage(room, { stage: SOURCES, run, script: 'true', pauseMs: PAUSE_MS }) };
}

describe('the wait before another try of a stage', () => {
  it('is over with a cancel: nothing is begun after it', async () => {
    const { clock, control, asked, running } = secondTry({ isStarted: false });
    await clock.advance(1000);
    control.requestCancel();
    expect(await running).toMatchObject({ cause: 'signal' });
    expect(asked).toEqual([]);
  });

  it('is none for a try that a manager before has started, which a cancel ends', async () => {
    const { control, asked, running } = secondTry({ isStarted: true });
    control.requestCancel();
    await running;
    expect(asked.slice(0, 2)).toEqual(['run get_sources 2', 'TERM']);
  });

  it('ends by itself, and the stage is begun', async () => {
    const { clock, asked, running } = secondTry({ isStarted: false });
    await clock.advance(PAUSE_MS - 1);
    expect(asked).toEqual([]);
    await clock.advance(1);
    await running;
    expect(asked).toEqual(['run get_sources 2']);
  });
});
