/** A terminal that a view draws on. One place, so that tests draw on one of their own. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  /** Calls back whenever the size has changed, until the returned function is called. */
  onResize(listener: () => void): () => void;
  /** Keys come one by one and unechoed from now on, Ctrl-C among them, until the returned function is called. */
  onInput(listener: (text: string) => void): () => void;
}

/** The terminal of this process. Without one on standard input there are no keys. */
export function processTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Terminal {
  return {
    get columns() {
      return stdout.columns;
    },
    get rows() {
      return stdout.rows;
    },
    write: (text) => void stdout.write(text),
    onResize: (listener) => {
      stdout.on('resize', listener);
      return () => void stdout.off('resize', listener);
    },
    onInput: (listener) => {
      if (!stdin.isTTY) return () => undefined;
      const onData = (bytes: Buffer) => listener(bytes.toString('utf8'));
      stdin.setRawMode(true);
      stdin.on('data', onData).resume();
      return () => {
        stdin.off('data', onData).pause();
        stdin.setRawMode(false);
      };
    },
  };
}
