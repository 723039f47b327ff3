import type { Fields } from '../json-fields.ts';

/** A task as the emulator's control routes show it: with what ECS would not tell. */
export interface EmulatedTask {
  readonly taskArn: string;
  readonly lastStatus: string;
  /** Loopback address of the worker, once the network interface is attached. */
  readonly address?: string;
  /** The worker's HOME on this machine, while its processes run. */
  readonly home?: string;
  readonly startedBy?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Of the containers that have ended, by name. */
  readonly exitCodes: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Reads an EmulatedTask. */
export function emulatedTaskOf(fields: Fields): EmulatedTask {
  const texts = Object.fromEntries(
    ['address', 'home', 'startedBy', 'stopCode', 'stoppedReason'].flatMap((name) => {
      const value = fields.optionalString(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const tags = fields.object('tags');
  const exitCodes = fields.object('exitCodes');
  return {
    taskArn: fields.string('taskArn'),
    lastStatus: fields.string('lastStatus'),
    ...texts,
    exitCodes: Object.fromEntries(Object.keys(exitCodes.raw).map((name) => [name, exitCodes.number(name)])),
    tags: Object.fromEntries(Object.keys(tags.raw).map((key) => [key, tags.string(key)])),
  };
}
