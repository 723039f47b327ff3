import { parse, TomlError } from 'smol-toml';
import type { Finding } from '../finding.ts';
import type { Opened } from '../source.ts';
import type { DocumentText } from './document-text.ts';
import { TomlPositions } from './toml-positions.ts';

/** Opens TOML 1.0. The parser's messages quote the text, which may hold a token, so only the position is passed on. */
export function openToml(text: DocumentText): Opened {
  const positions = new TomlPositions(text.content, text.name);
  try {
    const value: unknown = parse(text.content);
    return {
      kind: 'opened',
      source: { name: text.name, folder: text.folder, value, findings: [], locate: (path) => positions.locate(path) },
    };
  } catch (error) {
    const place = error instanceof TomlError ? positions.placeAt(error.line, error.column) : positions.placeAt(1, 1);
    const finding: Finding = { code: 'FR_CONFIG_SYNTAX', path: [], place, given: false, what: 'this is not valid TOML' };
    return { kind: 'closed', name: text.name, findings: [finding] };
  }
}
