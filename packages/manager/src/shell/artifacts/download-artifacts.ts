import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { exportBlock } from '../export-block.ts';
import { quote } from '../quoting.ts';
import { say } from '../say.ts';
import type { ScriptContext } from '../script-context.ts';
import { ARCHIVE_FUNCTIONS } from './archive-files.ts';
import { EXCHANGE_FUNCTIONS, exchangeFiles } from './exchange.ts';
import { exchangeOf } from './exchange-of.ts';

type Dependency = JobPayload['dependencies'][number];

/** The earlier jobs that have artifacts for this one, in the payload's order. */
export function dependenciesWithFiles(payload: JobPayload): readonly Dependency[] {
  return payload.dependencies.filter(({ artifacts_file }) => (artifacts_file?.filename ?? '') !== '');
}

/**
 * Body of `download_artifacts`: fetches each archive with its own token and unpacks it into the project, later over earlier. Sources:
 * reference for job execution, 7.5; for the protocol, 13.2.
 */
export function downloadArtifacts(context: ScriptContext): string[] {
  const dependencies = dependenciesWithFiles(context.payload);
  const tokens = Object.fromEntries(dependencies.map(({ token }, at) => [`from-${at}`, token ?? context.payload.token]));
  return [
    ...exchangeFiles(exchangeOf(context), tokens),
    ...exportBlock(context),
    `cd ${quote(context.directories.projectDir)}`,
    '{ set +o xtrace; } 2> /dev/null',
    ARCHIVE_FUNCTIONS,
    EXCHANGE_FUNCTIONS,
    '_need curl',
    ...dependencies.flatMap(({ id, name }, at) => [
      say.notice(`Downloading artifacts for ${name ?? 'a job'} (${id})...`),
      `_download "$_folder/from-${at}" ${quote(`${context.apiUrl}/jobs/${encodeURIComponent(id)}/artifacts`)}`,
      '_unpack',
      'rm -f "$_folder/answer"',
    ]),
  ];
}
