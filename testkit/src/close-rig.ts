import { deepEqual } from 'node:assert/strict';
import { everyTaskStopped } from './every-task-stopped.ts';
import { leftovers } from './leftovers.ts';
import type { Rig } from './rig.ts';

/** Waits until every task is stopped, ends the rig, and throws when a process or file of it is left. For the end of a test file. */
export async function closeRig(rig: Rig): Promise<void> {
  try {
    await everyTaskStopped(rig);
  } finally {
    await rig[Symbol.asyncDispose]();
  }
  deepEqual(await leftovers(rig.folder), []);
}
