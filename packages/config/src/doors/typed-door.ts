import { pathText } from '../finding.ts';
import type { Source } from '../source.ts';

/** Opens a document that a TypeScript program wrote; its type is the caller's business. */
export function openTyped(document: unknown): Source {
  return {
    name: 'defineConfig',
    folder: '.',
    value: document,
    findings: [],
    locate: (path) => ({ label: pathText(path) || 'the document', order: 0 }),
  };
}
