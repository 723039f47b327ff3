import { describe, expect, it } from 'vitest';
import type { BoardJob } from './board.ts';
import { PlainView } from './plain-view.ts';

const job: BoardJob = {
  id: '1',
  name: 'test',
  stage: 'test',
  status: 'pending',
  allowFailure: false,
  needs: [],
  attempt: 1,
  begunAt: undefined,
  endedAt: undefined,
  failureReason: undefined,
  exitCode: undefined,
  confirmation: undefined,
  stuck: undefined,
};

function viewOf(names: readonly string[], hasColours = false) {
  const lines: string[] = [];
  const jobs = names.map((name, at) => ({ ...job, id: String(at + 1), name }));
  const output = { hasColours, line: (text: string) => void lines.push(text), raw: () => undefined, note: () => undefined };
  return { lines, view: new PlainView(output, { jobs }) };
}

describe('a pipeline as plain lines', () => {
  it('shows the log of a single job as it is, then its state and duration', () => {
    const { lines, view } = viewOf(['test']);
    view.jobChanged({ ...job, status: 'running', begunAt: 1000 });
    view.log(job, ['It works!', '.']);
    view.jobChanged({ ...job, status: 'success', begunAt: 1000, endedAt: 4500 });
    expect(lines).toEqual(['It works!', '.', 'test: success in 3.5 s']);
  });

  it('says whose a line is when there are several jobs', () => {
    const { lines, view } = viewOf(['lint', 'test']);
    view.log({ ...job, name: 'lint' }, ['a']);
    view.log(job, ['b']);
    expect(lines).toEqual(['[lint] a', '[test] b']);
  });

  it('says why a job failed, and that it is allowed to', () => {
    const { lines, view } = viewOf(['test']);
    const failed = { ...job, status: 'failed', begunAt: 0, endedAt: 100, failureReason: 'script_failure', exitCode: 42 } as const;
    view.jobChanged(failed);
    view.jobChanged({ ...failed, allowFailure: true });
    expect(lines).toEqual([
      'test: failed (script_failure, exit code 42) in 0.1 s',
      'test: failed (script_failure, exit code 42, allowed) in 0.1 s',
    ]);
  });

  it('says that a job is tried again, and which try it was', () => {
    const { lines, view } = viewOf(['test']);
    view.jobChanged({ ...job, status: 'running', begunAt: 0, attempt: 2 });
    view.jobChanged({ ...job, status: 'success', begunAt: 0, endedAt: 1000, attempt: 2 });
    expect(lines).toEqual(['test: running, try 2', 'test: success (try 2) in 1.0 s']);
  });

  it('has escape sequences only where they are welcome', () => {
    const plain = viewOf(['test']);
    plain.view.log(job, ['\u001b[32;1mgreen\u001b[0;m']);
    expect(plain.lines).toEqual(['green']);
    const colourful = viewOf(['test'], true);
    colourful.view.log(job, ['\u001b[32;1mgreen\u001b[0;m']);
    expect(colourful.lines).toEqual(['\u001b[32;1mgreen\u001b[0;m']);
  });
});
