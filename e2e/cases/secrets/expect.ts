import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  secrets: {
    DATABASE: { service: 'Secrets Manager', name: 'ci/database', value: '{"password":"Zq7 $r\'T0w","port":54321}' },
    TOKEN: { service: 'Parameter Store', name: 'ci/token', value: 'Vb3nM8sLc6jGy2' },
  },
  jobs: {
    job: {
      lines: [
        'Resolving secrets',
        'Resolving secret "PASSWORD" with aws_secrets_manager...',
        'password [MASKED], port [MASKED], parameter [MASKED]|',
        "Z q 7   $ r ' T 0 w ",
        '[MASKED]|',
        /^\[MASKED\]\| in .*\.tmp\/IN_A_FILE$/,
        'after it [MASKED]|',
      ],
      never: ['T0w', '54321', 'Vb3n'],
    },
  },
};
