import { setImmediate } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { PipelineView } from '@fargate-gitlab-runner/emulator-gitlab';
import { ManualClock } from '@fargate-gitlab-runner/kernel';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { Board } from '../board.ts';
import { LiveView } from './live-view.ts';

const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';

/** A terminal that remembers what was written, in the pieces in which it was. */
class PaperTerminal {
  columns = 80;
  rows = 20;
  readonly written: string[] = [];
  input: ((text: string) => void) | undefined;
  #resized: (() => void) | undefined;

  write(text: string): void {
    this.written.push(text);
  }

  onInput(listener: (text: string) => void): () => void {
    this.input = listener;
    return () => {
      this.input = undefined;
    };
  }

  onResize(listener: () => void): () => void {
    this.#resized = listener;
    return () => {
      this.#resized = undefined;
    };
  }

  resize(columns: number): void {
    this.columns = columns;
    this.#resized?.();
  }

  /** The rows of the last piece, by number. */
  get last(): ReadonlyMap<number, string> {
    const pieces = (this.written.at(-1) ?? '').split(new RegExp(`(?=${'\u001b'}\\[\\d+;1H)`));
    return new Map(pieces.flatMap((piece) => rowOf(piece)));
  }
}

function rowOf(piece: string): [number, string][] {
  const row = new RegExp(`^${'\u001b'}\\[(\\d+);1H`).exec(piece)?.[1];
  return row === undefined ? [] : [[Number(row), stripVTControlCharacters(piece)]];
}

const facts = {
  token: '',
  pipelineId: 1,
  tags: [],
  allowFailure: false,
  when: 'on_success' as const,
  isPlayable: false,
  isRetried: false,
  traceSize: 0,
  hasForgotten: false,
  traceChecksum: '',
  traceChunks: 0,
  updates: [],
  artifacts: [],
  dotenv: [],
  isErased: false,
  isDebugTrace: false,
};

function open(names: readonly string[]) {
  const jobs = names.map((name, at) => ({
    ...facts,
    id: String(at + 1),
    name,
    group: name,
    stage: at === 0 ? 'build' : 'test',
    status: 'created' as const,
  }));
  const pipeline: PipelineView = { id: 1, status: 'created', stages: ['build', 'test'], jobs };
  const terminal = new PaperTerminal();
  const board = new Board(pipeline);
  const asked: string[] = [];
  const view = new LiveView({
    terminal,
    board,
    clock: new ManualClock(),
    heading: 'trunk (push)',
    isPlain: false,
    onPlay: (job) => void asked.push(`play ${job.name}`),
    onLeave: () => void asked.push('leave'),
    onCancel: () => void asked.push('cancel'),
    onSuspend: () => setImmediate(),
  });
  const change = (name: string, to: 'running' | 'success' | 'manual') => {
    const id = board.job(name)?.id ?? '';
    board.apply({ kind: 'job', seq: 1, at: 0, jobId: id, name, stage: 'test', pipelineId: 1, from: 'created', to });
    const job = board.job(name);
    if (job) view.jobChanged(job);
  };
  return { terminal, view, board, asked, change };
}

describe('the live view', () => {
  it('writes only rows that differ, in one piece', () => {
    const { terminal, view, change } = open(['compile', 'unit']);
    const before = terminal.written.length;
    change('compile', 'running');
    expect(terminal.written.length).toBe(before + 1);
    expect([...terminal.last.keys()]).toEqual([1, 4, 5]);
    view.close();
  });

  it('draws everything anew when the size has changed, and nothing wider than it', () => {
    const { terminal, view, board, change } = open(['compile', 'a job with a long name: [漢字漢字漢字漢字, 漢字漢字漢字漢字]']);
    change('compile', 'running');
    const job = board.job('compile');
    if (job) view.log(job, ['x'.repeat(300), '漢字'.repeat(80)]);
    for (const columns of [120, 80, 30, 9]) {
      terminal.resize(columns);
      expect(terminal.last.size).toBe(terminal.rows);
      for (const row of terminal.last.values()) expect(stringWidth(row)).toBeLessThanOrEqual(columns);
    }
    view.close();
  });

  it('shows the job that began last until a person chooses one, and again after f', () => {
    const { terminal, view, change } = open(['compile', 'unit', 'lint']);
    change('compile', 'running');
    const title = () => {
      terminal.resize(terminal.columns);
      return [...terminal.last.values()]
        .find((row) => row.startsWith('── '))
        ?.replaceAll('─', '')
        .trim();
    };
    expect(title()).toContain('compile: running');
    terminal.input?.('\u001b[B\u001b[B');
    expect(title()).toContain('lint: created');
    terminal.input?.('f');
    expect(title()).toContain('compile: running');
    view.close();
  });

  it('hands keys on, and plays only a job that waits for it', () => {
    const { terminal, view, asked, change } = open(['compile', 'unit']);
    terminal.input?.('p\u0003q');
    expect(asked).toEqual(['cancel', 'leave']);
    change('compile', 'manual');
    terminal.input?.('p');
    expect(asked.at(-1)).toBe('play compile');
    view.close();
  });

  it('gives the terminal back when it is suspended and when it is closed, once, and takes it again after a suspension', async () => {
    const { terminal, view } = open(['compile', 'unit']);
    terminal.input?.('\u001a');
    expect([terminal.written.at(-1)?.endsWith(LEAVE), terminal.input]).toEqual([true, undefined]);
    await setImmediate();
    await setImmediate();
    expect(terminal.written.filter((text) => text.includes(ENTER)).length).toBe(2);
    view.close();
    view.close();
    expect(terminal.written.filter((text) => text.includes(LEAVE)).length).toBe(2);
    expect(terminal.input).toBe(undefined);
  });
});
