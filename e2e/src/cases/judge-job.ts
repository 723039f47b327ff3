import { crc32 } from 'node:zlib';
import { judgeArtifacts } from './judge-artifacts.ts';
import type { ExpectedJob, Line } from './case.ts';
import { judgeShape, sectionsOf } from './judge-shape.ts';
import type { SeenJob } from './seen-job.ts';

/** What is other than expected, a sentence each, with what the log says instead. Empty when all is well. */
export async function judgeJob(seen: SeenJob, expected: ExpectedJob): Promise<readonly string[]> {
  const ending = judgeEnding(seen, expected);
  if (expected.status === 'skipped') return ending;
  const differences = [
    ...ending,
    ...judgeWhole(seen, expected),
    ...judgeShape(seen, expected),
    ...judgeLines(seen, expected),
    ...(await judgeArtifacts(seen.artifacts, expected.artifacts ?? {})),
  ];
  return differences.map((difference) => `${seen.job.name}: ${difference}`);
}

function judgeEnding({ job }: SeenJob, expected: ExpectedJob): string[] {
  const { status = 'success', failureReason, exitCode, isAllowedToFail = false, dotenv = {} } = expected;
  const wanted = { status, failureReason, exitCode, isAllowedToFail, dotenv };
  const got = {
    status: job.status,
    failureReason: job.failureReason,
    exitCode: job.exitCode,
    isAllowedToFail: job.allowFailure,
    dotenv: Object.fromEntries(job.dotenv.map(({ key, value }) => [key, value])),
  };
  const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
  return one === other ? [] : [`ended as ${one}, expected ${other}`];
}

/** GitLab has all of the log that the manager says there is, and was told whether others may see it. */
function judgeWhole({ job, trace }: SeenJob, { isDebugTrace = false }: ExpectedJob): string[] {
  const last = job.updates.findLast((update) => update.state !== 'running');
  const checksum = `crc32:${crc32(trace).toString(16).padStart(8, '0')}`;
  const isWhole = last?.checksum === checksum && last.bytesize === trace.length;
  return [
    ...(isWhole ? [] : [`the trace is ${checksum} of ${trace.length} bytes, reported was ${last?.checksum} of ${last?.bytesize}`]),
    ...(job.isDebugTrace === isDebugTrace ? [] : [`GitLab takes the log for ${job.isDebugTrace ? 'a' : 'no'} debug trace`]),
  ];
}

function judgeLines({ lines, trace }: SeenJob, { lines: wanted = [], never = [], bytes = [], sections }: ExpectedJob): string[] {
  const text = trace.toString();
  const found = sectionsOf(trace);
  return [
    ...missingInOrder(lines, wanted).map((line) => `no line ${line} in its place`),
    ...never.filter((line) => lines.some((each) => has(each, line))).map((line) => `there is ${line}`),
    ...bytes.filter((pattern) => !pattern.test(text)).map((pattern) => `the bytes don't match ${pattern}`),
    ...(sections && sections.join() !== found.join() ? [`the sections are ${found.join()}, expected ${sections.join()}`] : []),
  ];
}

/** Those that are not there after the one before them. */
function missingInOrder(lines: readonly string[], wanted: readonly Line[]): Line[] {
  let from = 0;
  return wanted.filter((line) => {
    const at = lines.findIndex((each, index) => index >= from && is(each, line));
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}

function is(text: string, line: Line): boolean {
  return typeof line === 'string' ? text === line : line.test(text);
}

function has(text: string, part: Line): boolean {
  return typeof part === 'string' ? text.includes(part) : part.test(text);
}
