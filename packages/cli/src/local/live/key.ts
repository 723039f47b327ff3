/** What a person may press in the live view. */
export type Key =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page up'
  | 'page down'
  | 'end'
  | 'play'
  | 'follow'
  | 'leave'
  | 'cancel'
  | 'suspend'
  | 'redraw';

const KEYS: Readonly<Record<string, Key>> = {
  '\u001b[A': 'up',
  '\u001bOA': 'up',
  k: 'up',
  '\u001b[B': 'down',
  '\u001bOB': 'down',
  j: 'down',
  '\t': 'down',
  '\u001b[D': 'left',
  '\u001bOD': 'left',
  h: 'left',
  '\u001b[C': 'right',
  '\u001bOC': 'right',
  l: 'right',
  '\u001b[5~': 'page up',
  '\u001b[6~': 'page down',
  '\u001b[F': 'end',
  '\u001b[4~': 'end',
  G: 'end',
  p: 'play',
  f: 'follow',
  q: 'leave',
  '\u0003': 'cancel',
  '\u001a': 'suspend',
  '\u000c': 'redraw',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are escape sequences
const SEQUENCE = /\u001b\[[0-9;]*[A-Za-z~]|\u001bO[A-Z]|[\s\S]/gu;

/** The keys in what a terminal sent; what is none is left out. Several may come in one piece. */
export function keysIn(input: string): Key[] {
  return [...input.matchAll(SEQUENCE)].flatMap(([sequence]) => KEYS[sequence] ?? []);
}
