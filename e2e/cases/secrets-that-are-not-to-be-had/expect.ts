import type { Case, ExpectedJob } from '../../src/cases/case.ts';

const ended = (why: RegExp): ExpectedJob => ({
  status: 'failed',
  failureReason: 'runner_configuration_error',
  lines: [why],
  never: ['Placing the job', 'never'],
  hasSections: false,
});

export const expected: Case = {
  secrets: {
    STORED: { service: 'Secrets Manager', name: 'ci/fields', value: '{"some":"thing"}' },
    TOKENS: { service: 'Secrets Manager', name: 'runner-tokens', value: 'glrt-in-clear' },
  },
  jobs: {
    missing: ended(/^ERROR: Job failed: secrets: ONE: there is no secret ci\/nobody in eu-west-1 .*FR_SECRET_MISSING/),
    field: ended(/^ERROR: Job failed: secrets: ONE: .*the secret has no field "none".*FR_SECRET_MISSING/),
    'left-out': { lines: [/^WARNING: secret ONE is left out: /, 'ONE is of the job'] },
    'not-permitted': ended(/^ERROR: Job failed: secrets: ONE: .*FR_SECRET_NOT_PERMITTED/),
    vault: ended(/^ERROR: Job failed: secrets: ONE: this runner gets no secrets from vault.*FR_SECRET_PROVIDER/),
  },
};
