/** What a stage asks its manager to carry. `entry` counts the payload's entries from 0, `name` is that of the file, without its ending. */
export interface RelayAsk {
  /** Of this question alone; the name of the answer. */
  readonly id: string;
  readonly direction: 'upload' | 'download';
  readonly entry: number;
  readonly name: string;
  /** Whether a manager has begun with it before, and nobody knows how far it came. */
  readonly isAgain: boolean;
}

const ID = /^[0-9-]{1,50}$/;
const LONGEST_NAME = 1000;

/** Reads what the look for a question printed; undefined when there is none that makes sense. The worker wrote it, so nothing is believed. */
export function parseAsk(text: string): RelayAsk | undefined {
  const [seen, id = '', direction, entry = '', name = ''] = text.split('\n');
  if (!ID.test(id) || (direction !== 'upload' && direction !== 'download') || !/^\d{1,4}$/.test(entry)) return undefined;
  return { id, direction, entry: Number(entry), name: name.slice(0, LONGEST_NAME) || 'default', isAgain: seen === 'again' };
}
