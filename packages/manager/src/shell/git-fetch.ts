import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { cloneNatively } from './git-clone.ts';
import { remoteUrl, userAgent } from './git-config.ts';
import type { GitSettings } from './git-settings.ts';
import { jobFiles } from './job-files.ts';
import { quote } from './quoting.ts';
import { say } from './say.ts';
import type { ScriptContext } from './script-context.ts';

/**
 * The lines that bring a commit into the project directory, for the strategies clone and fetch alike: leftovers of a killed job are
 * removed, the repository is made or made anew around the objects that are there, fetched into and checked out; or it is cloned natively
 * where the job wants that. Afterwards the shell is in the project directory. Throws `FR_SHELL_SOURCES` when the payload's commit is no commit id.
 */
export function fetchAndCheckOut(settings: GitSettings, context: ScriptContext): string[] {
  const { git_info } = context.payload;
  const fetched = fetch(settings, context);
  const otherwise = [
    say.notice(git_info.depth > 0 ? `Fetching changes with git depth set to ${git_info.depth}...` : 'Fetching changes...'),
    ...removeLeftovers(context),
    ...initRepository(context),
    ...fetched,
  ];
  const parts = { url: remoteUrl(context), template: jobFiles(context.directories.tmpDir).gitTemplate, otherwise, fetch: fetched };
  return [
    ...(settings.isNativeClone ? cloneNatively(settings, context, parts) : otherwise),
    ...(settings.skipsLfs ? [] : ['export GIT_LFS_SKIP_SMUDGE=1']),
    ...checkOut(settings, git_info),
    ...(settings.skipsLfs || !settings.hasCheckout ? [] : pullLfs()),
  ];
}

/** All files in one go: the smudge filter, switched off for the checkout, would fetch them one by one. */
function pullLfs(): string[] {
  return ['if git lfs version > /dev/null 2>&1; then', '  git lfs pull', 'fi'];
}

/** Locks would stop git; configuration and hooks could run what an earlier job planted. */
function removeLeftovers(context: ScriptContext): string[] {
  const git = `${context.directories.projectDir}/.git`;
  const leftovers = ['index.lock', 'shallow.lock', 'HEAD.lock', 'config.lock', 'config', 'hooks'].map((name) => quote(`${git}/${name}`));
  const refs = quote(`${git}/refs`);
  return [
    '_fresh_repository=yes',
    `if [ -d ${quote(git)} ]; then`,
    '  _fresh_repository=',
    `  rm -rf ${leftovers.join(' ')}`,
    `  if [ -d ${refs} ]; then find ${refs} -type f -name '*.lock' -exec rm -f {} ';' || true; fi`,
    'fi',
  ];
}

function initRepository(context: ScriptContext): string[] {
  const { payload, directories } = context;
  const format = payload.git_info.repo_object_format ?? 'sha1';
  const template = quote(jobFiles(directories.tmpDir).gitTemplate);
  const objectFormat = format === 'sha1' ? '' : ` --object-format ${quote(format)}`;
  const url = quote(remoteUrl(context));
  return [
    `git -c init.defaultBranch=none init --template ${template}${objectFormat} ${quote(directories.projectDir)}`,
    `cd ${quote(directories.projectDir)}`,
    `git remote add origin ${url} 2> /dev/null || git remote set-url origin ${url}`,
    `if [ -n "$_fresh_repository" ]; then ${say.notice('Created fresh repository.')}; fi`,
    'unset _fresh_repository',
  ];
}

function fetch(settings: GitSettings, { payload, runnerVersion }: ScriptContext): string[] {
  const { depth, refspecs } = payload.git_info;
  const command = (history: readonly string[]) =>
    [
      `git -c ${quote(`http.userAgent=${userAgent(runnerVersion)}`)} fetch origin --no-recurse-submodules`,
      ...[...refspecs, ...history, ...settings.fetchFlags].map((word) => quote(word)),
    ].join(' ');
  if (depth > 0) return [command(['--depth', String(depth)])];
  return ['if [ -f .git/shallow ]; then', `  ${command(['--unshallow'])}`, 'else', `  ${command([])}`, 'fi'];
}

function checkOut(settings: GitSettings, { sha, ref }: JobPayload['git_info']): string[] {
  if (!settings.hasCheckout) return [say.notice('Skipping Git checkout')];
  if (!/^[0-9a-f]{40,64}$/.test(sha)) {
    throw new CodedError({ code: 'FR_SHELL_SOURCES', at: 'git_info.sha', what: 'not a commit id', given: sha });
  }
  return [
    say.notice(`Checking out ${sha.slice(0, 8)} as detached HEAD (ref is ${ref})...`),
    `git -c submodule.recurse=false checkout -f -q ${sha}`,
    ...(settings.cleanFlags === undefined ? [] : [`git clean ${settings.cleanFlags.map((flag) => quote(flag)).join(' ')}`]),
  ];
}
