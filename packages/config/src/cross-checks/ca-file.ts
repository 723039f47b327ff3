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

/** Certificate and key go together, and can be read. */
export const checkClientCertificate: CrossCheck = ({ draft, folder, isFaulty }) => {
  const keys = ['client_cert_file', 'client_key_file'] as const;
  const given = keys.filter((key) => draft[key] !== undefined);
  if (given.length === 1 && !keys.some((key) => isFaulty([key]))) return [{ code: 'FR_CONFIG_CLIENT_CERT_PAIR', path: [given[0] ?? ''] }];
  return given
    .filter((key) => textOf(resolve(folder, draft[key] ?? '')) === undefined)
    .map((key) => ({ code: 'FR_CONFIG_CLIENT_CERT_FILE', path: [key] }));
};

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
