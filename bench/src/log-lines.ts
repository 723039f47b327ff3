/** Bytes of `block` that `makeBlock` writes. */
const LINES_PER_BLOCK = 10_000;

/** What is printed: so many times a file of ordinary log lines. */
export interface LogLines {
  readonly repeats: number;
  /** Names of environment variables whose values stand in every 50th line. */
  readonly secrets: readonly string[];
}

/**
 * A script that prints about `repeats` megabytes of log lines of some 100 bytes, no two in a row alike. The lines are made once, so that
 * printing costs the script next to nothing.
 */
export function logLinesScript({ repeats, secrets }: LogLines): string {
  const tail = secrets.map((name) => ` " " ENVIRON["${name}"]`).join('');
  return `awk 'BEGIN {
  for (n = 1; n <= ${LINES_PER_BLOCK}; n++) {
    line = "INFO  app.module" n % 17 ": request " n " took " n % 997 " ms, status 200, " (n * 7919) % 65536 " bytes sent to the client"
    if (n % 50 == 0) line = line${tail === '' ? '' : tail}
    print line
  }
}' </dev/null >block
repeat=0
while [ "$repeat" -lt ${repeats} ]; do cat block; repeat=$((repeat + 1)); done
rm block`;
}
