import { pathText } from '../finding.ts';
import type { ConfigDocument } from '../schema/document-schema.ts';
import type { Source } from '../source.ts';

/** Opens a document that a TypeScript program wrote. */
export function openTyped(document: ConfigDocument): Source {
  return {
    name: 'defineConfig',
    folder: '.',
    value: document,
    findings: [],
    locate: (path) => ({ label: pathText(path) || 'the document', order: 0 }),
  };
}
