import type { ScriptContext } from './script-context.ts';

/** Paths in the worker of what it needs to speak TLS with GitLab as the manager does. */
export interface TlsFiles {
  readonly ca?: string;
  readonly client?: { readonly cert: string; readonly key: string };
}

/** What the job's variables say, `CI_SERVER_TLS_CA_FILE`, `_CERT_FILE` and `_KEY_FILE`. A certificate is worth nothing without its key. */
export function tlsFiles(context: Pick<ScriptContext, 'variables' | 'directories'>): TlsFiles {
  const ca = pathOf('CI_SERVER_TLS_CA_FILE', context);
  const cert = pathOf('CI_SERVER_TLS_CERT_FILE', context);
  const key = pathOf('CI_SERVER_TLS_KEY_FILE', context);
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && key !== undefined && { client: { cert, key } }) };
}

function pathOf(key: string, { variables, directories }: Pick<ScriptContext, 'variables' | 'directories'>): string | undefined {
  const variable = variables.findLast((each) => each.key === key);
  return variable?.isFile ? `${directories.tmpDir}/${key}` : variable?.value;
}
