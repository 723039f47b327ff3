/** What came of one question: whether the stage goes on, and what it prints. `bytes`: how many went through the manager. */
export interface RelayOutcome {
  readonly isDone: boolean;
  readonly lines: readonly string[];
  readonly bytes: number;
}

const RED = '\u001b[31;1m';
const RESET = '\u001b[0;m';

/** The stage goes on. */
export function carried(line: string, bytes: number): RelayOutcome {
  return { isDone: true, lines: [line], bytes };
}

/** The stage fails with this error; `advice` follows it, plain. */
export function notCarried(error: string, ...advice: readonly string[]): RelayOutcome {
  return { isDone: false, lines: [`${RED}ERROR: ${error.replaceAll(/\p{Cc}+/gu, ' ')}${RESET}`, ...advice], bytes: 0 };
}

/** The outcome as the stage reads it: `0` or its exit status, then what it prints. */
export function answerBytes({ isDone, lines }: RelayOutcome): Buffer {
  return Buffer.from([isDone ? '0' : '1', ...lines, ''].join('\n'));
}
