/** The 32 bytes before every line of a trace: time, stream, `+` where the entry continues the one before it. Source: GitLab runner, FF_TIMESTAMPS. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z ([0-9a-f]{2})[OE]([ +])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for
const SECTION_MARKERS = /section_(?:start|end):\d+:[^\r]*\r\u001b\[0K/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/**
 * A job's trace as a person reads it: without timestamps, colours and section markers, continued entries joined to the line of their
 * stream that they continue. Throws when the bytes are no valid UTF-8.
 */
export function traceText(trace: Uint8Array): string {
  return traceLines(trace).join('\n');
}

/** The lines of `traceText`. */
export function traceLines(trace: Uint8Array): string[] {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(trace);
  const lines: string[] = [];
  const lastOfStream = new Map<string, number>();
  for (const entry of text.split('\n')) {
    const [stamp = '', stream = '', sign = ' '] = STAMP.exec(entry) ?? [];
    const rest = entry.slice(stamp.length);
    const at = sign === '+' ? lastOfStream.get(stream) : undefined;
    if (at === undefined) lastOfStream.set(stream, lines.push(rest) - 1);
    else lines[at] = `${lines[at] ?? ''}${rest}`;
  }
  return lines.map((line) => line.replaceAll(SECTION_MARKERS, '').replaceAll(COLOURS, ''));
}
