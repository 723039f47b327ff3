import type { StageRef } from './shim.ts';

/** Longest name of a file, less the attempt and what the shim puts around it. */
const LONGEST = 200;

/**
 * The two words that name a run on the shim's command line and in its file names. GitLab lets steps have any name, so what is not a
 * letter, digit, `_`, `.` or `-` is written as `%` and two hexadecimal digits. Throws for names that are empty or too long for a file.
 */
export function runName({ stage, attempt }: StageRef): readonly [string, number] {
  const name = encodeURIComponent(stage).replaceAll(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  if (name === '' || name.length > LONGEST) throw new Error(`not a name for a stage: ${JSON.stringify(stage.slice(0, LONGEST))}`);
  return [name, attempt];
}

/** The stage whose run has this name; the name must pass `isRunStage`. */
export function stageOf(name: string): string {
  return decodeURIComponent(name);
}

/** Whether a worker can have this name from us. */
export function isRunStage(name: string): boolean {
  try {
    return runName({ stage: decodeURIComponent(name), attempt: 1 })[0] === name;
  } catch {
    return false;
  }
}
