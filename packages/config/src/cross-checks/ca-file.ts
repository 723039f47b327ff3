import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CrossCheck } from './cross-check.ts';

/** The file of CA certificates is there and holds some. On the machine where a configuration is only checked it may be missing. */
export const checkCaFile: CrossCheck = ({ draft, folder }) => {
  if (draft.ca_file === undefined) return [];
  const content = textOf(resolve(folder, draft.ca_file));
  if (content === undefined) return [{ code: 'FR_CONFIG_CA_FILE', path: ['ca_file'] }];
  return /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(content) ? [] : [{ code: 'FR_CONFIG_CA_CONTENT', path: ['ca_file'] }];
};

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
