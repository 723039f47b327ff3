import type { Problem, Secret } from '@fargate-gitlab-runner/kernel';
import type { Config } from './config.ts';
import { hasConfiguration, openEnvironment } from './doors/environment-door.ts';
import { openFile } from './doors/file-door.ts';
import { type Environment, processEnvironment } from './environment.ts';
import { type InterpretOptions, interpret, told } from './interpret.ts';
import type { ConfigDocument } from './schema/document-schema.ts';
import type { Opened, Source } from './source.ts';
import { isRecord } from './value-at.ts';

/** Where a configuration comes from. */
export interface LoadOptions {
  /** A YAML, JSON or TOML file. Without it, the environment is read in the words of the predecessor's image. */
  readonly file?: string;
  /** Default: the environment of this process. */
  readonly env?: Environment;
  /** Tokens by runner name, which win over any other; `not needed` where nobody will talk to GitLab. Default: looked for. */
  readonly tokens?: ReadonlyMap<string, Secret> | 'not needed';
  /** Keys that take the place of the document's own, whole sections at a time. */
  readonly overrides?: Partial<ConfigDocument>;
}

/** What loading came to. `name` is the file, or `the environment`. Problems and warnings stand in the order of the document. */
export type LoadResult =
  | { readonly kind: 'config'; readonly name: string; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly kind: 'invalid'; readonly name: string; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** Reads and judges a configuration. All problems are found in one go; no message holds a secret. */
export function load(options: LoadOptions = {}): LoadResult {
  const env = options.env ?? processEnvironment();
  const opened = open(options.file, env);
  if (opened.kind === 'closed') {
    const { errors, warnings } = told(opened.findings, undefined, []);
    return { kind: 'invalid', name: opened.name, problems: errors, warnings };
  }
  const source = withOverrides(opened.source, options.overrides ?? {});
  const rest: InterpretOptions = { env, ...(options.tokens !== undefined && { tokens: options.tokens }) };
  return { name: source.name, ...interpret(source, rest) };
}

function open(file: string | undefined, env: Environment): Opened {
  if (file !== undefined) return openFile(file);
  if (hasConfiguration(env)) return { kind: 'opened', source: openEnvironment(env) };
  return { kind: 'closed', name: 'the environment', findings: [{ code: 'FR_CONFIG_NOTHING', path: [] }] };
}

function withOverrides(source: Source, overrides: Partial<ConfigDocument>): Source {
  if (Object.keys(overrides).length === 0 || !isRecord(source.value)) return source;
  return { ...source, value: { ...source.value, ...overrides } };
}
