import type { Case } from '../../src/cases/case.ts';
import { BASH_BOTH_WAYS } from '../../src/cases/cell.ts';

const named = (filename: string) => ({ archive: { filename, files: { file: '' } } });

export const expected: Case = {
  cells: BASH_BOTH_WAYS,
  jobs: {
    mixed: { artifacts: named('mixed-other-main.zip') },
    slash: { artifacts: named('two.zip') },
    empty: { artifacts: named('default.zip') },
    quoted: { artifacts: named('say "hello".zip') },
    odd: { artifacts: named("it's; é $(id).zip") },
  },
};
