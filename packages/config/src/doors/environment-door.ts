import type { Environment } from '../environment.ts';
import { type Finding, type Path, type Place, pathText } from '../finding.ts';
import type { Source } from '../source.ts';
import { isRecord } from '../value-at.ts';
import { openJson } from './json-door.ts';

/** The variables of the predecessor's manager image, and the keys of the document that they stand for, in the order of the report. */
const VARIABLES = {
  gitlab_url: 'GITLAB_URL',
  gitlab_runner_concurrency: 'RUNNER_CONCURRENCY',
  gitlab_runner_name_prefix: 'RUNNER_NAME_PREFIX',
  managers_configs: 'MANAGERS_CONFIGS',
  gitlab_token: 'GITLAB_REGISTRATION_TOKEN',
  ca_file: 'CA_CERTIFICATES_PATH',
} as const;

const SSH_USER = 'WORKER_SSH_USER';
/** The predecessor's image runs one job at a time unless told otherwise. */
const CONCURRENCY = '1';

/** Opens the environment as the predecessor's manager image reads it. Empty variables count as not set. */
export function openEnvironment(env: Environment): Source {
  const runners = runnersIn(env);
  const value = {
    gitlab_url: env[VARIABLES.gitlab_url],
    gitlab_runner_concurrency: env[VARIABLES.gitlab_runner_concurrency] || CONCURRENCY,
    gitlab_runner_name_prefix: env[VARIABLES.gitlab_runner_name_prefix],
    managers_configs: withSshUser(runners.value, env[SSH_USER] || undefined),
    gitlab_token: env[VARIABLES.gitlab_token],
    ca_file: env[VARIABLES.ca_file],
  };
  return { name: 'the environment', folder: '.', value, findings: runners.findings, locate };
}

/** Whether the environment means to be a configuration. */
export function hasConfiguration(env: Environment): boolean {
  return Boolean(env[VARIABLES.gitlab_url] || env[VARIABLES.managers_configs]);
}

function runnersIn(env: Environment): { readonly value: unknown; readonly findings: readonly Finding[] } {
  const content = env[VARIABLES.managers_configs];
  if (!content) return { value: undefined, findings: [] };
  const opened = openJson({ content, name: VARIABLES.managers_configs, folder: '.' });
  const { findings, value } = opened.kind === 'closed' ? { findings: opened.findings, value: undefined } : opened.source;
  return { value, findings: findings.map(inEnvironment) };
}

/** A fault of the JSON text stands among the other variables where the variable does. */
function inEnvironment(finding: Finding): Finding {
  const path = ['managers_configs'];
  return { ...finding, path, place: { label: finding.place?.label ?? '', order: locate(path).order } };
}

function withSshUser(runners: unknown, sshUser: string | undefined): unknown {
  if (sshUser === undefined) return runners;
  const add = (entry: unknown) => (isRecord(entry) && !entry.worker_ssh_user ? { ...entry, worker_ssh_user: sshUser } : entry);
  if (Array.isArray(runners)) return runners.map(add);
  return isRecord(runners) ? Object.fromEntries(Object.entries(runners).map(([name, entry]) => [name, add(entry)])) : runners;
}

function locate(path: Path): Place {
  const keys = Object.keys(VARIABLES);
  const [key, ...rest] = path;
  const variable = Object.entries(VARIABLES).find(([name]) => name === key)?.[1];
  return { label: variable === undefined ? pathText(path) : pathText([variable, ...rest]), order: keys.indexOf(String(key)) };
}
