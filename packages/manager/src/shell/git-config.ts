import { PROGRAM_NAME } from '@fargate-gitlab-runner/blueprint';
import { gitSettings } from './git-settings.ts';
import { jobFiles } from './job-files.ts';
import { valueIn } from './resolved-variable.ts';
import type { ScriptContext } from './script-context.ts';
import { type TlsFiles, tlsFiles } from './tls-files.ts';

/** The git configuration files of a job, by content. None holds the job token: git asks a helper, which reads the environment. */
export interface GitConfig {
  /** Outside the checkout, removed with the job: credentials helper for the GitLab host, its CA and our client certificate. */
  readonly external: string;
  /** Becomes `.git/config` of a new checkout; includes the external one, for git < 2.32, which knows no `GIT_CONFIG_GLOBAL`. */
  readonly template: string;
  /** Begins what `GIT_CONFIG_GLOBAL` names; the user's own files go before it at run time. */
  readonly global: string;
}

/**
 * Builds the configuration. The helper answers for the hosts of the repository and of `CI_SERVER_URL`, and for no other user name than
 * `gitlab-ci-token`. The list of helpers is emptied first, so that nobody else's helper stores the job token.
 */
export function gitConfig(context: ScriptContext): GitConfig {
  const { projectDir, tmpDir } = context.directories;
  const include = `[include]\n\tpath = ${configValue(jobFiles(tmpDir).gitExternal)}\n`;
  const server = valueIn(context.variables, 'CI_SERVER_URL') ?? '';
  const hosts = new Set([context.payload.git_info.repo_url, context.cloneUrl ?? '', server].flatMap(httpOrigin));
  const external = [...hosts].map((host) => hostConfig(host, tlsFiles(context))).join('');
  return {
    external: `[transfer]\n\tbundleURI = true\n${external}${insteadOfSsh(context, context.cloneUrl ?? server)}`,
    template: `[init]\n\tdefaultBranch = none\n[fetch]\n\trecurseSubmodules = false\n[credential]\n\tinteractive = never\n[gc]\n\tautoDetach = false\n${include}`,
    global: `${include}[safe]\n\tdirectory = ${configValue(projectDir)}\n`,
  };
}

/**
 * The repository's URL as it may be written down, without user name and token: the one GitLab names, or the project's below the
 * operator's `clone_url`, which may be an SSH one.
 */
export function remoteUrl({ payload, variables, cloneUrl }: Pick<ScriptContext, 'payload' | 'variables' | 'cloneUrl'>): string {
  const path = valueIn(variables, 'CI_PROJECT_PATH') ?? payload.job_info.project_full_path;
  if (cloneUrl !== undefined && path !== undefined) return `${cloneUrl.replace(/\/+$/, '')}/${path}.git`;
  return payload.git_info.repo_url.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/?#]*@/, '$1');
}

/** With GIT_SUBMODULE_FORCE_HTTPS: the SSH addresses of the GitLab host, as people write them into `.gitmodules`, mean its HTTP(S) one. */
function insteadOfSsh({ payload, variables }: ScriptContext, base: string): string {
  const [origin] = httpOrigin(base);
  if (origin === undefined || !gitSettings(payload, variables).submodules.forcesHttps) return '';
  const host = valueIn(variables, 'CI_SERVER_SHELL_SSH_HOST') || valueIn(variables, 'CI_SERVER_HOST') || new URL(origin).hostname;
  const port = valueIn(variables, 'CI_SERVER_SHELL_SSH_PORT') ?? '';
  const isUsual = port === '' || port === '22';
  const said = isUsual ? [`git@${host}:`, `ssh://git@${host}/`] : [`ssh://git@${host}:${port}/`];
  return `[url ${configValue(`${base.replace(/\/+$/, '')}/`)}]\n${said.map((ssh) => `\tinsteadOf = ${configValue(ssh)}\n`).join('')}`;
}

/** How we introduce ourselves to a git server. */
export function userAgent(version: string): string {
  return `${PROGRAM_NAME} ${version}`;
}

const HELPER = [
  '!f() { test "$1" = get || return 0;',
  'while IFS= read -r line; do case "$line" in username=gitlab-ci-token) ;; username=*) return 0 ;; esac; done;',
  'printf \'username=gitlab-ci-token\\npassword=%s\\n\' "$CI_JOB_TOKEN"; }; f',
].join(' ');

function httpOrigin(url: string): string[] {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed?.protocol === 'http:' || parsed?.protocol === 'https:' ? [parsed.origin] : [];
}

function hostConfig(host: string, { ca, client }: TlsFiles): string {
  const credential = `[credential "${host}"]\n\thelper = \n\thelper = ${configValue(HELPER)}\n`;
  const tls = [
    ...(ca === undefined ? [] : [['sslCAInfo', ca] as const]),
    ...(client === undefined ? [] : [['sslCert', client.cert] as const, ['sslKey', client.key] as const]),
  ];
  const settings = tls.map(([key, path]) => `\t${key} = ${configValue(path)}\n`).join('');
  return settings === '' ? credential : `${credential}[http "${host}"]\n${settings}`;
}

/** A value in git's own quoting. */
function configValue(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
