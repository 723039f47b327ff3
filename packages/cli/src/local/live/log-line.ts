// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours alone may stay
const COLOUR = /^\u001b\[[0-9;:]*m$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: whatever is left that would move the cursor
const CONTROL = /[\u0000-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[0-9;:]*m)/g;

/**
 * A line of a job's log as it may stand on a screen of ours: with its colours, without anything that would move the cursor or speak to
 * the terminal. Of a progress line, whose parts overwrite one another, the last part is kept.
 */
export function logLine(text: string): string {
  const last = text.split('\r').findLast((part) => part !== '') ?? '';
  return last
    .replaceAll('\t', '    ')
    .replaceAll(SEQUENCE, (sequence) => (COLOUR.test(sequence) ? sequence : ''))
    .replaceAll(CONTROL, '');
}
