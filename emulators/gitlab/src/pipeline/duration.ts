const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, mo: 2_592_000, y: 31_557_600 } as const;

const UNITS: readonly (readonly [unit: keyof typeof UNIT_SECONDS, words: RegExp])[] = [
  ['s', /^(s|secs?|seconds?)$/],
  ['mo', /^(mo|mos|months?)$/],
  ['m', /^(m|mins?|minutes?)$/],
  ['h', /^(h|hrs?|hours?)$/],
  ['d', /^(d|dys?|days?)$/],
  ['w', /^(w|wks?|weeks?)$/],
  ['y', /^(y|yrs?|years?)$/],
];

/** Sticky: what is read goes on where the last piece ended, so that the time is in proportion to the text. */
const PIECE = /(\d+(?:\.\d+)?)\s*([a-z]+)\s*/y;

/** Seconds of a duration as GitLab takes it: `3600`, `1h 30m`, `90 minutes`, `1 hour and 30 minutes`. Undefined when it is none. */
export function durationSeconds(text: string): number | undefined {
  const words = text
    .toLowerCase()
    .replace(/\band\b|,/g, ' ')
    .trim();
  if (/^\d+(\.\d+)?$/.test(words)) return Math.floor(Number(words));
  let seconds = 0;
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < words.length) {
    const [, amount, word = ''] = PIECE.exec(words) ?? [];
    const unit = UNITS.find(([, spelling]) => spelling.test(word))?.[0];
    if (amount === undefined || !unit) return undefined;
    seconds += Number(amount) * UNIT_SECONDS[unit];
  }
  return words === '' ? undefined : Math.floor(seconds);
}
