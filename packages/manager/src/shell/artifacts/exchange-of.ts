import { PROGRAM_NAME } from '@fargate-gitlab-runner/blueprint';
import { jobFiles } from '../job-files.ts';
import type { ScriptContext } from '../script-context.ts';
import { tlsFiles } from '../tls-files.ts';
import type { Exchange } from './exchange.ts';

/** With whom the job exchanges artifacts, and where in the worker. The files for TLS are those of variables, which the export block writes. */
export function exchangeOf(context: ScriptContext): Exchange {
  const { apiUrl, directories, runnerVersion } = context;
  return {
    apiUrl,
    agent: `${PROGRAM_NAME} ${runnerVersion} (worker; curl; linux/any)`,
    folder: jobFiles(directories.tmpDir).artifacts,
    tls: tlsFiles(context),
  };
}
