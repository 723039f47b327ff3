/** Escape sequences that only change how text looks. */
const SGR = {
  bold: '1',
  dim: '2',
  inverse: '7',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
} as const;

/** A look of text. */
export type Paint = keyof typeof SGR;

/** The text in these looks, and everything reset after it. */
export function painted(text: string, ...paints: readonly Paint[]): string {
  return paints.length === 0 || text === '' ? text : `\u001b[${paints.map((paint) => SGR[paint]).join(';')}m${text}\u001b[0m`;
}
