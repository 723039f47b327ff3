import { afterScript } from './after-script.ts';
import { downloadArtifacts } from './artifacts/download-artifacts.ts';
import { uploadArtifacts } from './artifacts/upload-artifacts.ts';
import { archiveCache } from './cache/archive-cache.ts';
import { restoreCache } from './cache/restore-cache.ts';
import { cleanupFileVariables } from './cleanup-file-variables.ts';
import { clearWorktree } from './clear-worktree.ts';
import { getSources } from './get-sources.ts';
import { prepareScript } from './prepare-script.ts';
import { quote } from './quoting.ts';
import type { ScriptContext } from './script-context.ts';
import type { StageName } from './stage-plan.ts';
import { userStep } from './user-step.ts';

/**
 * The script of one stage, for dash, busybox ash and bash alike; it holds secrets. Its exit status is that of the first command that
 * fails, 2 after a syntax error. Commands read an empty stdin. Throws `FR_SHELL_NUL` (naming the variable) or `FR_SHELL_SOURCES`
 * when the payload can't be put into a script.
 */
export function stageScript(stage: StageName, context: ScriptContext): string {
  return skeleton(bodyOf(stage, context).join('\n'));
}

function bodyOf(stage: StageName, context: ScriptContext): string[] {
  switch (stage) {
    case 'prepare_script':
      return prepareScript(context);
    case 'get_sources':
      return getSources(context);
    case 'clear_worktree':
      return clearWorktree(context);
    case 'restore_cache':
      return restoreCache(context);
    case 'archive_cache':
      return archiveCache('on_success', context);
    case 'archive_cache_on_failure':
      return archiveCache('on_failure', context);
    case 'download_artifacts':
      return downloadArtifacts(context);
    case 'upload_artifacts_on_success':
      return uploadArtifacts('on_success', context);
    case 'upload_artifacts_on_failure':
      return uploadArtifacts('on_failure', context);
    case 'after_script':
      return afterScript(context);
    case 'cleanup_file_variables':
      return cleanupFileVariables(context);
    default:
      return userStep(stage, context);
  }
}

/**
 * The body is one quoted word, so that the shell has read the whole script before a command of it runs, and a syntax error in it
 * comes up only where it is. The traps keep some bash versions from printing the script when they are terminated. The shells are
 * asked for pipefail because most dash versions don't know it.
 */
function skeleton(body: string): string {
  return [
    "trap 'exit 1' TERM",
    'case "$(set -o)" in *pipefail*) set -o pipefail ;; esac',
    'set -o errexit',
    'set +o noclobber',
    '(',
    "trap 'exit 1' TERM",
    `eval ${quote(body, 'the body of the stage')}`,
    ') < /dev/null',
    'exit 0',
    '',
  ].join('\n');
}
