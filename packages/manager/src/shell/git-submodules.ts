import { jobFiles } from './job-files.ts';
import type { GitSettings, SubmoduleSettings } from './git-settings.ts';
import { quote } from './quoting.ts';
import { say } from './say.ts';
import type { ScriptContext } from './script-context.ts';

/**
 * The lines that bring the submodules to the commits that the project names; the shell is in the project directory. An update that
 * fails is tried once more, with what moved meanwhile. Source: reference for job execution, 2.6.
 */
export function updateSubmodules(settings: GitSettings, context: ScriptContext): string[] {
  const { strategy } = settings.submodules;
  if (strategy === 'none') return [say.notice('Skipping Git submodules setup')];
  if (typeof strategy !== 'string')
    return [say.error(`GIT_SUBMODULE_STRATEGY is ${strategy.unknown}; it may be none, normal or recursive`), 'exit 1'];
  if (settings.submodules.paths.includes(':(exclude)'))
    return [say.error('GIT_SUBMODULE_PATHS has :(exclude) without a path; write :(exclude)the/path as one word'), 'exit 1'];
  return [
    say.notice(announcement(settings.submodules)),
    ...bringUpToDate(settings, context),
    ...keepConfiguration(context),
    ...(settings.skipsLfs ? [] : pullLfs()),
  ];
}

function bringUpToDate(settings: GitSettings, context: ScriptContext): string[] {
  const git = gitOfSubmodules(settings.submodules, context);
  const clean = settings.cleanFlags === undefined ? [] : [git.each(['git', 'clean', ...settings.cleanFlags])];
  return [
    'git submodule init',
    git.sync,
    ...clean,
    git.each(['git', 'reset', '--quiet', '--hard']),
    `if ! ${git.update}; then`,
    `  ${say.warning('Updating submodules failed. Retrying...')}`,
    ...(settings.submodules.updateFlags.includes('--remote')
      ? [`  ${git.each(['git', 'fetch', 'origin', '+refs/heads/*:refs/remotes/origin/*'])}`]
      : []),
    `  ${git.sync}`,
    `  ${git.update}`,
    `  ${git.each(['git', 'reset', '--quiet', '--hard'])}`,
    'fi',
    git.sync,
    ...clean,
  ];
}

/** The commands of git, as shell lines. `foreach` runs its words by a shell of its own, so they are quoted twice. */
function gitOfSubmodules(of: SubmoduleSettings, { directories }: ScriptContext) {
  const recursive = of.strategy === 'recursive' ? ['--recursive'] : [];
  const paths = of.paths.length > 0 ? ['--', ...of.paths] : [];
  const depth = of.depth > 0 ? ['--depth', String(of.depth)] : [];
  const include = `include.path=${jobFiles(directories.tmpDir).gitExternal}`;
  return {
    sync: line(['git', 'submodule', 'sync', '--quiet', ...recursive, ...paths]),
    // The configuration comes with the call, because a submodule that is being cloned has none of its own yet.
    update: line(['git', '-c', include, 'submodule', 'update', '--init', ...recursive, ...depth, ...of.updateFlags, ...paths]),
    each: (command: readonly string[]) => line(['git', 'submodule', '--quiet', 'foreach', ...recursive, line(command)]),
  };
}

/** For git before 2.32, which knows no GIT_CONFIG_GLOBAL. */
function keepConfiguration({ directories }: ScriptContext): string[] {
  const command = line(['git', 'config', '--replace-all', 'include.path', jobFiles(directories.tmpDir).gitExternal]);
  return [line(['git', 'submodule', '--quiet', 'foreach', '--recursive', command])];
}

function pullLfs(): string[] {
  return [
    'if git lfs version > /dev/null 2>&1; then',
    `  ${line(['git', 'submodule', '--quiet', 'foreach', '--recursive', 'git lfs pull'])}`,
    'fi',
  ];
}

function announcement({ strategy, depth }: SubmoduleSettings): string {
  const recursively = strategy === 'recursive' ? ' recursively' : '';
  return `Updating/initializing submodules${recursively}${depth > 0 ? ` with git depth set to ${depth}` : ''}...`;
}

function line(words: readonly string[]): string {
  return words.map((word) => quote(word)).join(' ');
}
