import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    'split 1/2': { lines: ['place 1 of 2'] },
    'split 2/2': { lines: ['place 2 of 2'] },
    'mixed: [red, big]': { lines: ['red big'] },
    'mixed: [blue, big]': { lines: ['blue big'] },
  },
};
