import { describe, expect, it } from 'vitest';
import { LostAnswers } from './lost-answers.ts';

const AT = 1_000_000;

describe('a job that nobody knows of', () => {
  it('is explained by the end of its manager before it could be recorded, or just after it had asked, and by no other time', () => {
    const lost = new LostAnswers();
    lost.managerKilled('r_1', AT);
    const causes = [AT - 25_001, AT - 25_000, AT, AT + 3000, AT + 3001].map((at) => lost.causeOf({ at, systemId: 'r_1' }));
    const killed = 'its manager was killed';
    expect(causes).toEqual([undefined, killed, killed, killed, undefined]);
  });

  it('is not explained by the end of another manager', () => {
    const lost = new LostAnswers();
    lost.managerKilled('r_1', AT);
    expect(lost.causeOf({ at: AT, systemId: 'r_2' })).toBeUndefined();
  });

  it('is explained by a cut of the connections on which the answer was, or a question was held', () => {
    const lost = new LostAnswers();
    lost.wayCut(AT);
    const isExplained = [AT - 2001, AT - 2000, AT + 3000, AT + 3001].map((at) => lost.causeOf({ at, systemId: 'r_1' }) !== undefined);
    expect(isExplained).toEqual([false, true, true, false]);
  });
});
