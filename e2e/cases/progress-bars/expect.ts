import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { bytes: [/10%\r/, /60%\r/, /100%\n/, /windows\r\n/, /no line end/] } },
};
