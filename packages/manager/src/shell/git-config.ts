import { PROGRAM_NAME } from '@fargate-gitlab-runner/blueprint';
import { jobFiles } from './job-files.ts';
import { valueIn } from './resolved-variable.ts';
import type { ScriptContext } from './script-context.ts';

/** The git configuration files of a job, by content. None holds the job token: git asks a helper, which reads the environment. */
export interface GitConfig {
  /** Outside the checkout, removed with the job: credentials helper for the GitLab host, and its CA. */
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
  const hosts = new Set([context.payload.git_info.repo_url, valueIn(context.variables, 'CI_SERVER_URL') ?? ''].flatMap(httpOrigin));
  return {
    external: `[transfer]\n\tbundleURI = true\n${[...hosts].map((host) => hostConfig(host, caFile(context))).join('')}`,
    template: `[init]\n\tdefaultBranch = none\n[fetch]\n\trecurseSubmodules = false\n[credential]\n\tinteractive = never\n[gc]\n\tautoDetach = false\n${include}`,
    global: `${include}[safe]\n\tdirectory = ${configValue(projectDir)}\n`,
  };
}

/** The repository's URL as it may be written down: without user name and token. */
export function remoteUrl(repoUrl: string): string {
  return repoUrl.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/?#]*@/, '$1');
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

function hostConfig(host: string, ca: string | undefined): string {
  const credential = `[credential "${host}"]\n\thelper = \n\thelper = ${configValue(HELPER)}\n`;
  return ca === undefined ? credential : `${credential}[http "${host}"]\n\tsslCAInfo = ${configValue(ca)}\n`;
}

function caFile({ variables, directories }: ScriptContext): string | undefined {
  const ca = variables.findLast(({ key }) => key === 'CI_SERVER_TLS_CA_FILE');
  return ca?.isFile ? `${directories.tmpDir}/${ca.key}` : ca?.value;
}

/** A value in git's own quoting. */
function configValue(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
