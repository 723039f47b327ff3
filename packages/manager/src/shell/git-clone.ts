import { userAgent } from './git-config.ts';
import type { GitSettings } from './git-settings.ts';
import { quote } from './quoting.ts';
import { say } from './say.ts';
import type { ScriptContext } from './script-context.ts';

/** From which version on `git clone` takes any ref, `--revision`. Source: release notes of Git 2.49. */
const OLDEST_GIT = { words: '2.49', number: 2049 };

/** What a clone is made with, and what is done where it can not be or did not bring the commit. */
interface CloneParts {
  readonly url: string;
  /** Folder of the template for `.git`. */
  readonly template: string;
  /** Lines that do without `git clone`. */
  readonly otherwise: readonly string[];
  /** Lines that fetch the refs of the payload into the clone. */
  readonly fetch: readonly string[];
}

/**
 * The lines of a native clone (`FF_USE_GIT_NATIVE_CLONE` with `GIT_STRATEGY=clone`): one `git clone` of the job's ref, which can begin with a
 * bundle that GitLab names. With a git before 2.49 the sources are fetched as ever. Afterwards the shell is in the project directory.
 *
 * Gotcha: a ref may have moved since the pipeline was made, that of a merge result does so by itself. Where the clone lacks the commit, the
 * refs of the payload are fetched, which have it. Source: reference for job execution, 2.3.
 */
export function cloneNatively(settings: GitSettings, context: ScriptContext, parts: CloneParts): string[] {
  const { git_info } = context.payload;
  return [
    String.raw`_git=$(git version | sed -n 's/^git version \([0-9]\{1,4\}\)[.]\([0-9]\{1,4\}\).*/\1 * 1000 + \2/p')`,
    `if [ $(($_git + 0)) -lt ${OLDEST_GIT.number} ]; then`,
    say.plain(`FF_USE_GIT_NATIVE_CLONE needs git ${OLDEST_GIT.words}, and the one of this worker is older: fetching instead.`),
    ...parts.otherwise,
    'else',
    say.notice(announcement(git_info)),
    cloneCommand(settings, context, parts),
    `cd ${quote(context.directories.projectDir)}`,
    `if ! git cat-file -e ${quote(`${git_info.sha}^{commit}`)} 2> /dev/null; then`,
    ...parts.fetch,
    'fi',
    'fi',
    'unset _git',
  ];
}

function cloneCommand(
  settings: GitSettings,
  { payload, directories, runnerVersion }: ScriptContext,
  { url, template }: CloneParts,
): string {
  const { depth, ref } = payload.git_info;
  const which = ref ? [ref.startsWith('refs/') ? '--revision' : '--branch', ref] : [];
  const words = [
    ...['git', '-c', `http.userAgent=${userAgent(runnerVersion)}`, 'clone', '--no-checkout', url, directories.projectDir],
    ...['--template', template],
    ...(depth > 0 ? ['--depth', String(depth)] : []),
    ...which,
    ...settings.cloneFlags,
  ];
  return words.map((word) => quote(word)).join(' ');
}

function announcement({ ref, depth }: ScriptContext['payload']['git_info']): string {
  const what = ref ? ` for ${ref}` : '';
  return `Cloning repository${what}${depth > 0 ? ` with git depth set to ${depth}` : ''}...`;
}
