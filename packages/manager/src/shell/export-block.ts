import { isExportable, SHELL_OWNED } from './exportable.ts';
import { jobFiles } from './job-files.ts';
import { quote } from './quoting.ts';
import type { ResolvedVariable } from './resolved-variable.ts';
import { say } from './say.ts';
import type { ScriptContext } from './script-context.ts';
import { traceCommands } from './trace-commands.ts';

/**
 * The lines with which a stage gets its environment: file variables are written (mode 0600, exact bytes), every variable is exported,
 * then what earlier stages left in `GITLAB_ENV`, then the git configuration of the job. Of several definitions only the last is
 * exported.
 *
 * Command tracing spares the masked variables, the files and `GITLAB_ENV`: nothing of them is to be in the log, masked or not.
 */
export function exportBlock(context: ScriptContext): string[] {
  const { tmpDir } = context.directories;
  const variables = lastDefinitions(context.variables);
  const { environment, gitGlobal } = jobFiles(tmpDir);
  const trace = traceCommands(context.variables);
  return [
    ...writeFiles(variables, tmpDir),
    ...variables.filter(({ isMasked }) => isMasked).map((variable) => exported(variable, tmpDir)),
    ...trace,
    ...variables.filter(({ isMasked }) => !isMasked).map((variable) => exported(variable, tmpDir)),
    ...(trace.length > 0 ? ['{ set +o xtrace; } 2>/dev/null'] : []),
    `export GITLAB_ENV=${quote(environment)}`,
    ...readEnvironment(environment),
    `export GIT_CONFIG_GLOBAL=${quote(gitGlobal)}`,
    ...trace,
  ];
}

function lastDefinitions(variables: readonly ResolvedVariable[]): ResolvedVariable[] {
  return [...new Map(variables.map((variable) => [variable.key, variable])).values()].filter(({ key }) => isExportable(key));
}

function exported({ key, value, isFile }: ResolvedVariable, tmpDir: string): string {
  return `export ${key}=${quote(isFile ? `${tmpDir}/${key}` : value, key)}`;
}

/** The directory is open to all users, for git reads its configuration there whoever the author became. Removed first: what an earlier stage put in its place (a link, a directory) must not be written through. */
function writeFiles(variables: readonly ResolvedVariable[], tmpDir: string): string[] {
  const { environment } = jobFiles(tmpDir);
  const files = variables.filter(({ isFile }) => isFile);
  return [
    `mkdir -p ${quote(tmpDir)}`,
    '(umask 077',
    ...files.flatMap(({ key, value }) => {
      const path = quote(`${tmpDir}/${key}`);
      return [`rm -rf ${path}`, `printf '%s' ${quote(value, key)} > ${path}`];
    }),
    `: >> ${quote(environment)})`,
  ];
}

/** A last line without a newline counts here, unlike with GitLab's runner, which loses it. */
function readEnvironment(environment: string): string[] {
  const complain = say.warning('a line of GITLAB_ENV is left out: it is not KEY=VALUE, or the shell keeps that name for itself');
  return [
    'while IFS= read -r _gitlab_env_line || [ -n "$_gitlab_env_line" ]; do',
    `  case "\${_gitlab_env_line%%=*}" in`,
    "    '') ;;",
    `    "$_gitlab_env_line" | [0-9]* | *[!A-Za-z0-9_]* | ${SHELL_OWNED.join(' | ')}) ${complain} ;;`,
    '    *) export "$_gitlab_env_line" ;;',
    '  esac',
    `done < ${quote(environment)}`,
    'unset _gitlab_env_line',
  ];
}
