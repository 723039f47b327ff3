import { jobFiles } from './job-files.ts';
import { quote } from './quoting.ts';
import { say } from './say.ts';
import type { ScriptContext } from './script-context.ts';
import { traceCommands } from './trace-commands.ts';

/** Body of `prepare_script`: says where the job runs and forgets what an earlier job may have left for its later stages. */
export function prepareScript(context: ScriptContext): string[] {
  return [
    ...traceCommands(context.variables),
    say.plain(`Running on ${printable(context.workerHostname)} via ${printable(context.managerHostname)}...`),
    `rm -rf ${quote(jobFiles(context.directories.tmpDir).environment)}`,
  ];
}

/** The worker says its own name, and it may say anything. */
function printable(hostname: string): string {
  return hostname.replaceAll(/[^A-Za-z0-9._:-]/g, '?').slice(0, 253);
}
