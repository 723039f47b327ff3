/**
 * Process 1 of a worker, as `linuxParameters.initProcessEnabled` gives it: waits `$1` seconds, runs the rest of its arguments with its
 * own stdin, hands SIGTERM on, reaps orphans (which dash and busybox do while they wait), exits as the program did.
 */
export const INIT_SCRIPT = `#!/bin/sh
delay=$1; shift
pid=
trap '[ -n "$pid" ] || exit 143; kill -TERM "$pid" 2>/dev/null' TERM INT
exec 3<&0
if [ "$delay" != 0 ]; then sleep "$delay" & wait $!; fi
"$@" <&3 3<&- &
pid=$!
exec 3<&- </dev/null
wait "$pid"; code=$?
while kill -0 "$pid" 2>/dev/null; do wait "$pid"; code=$?; done
exit "$code"
`;

/** The init as a command line around `argv`; `file` holds INIT_SCRIPT. */
export function withInit(file: string, argv: readonly string[], delayMs: number): string[] {
  return ['/bin/sh', file, String(delayMs / 1000), ...argv];
}
