import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Finding } from '../finding.ts';
import type { Opened } from '../source.ts';
import type { DocumentText } from './document-text.ts';
import { YamlPositions } from './yaml-positions.ts';

/**
 * Opens YAML 1.2, merge keys (`<<`) included. A duplicate key does not keep the rest from being judged; any other fault of the text does.
 * What the parser says about a fault may quote the text, which may hold a token: only the kind of the fault is passed on.
 */
export function openYaml(text: DocumentText): Opened {
  const lines = new LineCounter();
  const document = parseDocument(text.content, { lineCounter: lines, prettyErrors: false, merge: true });
  const positions = new YamlPositions(document, lines, text.name);
  const faults = [...document.errors, ...document.warnings].map((error) => findingOf(error, positions));
  if (faults.some((finding) => finding.code === 'FR_CONFIG_SYNTAX')) return { kind: 'closed', name: text.name, findings: faults };
  const data = dataOf(document);
  if (data.kind === 'broken') {
    const finding: Finding = { code: 'FR_CONFIG_SYNTAX', path: [], place: positions.placeAt(0), what: data.what };
    return { kind: 'closed', name: text.name, findings: [finding] };
  }
  return {
    kind: 'opened',
    source: { name: text.name, folder: text.folder, value: data.value, findings: faults, locate: (path) => positions.locate(path) },
  };
}

function dataOf(
  document: Document,
): { readonly kind: 'data'; readonly value: unknown } | { readonly kind: 'broken'; readonly what: string } {
  try {
    return { kind: 'data', value: document.toJS() };
  } catch {
    return { kind: 'broken', what: 'an alias (*name) has no anchor (&name), or aliases are nested too deeply' };
  }
}

function findingOf(error: YAMLError, positions: YamlPositions): Finding {
  const place = positions.placeAt(error.pos[0]);
  if (error.code === 'DUPLICATE_KEY') return { code: 'FR_CONFIG_DUPLICATE_KEY', path: [], place, given: false };
  return { code: 'FR_CONFIG_SYNTAX', path: [], place, given: false, what: `this is not valid YAML (${wordsOf(error.code)})` };
}

function wordsOf(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}
