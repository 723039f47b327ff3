import type { ExpectedJob } from './case.ts';
import type { SeenJob } from './judge-job.ts';

/** Source: reference for job execution, 4.5. */
const STAMPED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the marker's own bytes are what is looked for
const MARKER = /section_(start|end):(\d{10}):([a-z_]+)\r\u001b\[0K/g;
const ENDING = /^(Job succeeded|ERROR: Job failed(?: \(system failure\))?: .+)$/;

/** What every log of every job has: its first lines and its last, timestamps, sections that end, and no token of a job. */
export function judgeShape(
  { job, trace, lines }: SeenJob,
  { isStamped = true, hasSections = true }: Pick<ExpectedJob, 'isStamped' | 'hasSections'>,
): string[] {
  const text = trace.toString();
  const unstamped = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => !STAMPED.test(line));
  const said = lines.filter((line) => line !== '');
  return [
    ...(isStamped ? unstamped.map((line) => `no timestamp: ${JSON.stringify(line)}`) : []),
    ...(!isStamped && STAMPED.test(text) ? ['there are timestamps'] : []),
    ...(hasSections ? unbalanced(text) : [...text.matchAll(MARKER)].map(([marker]) => `there is ${JSON.stringify(marker)}`)),
    ...(/^Running with fargate-gitlab-runner \S+ \(\S+\)$/.test(said[0] ?? '') ? [] : [`the first line is ${said[0]}`]),
    ...(/^ {2}on \S+ \S{9}, system ID: [rs]_\w+$/.test(said[1] ?? '') ? [] : [`the second line is ${said[1]}`]),
    ...(ENDING.test(said.at(-1) ?? '') ? [] : [`the last line is ${said.at(-1)}`]),
    ...(text.includes(job.token) ? ['the token of the job is in its log'] : []),
  ];
}

/** The names of the sections that begin, in order. */
export function sectionsOf(trace: Buffer): readonly string[] {
  return [...trace.toString().matchAll(MARKER)].flatMap(([, edge, , name = '']) => (edge === 'start' ? [name] : []));
}

/** Every section ends, after those that begin in it. */
function unbalanced(text: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  let count = 0;
  for (const [, edge, , name = ''] of text.matchAll(MARKER)) {
    count++;
    if (edge === 'start') open.push(name);
    else if (open.pop() !== name) wrong.push(`section ${name} ends out of its turn`);
  }
  return [...(count === 0 ? ['there are no sections'] : []), ...wrong, ...open.map((name) => `section ${name} does not end`)];
}
