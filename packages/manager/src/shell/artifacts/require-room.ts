import { quote } from '../quoting.ts';
import { say } from '../say.ts';
import { MORE_DISK } from './sentences.ts';

/** Lines that fail the stage where nothing can be written in this folder of ours: what shells say of a full disk helps nobody. */
export function requireRoom(folder: string): string[] {
  const file = quote(`${folder}/room`);
  return [
    `if ! printf '%8192s' '' 2> /dev/null > ${file}; then`,
    `  ${say.error('nothing can be written in the worker: its disk is full')}`,
    `  ${say.plain(MORE_DISK)}`,
    '  exit 1',
    'fi',
    `rm -f ${file}`,
  ];
}
