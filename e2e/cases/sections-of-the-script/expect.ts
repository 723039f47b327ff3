import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: {
      sections: ['prepare_executor', 'prepare_script', 'get_sources', 'step_script', 'my_section', 'cleanup_file_variables'],
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
      bytes: [/\u001b\[35mviolet\u001b\[0m/],
    },
  },
};
