import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BOTH_WAYS,
  jobs: {
    job: {
      artifacts: {
        archive: {
          files: {
            'dist/a.js': '',
            'dist/deep/b.js': '',
            'dist/link': 'a.js',
            'docs/one.md': '',
            'docs/two.md': '',
            'x1.log': '',
            'x2.log': '',
            'xx.log': '',
            'odd name/': '',
            'odd name/[1] é.txt': '',
            'empty/': '',
          },
        },
      },
    },
  },
};
