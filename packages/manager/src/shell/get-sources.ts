import { exportBlock } from './export-block.ts';
import { gitConfig } from './git-config.ts';
import { fetchAndCheckOut } from './git-fetch.ts';
import { type GitSettings, gitSettings } from './git-settings.ts';
import { updateSubmodules } from './git-submodules.ts';
import { jobFiles } from './job-files.ts';
import { quote } from './quoting.ts';
import { say } from './say.ts';
import type { ScriptContext } from './script-context.ts';
import { userCommands } from './user-commands.ts';

/**
 * Body of `get_sources`. The job token reaches git through a credential helper that reads `CI_JOB_TOKEN` from the environment: no file,
 * URL or command line holds it. Throws `FR_SHELL_SOURCES` when the payload's commit is no commit id. Order and wording of the lines:
 * reference for job execution, 2.3.
 */
export function getSources(context: ScriptContext): string[] {
  const settings = gitSettings(context.payload, context.variables);
  return [...exportBlock(withJobToken(context)), ...writeGitConfig(context), ...sourcesBy(settings, context)];
}

/** An author may have given `CI_JOB_TOKEN` another value; the checkout needs the real one. */
function withJobToken(context: ScriptContext): ScriptContext {
  const token = { key: 'CI_JOB_TOKEN', value: context.payload.token, isFile: false, isMasked: true, isRaw: true };
  return { ...context, variables: [...context.variables, token] };
}

/** Written for every strategy: the author's own git commands use it too. */
function writeGitConfig(context: ScriptContext): string[] {
  const files = jobFiles(context.directories.tmpDir);
  const config = gitConfig(context);
  const global = quote(files.gitGlobal);
  return [
    'export GIT_TERMINAL_PROMPT=0 GCM_INTERACTIVE=Never',
    `rm -rf ${quote(files.gitTemplate)} ${quote(files.gitExternal)} ${global}`,
    `mkdir ${quote(files.gitTemplate)}`,
    `printf '%s' ${quote(config.external)} > ${quote(files.gitExternal)}`,
    `printf '%s' ${quote(config.template)} > ${quote(`${files.gitTemplate}/config`)}`,
    `: > ${global}`,
    ...['.config/git/config', '.gitconfig'].map(
      (name) => `if [ -r "\${HOME:-}/${name}" ]; then printf '[include]\\n\\tpath = ~/%s\\n' ${quote(name)} >> ${global}; fi`,
    ),
    `printf '%s' ${quote(config.global)} >> ${global}`,
  ];
}

function sourcesBy(settings: GitSettings, context: ScriptContext): string[] {
  const project = quote(context.directories.projectDir);
  switch (settings.strategy) {
    case 'none':
      return [say.notice('Skipping Git repository setup'), `mkdir -p ${project}`, ...withoutSources(settings, context)];
    case 'empty':
      return [
        say.notice('Skipping Git repository setup and creating an empty build directory'),
        ...removeProject(project),
        `mkdir -p ${project}`,
        ...withoutSources(settings, context),
      ];
    default:
      return [
        ...requireGit(),
        ...userCommands(context.operatorScripts.preGetSources),
        ...hook('pre_get_sources_script', context),
        ...(settings.strategy === 'clone' ? removeProject(project) : []),
        ...fetchAndCheckOut(settings, context),
        ...updateSubmodules(settings, context),
        ...hook('post_get_sources_script', context),
        ...userCommands(context.operatorScripts.postGetSources),
      ];
  }
}

/** What an image brought along may have submodules too. */
function withoutSources(settings: GitSettings, context: ScriptContext): string[] {
  const project = quote(context.directories.projectDir);
  const update = updateSubmodules(settings, context);
  return [
    say.notice('Skipping Git checkout'),
    ...(settings.submodules.strategy === 'none'
      ? update
      : [
          `if [ -e ${project}/.git ]; then`,
          `cd ${project}`,
          ...update,
          'else',
          say.warning('GIT_SUBMODULE_STRATEGY is set, and there is no repository here to have submodules'),
          'fi',
        ]),
  ];
}

function requireGit(): string[] {
  const cure = 'git is not installed in the worker. Install git in the image of the worker, or set GIT_STRATEGY to none or empty.';
  return ['if ! command -v git > /dev/null 2>&1; then', `  ${say.error(cure)}`, '  exit 1', 'fi'];
}

function hook(name: 'pre_get_sources_script' | 'post_get_sources_script', context: ScriptContext): string[] {
  return userCommands(context.payload.hooks.filter((each) => each.name === name).flatMap(({ script }) => script));
}

/** Directories without write permission are no obstacle to their owner. */
function removeProject(project: string): string[] {
  return [`if [ -d ${project} ]; then chmod -R u+rwX ${project} 2> /dev/null || true; fi`, `rm -rf ${project}`];
}
