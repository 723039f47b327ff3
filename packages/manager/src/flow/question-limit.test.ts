import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { QuestionLimit } from './question-limit.ts';

describe('the questions of one runner at a time', () => {
  it('51: are one at first, more while jobs come, fewer when none do, and never more than configured', () => {
    const limit = new QuestionLimit(3);
    expect(limit.now).toBe(1);
    limit.note('job');
    expect(limit.now).toBe(2);
    for (let jobs = 0; jobs < 50; jobs++) limit.note('job');
    expect(limit.now).toBe(3);
    for (let misses = 0; misses < 50; misses++) limit.note('none');
    expect(limit.now).toBe(1);
  });

  it('51: are halved when GitLab asks for less', () => {
    const limit = new QuestionLimit(8);
    for (let jobs = 0; jobs < 50; jobs++) limit.note('job');
    limit.note('unavailable');
    expect(limit.now).toBe(4);
  });

  it('51: are let through as soon as there may be more', async () => {
    const limit = new QuestionLimit(2);
    const stop = new AbortController();
    await limit.turnOf(0, stop.signal);
    const second = limit.turnOf(1, stop.signal);
    limit.note('job');
    await expect(second).resolves.toBeUndefined();
    for (let misses = 0; misses < 9; misses++) limit.note('none');
    const waiting = limit.turnOf(1, stop.signal);
    stop.abort(new Error('leaving'));
    await expect(waiting).rejects.toThrow('leaving');
  });

  it('leave nothing on the signal of an asker that waits again and again', async () => {
    const limit = new QuestionLimit(2);
    const { signal } = new AbortController();
    for (let turn = 0; turn < 20; turn++) {
      const waiting = limit.turnOf(1, signal);
      limit.note('job');
      await waiting;
      for (let misses = 0; misses < 9; misses++) limit.note('none');
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
