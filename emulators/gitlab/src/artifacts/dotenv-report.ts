import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { JobVariable } from '../coordinator/job-variable.ts';

const MAX_BYTES = 5 * 1024;
const MAX_VARIABLES = 20;

/** A dotenv report: variables for later jobs, or what is wrong with it. */
export type DotenvReport =
  | { readonly kind: 'variables'; readonly variables: readonly JobVariable[] }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads a gzipped file of `KEY=value` lines with GitLab's limits: 5 KiB, 20 variables. */
export async function readDotenvReport(path: string): Promise<DotenvReport> {
  const text = await unpacked(path).catch(() => undefined);
  if (text === undefined) return { kind: 'wrong', message: 'Invalid Format' };
  if (Buffer.byteLength(text) > MAX_BYTES)
    return { kind: 'wrong', message: `Dotenv Artifact Too Big. Maximum Allowable Size: ${MAX_BYTES}` };
  const variables: JobVariable[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, key, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    if (key === undefined) return { kind: 'wrong', message: 'Invalid Format' };
    variables.push({ key, value: value.replace(/^(["'])(.*)\1$/, '$2') });
  }
  if (variables.length <= MAX_VARIABLES) return { kind: 'variables', variables };
  return { kind: 'wrong', message: `Dotenv files cannot have more than ${MAX_VARIABLES} variables` };
}

/** At most a little more than the limit is read, however much the file would become. */
async function unpacked(path: string): Promise<string> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on('error', (cause) => gunzip.destroy(cause));
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of file.pipe(gunzip)) {
    pieces.push(piece);
    size += piece.length;
    if (size > MAX_BYTES) break;
  }
  return Buffer.concat(pieces).toString();
}
