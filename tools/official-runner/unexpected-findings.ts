import type { GitLabControl } from '../../emulators/gitlab/src/index.ts';

/** What the judge finds in the official runner's requests and is known: the first try of a direct download goes past its usual client. */
const KNOWN: readonly RegExp[] = [/^(user-agent|request-id) .*GET .*\/artifacts/];

/** What the judge holds against the requests so far, without what is known. */
export async function unexpectedFindings(control: GitLabControl): Promise<readonly string[]> {
  const lines = (await control.findings()).map(({ rule, detail, request, jobId }) =>
    `${rule} ${detail} ${request ?? ''} ${jobId ?? ''}`.trim(),
  );
  return [...new Set(lines)].filter((line) => !KNOWN.some((known) => known.test(line)));
}
