/** A source file: its path from the root of the repository, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Quoted, or the key of a table. A code that only a comment names is not in use; a template type names no code. */
const CODE = /(?<=['"`])FR_[A-Z0-9]+(?:_[A-Z0-9]+)*(?=['"`])|(?<=^\s*)FR_[A-Z0-9]+(?:_[A-Z0-9]+)*(?=:)/gm;
const COMMENT = /^\s*(?:\/\*\*?|\*|\/\/).*$/gm;

/** Every error code that the sources use, with the rooms that use it, both in alphabetical order. */
export function codesInSources(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const rooms = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    for (const [code] of text.replaceAll(COMMENT, '').matchAll(CODE)) {
      const known = rooms.get(code) ?? new Set();
      rooms.set(code, known.add(roomOf(path)));
    }
  }
  return new Map([...rooms].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([code, of]) => [code, [...of].sort()]));
}

/** `packages/config/src/load.ts` -> `config`; `packages/manager/src/fleet/fleet.ts` -> `manager/fleet`; `emulators/gitlab/...` -> `emulators/gitlab`. */
function roomOf(path: string): string {
  const [top = '', name = '', , room = ''] = path.split('/');
  if (top !== 'packages') return `${top}/${name}`;
  return name === 'manager' && !room.includes('.') ? `manager/${room}` : name;
}
