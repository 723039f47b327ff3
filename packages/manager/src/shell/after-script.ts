import { exportBlock } from './export-block.ts';
import { quote } from './quoting.ts';
import { say } from './say.ts';
import type { ScriptContext } from './script-context.ts';
import { AFTER_SCRIPT } from './stage-plan.ts';
import { userCommands } from './user-commands.ts';
import { withJobStatus } from './variables.ts';

/** Body of `after_script`: a shell of its own, with `CI_JOB_STATUS` telling how the script ended. */
export function afterScript(context: ScriptContext): string[] {
  const script = context.payload.steps.find((step) => step.name === AFTER_SCRIPT)?.script ?? [];
  return [
    ...exportBlock({ ...context, variables: withJobStatus(context.variables, context.jobStatus) }),
    `cd ${quote(context.directories.projectDir)}`,
    say.notice('Running after script...'),
    ...userCommands(script),
  ];
}
