import { readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import type { ConfigCode } from '../problem-codes.ts';
import type { Opened } from '../source.ts';
import type { DocumentText } from './document-text.ts';
import { openJson } from './json-door.ts';
import { openToml } from './toml-door.ts';
import { openYaml } from './yaml-door.ts';

const DOORS: Readonly<Record<string, (text: DocumentText) => Opened>> = {
  '.yaml': openYaml,
  '.yml': openYaml,
  '.json': openJson,
  '.toml': openToml,
};

/** Opens a configuration file; the ending of its name says which format it has. */
export function openFile(file: string): Opened {
  const door = DOORS[extname(file).toLowerCase()];
  if (!door) return closed(file, 'FR_CONFIG_FILE_KIND');
  try {
    const content = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    return door({ content, name: file, folder: dirname(resolve(file)) });
  } catch (error) {
    return closed(file, 'FR_CONFIG_FILE_UNREADABLE', reasonOf(error));
  }
}

function closed(file: string, code: ConfigCode, reason?: string): Opened {
  const what = reason === undefined ? {} : { what: `the file can't be read (${reason})` };
  return { kind: 'closed', name: file, findings: [{ code, path: [], place: { label: file, order: 0 }, given: false, ...what }] };
}

/** The code of a system error, such as ENOENT. */
function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
