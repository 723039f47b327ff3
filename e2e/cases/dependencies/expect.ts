import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

const made = (name: string) => ({
  artifacts: { archive: { files: { 'out/': '', 'out/both': `by ${name}\n`, [`out/${name}`]: `by ${name}\n` } } },
});

export const expected: Case = {
  cells: BOTH_WAYS,
  jobs: {
    first: made('first'),
    second: made('second'),
    all: {
      lines: [
        /^Downloading artifacts for first \(\d+\)\.\.\.$/,
        'Downloading artifacts from coordinator... ok 200 OK',
        /^Downloading artifacts for second \(\d+\)\.\.\.$/,
        'by first',
        'by second',
        'by second',
      ],
    },
    chosen: { lines: ['both', 'first', 'by first'], never: ['for second'] },
    none: { lines: ['nothing'], never: ['Downloading artifacts'] },
    needs: { lines: ['by second'], never: ['for first'] },
  },
};
