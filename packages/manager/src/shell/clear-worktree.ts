import { quote } from './quoting.ts';
import { say } from './say.ts';
import type { ScriptContext } from './script-context.ts';
import { traceCommands } from './trace-commands.ts';

/**
 * Body of `clear_worktree`, run once before the second try to get the sources: empties the checkout but keeps what was fetched. A
 * checkout that git can't empty (a broken repository, no git) is removed.
 */
export function clearWorktree(context: ScriptContext): string[] {
  const project = quote(context.directories.projectDir);
  return [
    ...traceCommands(context.variables),
    say.notice('Deleting tracked and untracked files...'),
    `if [ -d ${project} ]; then`,
    `  (cd ${project} && git rm -rf --ignore-unmatch --quiet . && git clean -ffdx -q) || rm -rf ${project}`,
    'fi',
  ];
}
