import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The full path of a program on a PATH, or undefined when it is not there. */
export function programOn(path: string, program: string): string | undefined {
  return path
    .split(':')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
