import { EXPANSION_LIMIT, expand } from './expansion.ts';
import { exportBlock } from './export-block.ts';
import { quote } from './quoting.ts';
import { referencesTo } from './references-to.ts';
import type { ScriptContext } from './script-context.ts';
import { type StepStageName, stepStageOf } from './stage-plan.ts';
import { userCommands } from './user-commands.ts';

/**
 * Body of a user step: all commands in one shell, in the project directory. In the step named `release` GitLab expects the runner
 * itself to expand `$NAME` and `${NAME}` in every line; file variables stand for their paths there too.
 */
export function userStep(stage: StepStageName, context: ScriptContext): string[] {
  const script = context.payload.steps.find((step) => stepStageOf(step) === stage)?.script ?? [];
  return [
    ...exportBlock(context),
    `cd ${quote(context.directories.projectDir)}`,
    ...userCommands(context.operatorScripts.preBuild),
    ...userCommands(stage === 'step_release' ? expandedLines(script, context) : script),
    ...userCommands(context.operatorScripts.postBuild),
  ];
}

function expandedLines(script: readonly string[], { variables, directories }: ScriptContext): string[] {
  const lookup = referencesTo(variables, directories.tmpDir);
  const limit = Math.floor(EXPANSION_LIMIT / script.length);
  return script.map((line) => expand(line, lookup, { at: 'step release', limit }));
}
