import type { Finding, Path } from '../finding.ts';
import { isRecord } from '../value-at.ts';

const PLACEHOLDER = /<[^<>]*>|\b(?:REPLACE|CHANGE|FILL|INSERT)[_-]?(?:ME|THIS|IN)\b|:0{12}[:.]|\b(?:subnet|sg)-(?:0{8}|0{17})$/i;

/** Values that somebody meant to fill in. Looked for in the document as it was written, secrets and infrastructure keys left out. */
export function findPlaceholders(document: unknown, path: Path = []): Finding[] {
  if (typeof document === 'string') return PLACEHOLDER.test(document) ? [{ code: 'FR_CONFIG_PLACEHOLDER', path }] : [];
  if (!isRecord(document)) return [];
  return Object.entries(document)
    .filter(([key]) => !key.startsWith('gitlab_token') || key === 'gitlab_token_secret_arn')
    .flatMap(([key, member]) => findPlaceholders(member, [...path, Array.isArray(document) ? Number(key) : key]));
}
