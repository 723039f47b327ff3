import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { exportBlock } from '../export-block.ts';
import { quote } from '../quoting.ts';
import { say } from '../say.ts';
import type { ScriptContext } from '../script-context.ts';
import { CHECK_FUNCTIONS } from './archive-files.ts';
import { EXCHANGE_FUNCTIONS, exchangeFiles, UNPACK_FUNCTION } from './exchange.ts';
import { exchangeOf } from './exchange-of.ts';
import { relayLines } from './relay.ts';

type Dependency = JobPayload['dependencies'][number];

/** The earlier jobs that have artifacts for this one, in the payload's order. */
export function dependenciesWithFiles(payload: JobPayload): readonly Dependency[] {
  return payload.dependencies.filter(({ artifacts_file }) => (artifacts_file?.filename ?? '') !== '');
}

/**
 * Body of `download_artifacts`: fetches each archive with its own token and unpacks it into the project, later over earlier. Where the
 * manager relays, it fetches, and unpacks too if the worker can't. Sources: reference for job execution, 7.5; for the protocol, 13.2.
 */
export function downloadArtifacts(context: ScriptContext): string[] {
  const { download, canUnzip, shimFolder } = context.artifactWays;
  const dependencies = dependenciesWithFiles(context.payload);
  const isRelayed = download.kind === 'relay';
  return [
    ...(isRelayed
      ? relayLines(context, { missing: download.missing, shimFolder })
      : exchangeFiles(exchangeOf(context), tokensFor(context))),
    ...exportBlock(context),
    `cd ${quote(context.directories.projectDir)}`,
    '{ set +o xtrace; } 2> /dev/null',
    CHECK_FUNCTIONS,
    UNPACK_FUNCTION,
    ...(isRelayed ? (canUnzip ? [] : ['_need tar']) : [EXCHANGE_FUNCTIONS, '_need curl']),
    ...dependencies.flatMap((dependency, at) => [
      say.notice(`Downloading artifacts for ${dependency.name ?? 'a job'} (${dependency.id})...`),
      ...(isRelayed
        ? [`_ask download ${at} archive`]
        : [`_download "$_folder/from-${at}" ${quote(`${context.apiUrl}/jobs/${encodeURIComponent(dependency.id)}/artifacts`)}`]),
      ...(isRelayed && !canUnzip ? [] : ['_unpack', 'rm -f "$_folder/answer"']),
    ]),
  ];
}

function tokensFor({ payload }: ScriptContext): Readonly<Record<string, string>> {
  return Object.fromEntries(dependenciesWithFiles(payload).map(({ token }, at) => [`from-${at}`, token ?? payload.token]));
}
