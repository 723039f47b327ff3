import type { Case, ExpectedJob } from '../../src/cases/case.ts';

const ended = (why: RegExp): ExpectedJob => ({
  status: 'failed',
  failureReason: 'runner_configuration_error',
  lines: [why],
  never: ['Placing the job'],
  hasSections: false,
});

export const expected: Case = {
  jobs: {
    'put-in': {
      lines: [
        'hello before',
        '4, loud, b c',
        `["ada","b c"] and \${{ no template }}`,
        'hello after',
        'Creating cache hello-key-non_protected...',
        'Created cache',
      ],
      artifacts: { archive: { filename: 'hello.zip', files: { 'out/': '', 'out/file': '3!\n' } } },
    },
    unknown: ended(/^ERROR: Job failed: the inputs of the job can't be put into .*there is no "two" in it \[FR_INPUT_EXPRESSION\]/),
    unreadable: ended(/^ERROR: Job failed: the inputs of the job can't be put into .*"\}\}" is expected at .*FR_INPUT_EXPRESSION/),
    without: { lines: [`\${{ job.inputs.one }} \${{`] },
  },
};
