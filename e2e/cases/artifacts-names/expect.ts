import type { Case } from '../../src/cases/case.ts';

const named = (filename: string) => ({ archive: { filename, files: { file: '' } } });

export const expected: Case = {
  jobs: {
    mixed: { artifacts: named('mixed-other-main.zip') },
    slash: { artifacts: named('two.zip') },
    empty: { artifacts: named('default.zip') },
    odd: { artifacts: named("it's; é $(id).zip") },
  },
};
