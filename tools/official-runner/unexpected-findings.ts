import type { GitLabControl } from '../../emulators/gitlab/src/index.ts';

/** What the judge finds in the official runner's requests and is known: the first try of a direct download goes past its usual client. */
const KNOWN: readonly RegExp[] = [/^(user-agent|request-id) .*GET .*\/artifacts/];

/** What runners began to do with a version, by the history of their source: the judge asks for what the newest do. */
const BEGUN: readonly { readonly with: string; readonly finding: RegExp }[] = [
  { with: '17.11', finding: /^token-header / },
  { with: '18.1', finding: /^request-id / },
  { with: '18.5', finding: /^(first-update|trace-before-running|success-before-running) / },
  { with: '18.9', finding: /^info-features not sent as true or false: (two_phase_job_commit, )?job_inputs / },
  { with: '19.3', finding: /^info info is missing POST \/api\/v4\/runners\/verify/ },
];

/**
 * What the judge holds against the requests so far, without what is known.
 *
 * @param version what the program says of its version; of a runner whose version can't be read everything is asked
 */
export async function unexpectedFindings(control: GitLabControl, version = ''): Promise<readonly string[]> {
  const lines = (await control.findings()).map(({ rule, detail, request, jobId }) =>
    `${rule} ${detail} ${request ?? ''} ${jobId ?? ''}`.trim(),
  );
  const known = [...KNOWN, ...BEGUN.filter((each) => isOlder(version, each.with)).map(({ finding }) => finding)];
  return [...new Set(lines)].filter((line) => !known.some((each) => each.test(line)));
}

/** Whether `Version: 17.9.0 …` tells of a version before `other`, such as 17.11. */
function isOlder(version: string, other: string): boolean {
  const [, major, minor] = /(\d+)\.(\d+)\.\d+/.exec(version) ?? [];
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  if (major === undefined || minor === undefined) return false;
  return Number(major) < otherMajor || (Number(major) === otherMajor && Number(minor) < otherMinor);
}
