import { describe, expect, it } from 'vitest';
import { LostAnswers } from './lost-answers.ts';

const AT = 1_000_000;

describe('a job that nobody knows of', () => {
  it('is explained by the end of its manager before it could be recorded, and by no other', () => {
    const lost = new LostAnswers();
    lost.managerKilled(AT);
    const causes = [AT - 12_001, AT - 12_000, AT, AT + 1].map((handedOut) => lost.causeAt(handedOut));
    expect(causes).toEqual([undefined, 'its manager was killed', 'its manager was killed', undefined]);
  });

  it('is explained by a cut of the connections on which the answer was, or a question was held', () => {
    const lost = new LostAnswers();
    lost.wayCut(AT);
    const isExplained = [AT - 2001, AT - 2000, AT + 3000, AT + 3001].map((handedOut) => lost.causeAt(handedOut) !== undefined);
    expect(isExplained).toEqual([false, true, true, false]);
  });
});
