import type { ExpectedJob } from './case.ts';
import type { SeenJob } from './seen-job.ts';

/** Source: reference for job execution, 4.5. */
const STAMPED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the marker's own bytes are what is looked for
const MARKER = /section_(start|end):(\d{10}):([a-z_]+)\r\u001b\[0K/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;
const ENDING = /^(Job succeeded|ERROR: Job failed(?: \(system failure\))?: .+)$/;

/** What every log of every job has: its first lines and its last, timestamps, sections that end, and no token of a job. */
export function judgeShape(
  { job, trace, lines }: SeenJob,
  { isStamped = true, hasSections = true, cutAtBytes }: Pick<ExpectedJob, 'isStamped' | 'hasSections' | 'cutAtBytes'>,
): string[] {
  const text = trace.subarray(0, cutAtBytes).toString();
  const unstamped = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => !STAMPED.test(line));
  const said = lines.filter((line) => line !== '');
  return [
    ...(isStamped ? unstamped.map((line) => `no timestamp: ${JSON.stringify(line)}`) : []),
    ...(!isStamped && STAMPED.test(text) ? ['there are timestamps'] : []),
    ...(hasSections
      ? unbalanced(text, { isCut: cutAtBytes !== undefined })
      : [...text.matchAll(MARKER)].map(([marker]) => `there is ${JSON.stringify(marker)}`)),
    ...(/^Running with fargate-gitlab-runner \S+ \(\S+\)$/.test(said[0] ?? '') ? [] : [`the first line is ${said[0]}`]),
    ...(/^ {2}on \S+ \S{9}, system ID: [rs]_\w+$/.test(said[1] ?? '') ? [] : [`the second line is ${said[1]}`]),
    ...(cutAtBytes === undefined ? ending(said) : endingOfCut(trace, cutAtBytes)),
    ...(trace.includes(job.token) ? ['the token of the job is in its log'] : []),
  ];
}

function ending(said: readonly string[]): string[] {
  return ENDING.test(said.at(-1) ?? '') ? [] : [`the last line is ${said.at(-1)}`];
}

/** Behind the bytes that are kept there is one notice and nothing else. */
function endingOfCut(trace: Buffer, cutAtBytes: number): string[] {
  const rest = trace.subarray(cutAtBytes).toString().replaceAll(COLOURS, '');
  const notice = `\nThe log has reached its limit of ${cutAtBytes} bytes.\nThe job goes on; its further output is not kept.\n`;
  return rest === notice ? [] : [`behind the limit there is ${JSON.stringify(rest)}`];
}

/** The names of the sections that begin, in order. */
export function sectionsOf(trace: Buffer): readonly string[] {
  return [...trace.toString().matchAll(MARKER)].flatMap(([, edge, , name = '']) => (edge === 'start' ? [name] : []));
}

/** Every section ends, after those that begin in it; in a log that is cut the last ones need not. */
function unbalanced(text: string, { isCut }: { readonly isCut: boolean }): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  let count = 0;
  for (const [, edge, , name = ''] of text.matchAll(MARKER)) {
    count++;
    if (edge === 'start') open.push(name);
    else if (open.pop() !== name) wrong.push(`section ${name} ends out of its turn`);
  }
  return [
    ...(count === 0 ? ['there are no sections'] : []),
    ...wrong,
    ...(isCut ? [] : open.map((name) => `section ${name} does not end`)),
  ];
}
