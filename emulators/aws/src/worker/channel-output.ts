import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';

/**
 * Sends what a command writes into its channel, and ends the channel when the command has closed its output and all of it has gone out.
 * The two streams take turns, one write at a time: they share the client's window, and where writes of both wait for room in it, ssh2's
 * server goes on with one and forgets the other. It also keeps the last piece that waited and would send it again for the next one.
 */
export function sendOutput(command: ChildProcessWithoutNullStreams, channel: ServerChannel): void {
  let turn = Promise.resolve();
  const send = (from: Readable, to: Writable) => {
    from.on('data', (bytes: Buffer) => {
      from.pause();
      turn = turn
        .then(() => written(to, bytes))
        .then(() => {
          forgetWhatWaited(channel);
          from.resume();
        });
    });
  };
  send(command.stdout, channel);
  send(command.stderr, channel.stderr);
  command.on('close', () => {
    turn.then(() => channel.end());
  });
}

/** Resolves when the client has made room for all of it. */
function written(to: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    to.write(bytes, () => resolve());
  });
}

/** The library has no other way to say it. */
function forgetWhatWaited(channel: ServerChannel): void {
  for (const name of ['_chunk', '_chunkcb', '_chunkErr', '_chunkcbErr']) Reflect.set(channel, name, undefined);
}
