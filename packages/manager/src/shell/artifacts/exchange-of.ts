import { PROGRAM_NAME } from '@fargate-gitlab-runner/blueprint';
import { jobFiles } from '../job-files.ts';
import type { ScriptContext } from '../script-context.ts';
import type { Exchange } from './exchange.ts';

/** With whom the job exchanges artifacts, and where in the worker. The CA is the variable's file, which the export block writes. */
export function exchangeOf({ apiUrl, directories, runnerVersion, variables }: ScriptContext): Exchange {
  const ca = variables.findLast(({ key, isFile }) => isFile && key === 'CI_SERVER_TLS_CA_FILE');
  return {
    apiUrl,
    agent: `${PROGRAM_NAME} ${runnerVersion} (worker; curl; linux/any)`,
    folder: jobFiles(directories.tmpDir).artifacts,
    caFile: ca && `${directories.tmpDir}/${ca.key}`,
  };
}
