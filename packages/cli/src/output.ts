/** Where a command prints. One place, so that tests can read along and nothing prints by itself. */
export interface Output {
  /** Whether colours and other escape sequences are welcome. */
  readonly hasColours: boolean;
  /** A line of the command's own answer. */
  line(text: string): void;
  /** Bytes as they are: a job's log. */
  raw(bytes: Uint8Array): void;
  /** A line for people about what goes on or wrong. */
  note(text: string): void;
}

/** Prints answers on standard output and notes on standard error. */
export function processOutput(
  streams: { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WritableStream },
  hasColours: boolean,
): Output {
  return {
    hasColours,
    line: (text) => void streams.stdout.write(`${text}\n`),
    raw: (bytes) => void streams.stdout.write(bytes),
    note: (text) => void streams.stderr.write(`${text}\n`),
  };
}
