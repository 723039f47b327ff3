import { LineCounter, parseDocument } from 'yaml';
import type { Finding } from '../finding.ts';
import type { Opened } from '../source.ts';
import type { DocumentText } from './document-text.ts';
import { YamlPositions } from './yaml-positions.ts';

/**
 * Opens JSON. JSON.parse decides and gives the data; the YAML parser, which reads JSON too, only says where things stand and whether
 * a key comes twice, about which JSON.parse is silent. JSON.parse quotes the text in its messages, so they are not passed on.
 */
export function openJson(text: DocumentText): Opened {
  const lines = new LineCounter();
  const document = parseDocument(text.content, { lineCounter: lines, prettyErrors: false });
  const positions = new YamlPositions(document, lines, text.name);
  try {
    const value: unknown = JSON.parse(text.content);
    const findings = document.errors
      .filter((error) => error.code === 'DUPLICATE_KEY')
      .map((error): Finding => ({ code: 'FR_CONFIG_DUPLICATE_KEY', path: [], place: positions.placeAt(error.pos[0]), given: false }));
    return { kind: 'opened', source: { name: text.name, folder: text.folder, value, findings, locate: (path) => positions.locate(path) } };
  } catch (error) {
    const offset = offsetIn(String(error)) ?? document.errors[0]?.pos[0] ?? 0;
    const finding: Finding = {
      code: 'FR_CONFIG_SYNTAX',
      path: [],
      place: positions.placeAt(offset),
      given: false,
      what: 'this is not valid JSON',
    };
    return { kind: 'closed', name: text.name, findings: [finding] };
  }
}

/** V8 names the offset in some of its messages. */
function offsetIn(message: string): number | undefined {
  const digits = /at position (\d+)/.exec(message)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
