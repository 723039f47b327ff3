import type { GitLabEvent, PipelineView } from '@fargate-gitlab-runner/emulator-gitlab';
import { describe, expect, it } from 'vitest';
import { PlainView } from './plain-view.ts';

const job = {
  token: '',
  stage: 'test',
  pipelineId: 1,
  tags: [],
  allowFailure: false,
  group: 'test',
  when: 'on_success' as const,
  isPlayable: false,
  isRetried: false,
  traceSize: 0,
  traceChecksum: '',
  traceChunks: 0,
  updates: [],
  artifacts: [],
  dotenv: [],
  isErased: false,
};

function viewOf(names: readonly string[], hasColours = false) {
  const lines: string[] = [];
  const jobs = names.map((name, at) => ({ ...job, id: String(at + 1), name, status: 'pending' as const }));
  const pipeline: PipelineView = { id: 1, status: 'pending', stages: ['test'], jobs };
  const output = { hasColours, line: (text: string) => void lines.push(text), raw: () => undefined, note: () => undefined };
  return { lines, view: new PlainView(output, pipeline) };
}

type State = Extract<GitLabEvent, { kind: 'job' }>;
const state = (to: State['to'], at: number, more: Partial<State> = {}): State => ({
  kind: 'job',
  seq: 1,
  at,
  jobId: '1',
  name: 'test',
  stage: 'test',
  pipelineId: 1,
  from: 'pending',
  to,
  ...more,
});
const log = (jobId: string, text: string): GitLabEvent => ({ kind: 'trace', seq: 1, at: 0, jobId, from: 0, bytes: Buffer.from(text) });

describe('a pipeline as plain lines', () => {
  it('shows the log of a single job as it is, then its state and duration', () => {
    const { lines, view } = viewOf(['test']);
    view.show(state('running', 1000));
    view.show(log('1', 'It works!\n.\n'));
    view.show(state('success', 4500));
    expect(lines).toEqual(['It works!', '.', 'test: success in 3.5 s']);
  });

  it('says whose a line is when there are several jobs', () => {
    const { lines, view } = viewOf(['lint', 'test']);
    view.show(log('1', 'a\n'));
    view.show(log('2', 'b\n'));
    expect(lines).toEqual(['[lint] a', '[test] b']);
  });

  it('says why a job failed', () => {
    const { lines, view } = viewOf(['test']);
    view.show(state('running', 0));
    view.show(state('failed', 100, { failureReason: 'script_failure', exitCode: 42 }));
    expect(lines).toEqual(['test: failed (script_failure, exit code 42) in 0.1 s']);
  });

  it('shows the last words of a log that ends without a line feed', () => {
    const { lines, view } = viewOf(['test']);
    view.show(log('1', 'no newline'));
    view.show(state('success', 0));
    expect(lines[0]).toBe('no newline');
  });

  it('has escape sequences only where they are welcome', () => {
    const plain = viewOf(['test']);
    plain.view.show(log('1', '\u001b[32;1mgreen\u001b[0;m\n'));
    expect(plain.lines).toEqual(['green']);
    const colourful = viewOf(['test'], true);
    colourful.view.show(log('1', '\u001b[32;1mgreen\u001b[0;m\n'));
    expect(colourful.lines).toEqual(['\u001b[32;1mgreen\u001b[0;m']);
  });
});
