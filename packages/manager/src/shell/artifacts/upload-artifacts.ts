import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { exportBlock } from '../export-block.ts';
import { quote } from '../quoting.ts';
import { referencesTo } from '../references-to.ts';
import { valueIn } from '../resolved-variable.ts';
import { say } from '../say.ts';
import type { ScriptContext } from '../script-context.ts';
import { ARCHIVE_FUNCTIONS, CHECK_FUNCTIONS, compressionLevel } from './archive-files.ts';
import { type ArtifactFormat, formatOf, NAME_FUNCTION, SUFFIX } from './artifact-name.ts';
import { EXCHANGE_FUNCTIONS, exchangeFiles } from './exchange.ts';
import { exchangeOf } from './exchange-of.ts';
import { FIND_FUNCTIONS, findFiles } from './find-files.ts';
import { relayLines, relayPlace } from './relay.ts';
import { shellWord, workerText } from './worker-text.ts';

type Artifact = JobPayload['artifacts'][number];

/** After which outcome of the scripts. */
export type Moment = 'on_success' | 'on_failure';

/** The entries that are uploaded at that moment: those whose `when` fits and that name any files. */
export function artifactsAt(moment: Moment, payload: JobPayload): readonly Artifact[] {
  return payload.artifacts.filter(({ when, paths, exclude, untracked }) => {
    const fits = when === 'always' || (when === undefined || when === '' ? 'on_success' : when) === moment;
    return fits && (paths.length > 0 || exclude.length > 0 || untracked);
  });
}

/**
 * Body of `upload_artifacts_on_success` and `_on_failure`: each entry becomes one archive and one request, by the worker itself or by the
 * manager that relays. The first that fails ends the stage. The token is in a file that curl reads, on no command line. Source: reference
 * for job execution, 7.1.
 */
export function uploadArtifacts(moment: Moment, context: ScriptContext): string[] {
  const { upload, shimFolder } = context.artifactWays;
  const isRelayed = upload.kind === 'relay';
  return [
    ...(isRelayed
      ? relayLines(context, { missing: upload.missing, shimFolder })
      : exchangeFiles(exchangeOf(context), { job: context.payload.token })),
    ...exportBlock(context),
    `cd ${quote(context.directories.projectDir)}`,
    '{ set +o xtrace; } 2> /dev/null',
    FIND_FUNCTIONS,
    CHECK_FUNCTIONS,
    NAME_FUNCTION,
    ...(isRelayed ? ['_need tar', '_need xargs'] : [ARCHIVE_FUNCTIONS, EXCHANGE_FUNCTIONS, '_need curl']),
    ...artifactsAt(moment, context.payload).flatMap((artifact, at) => uploadOne(artifact, at, context)),
  ];
}

function uploadOne(artifact: Artifact, at: number, context: ScriptContext): string[] {
  const { projectDir } = context.directories;
  const { list } = relayPlace(context.directories);
  const format = formatOf(artifact.artifact_format);
  if (format === undefined)
    return [say.error(`artifact format ${artifact.artifact_format} is unknown; zip, gzip and raw are known`), 'exit 1'];
  const isRelayed = context.artifactWays.upload.kind === 'relay';
  return [
    say.notice('Uploading artifacts...'),
    ...findFiles(artifact, { projectDir, list }, referencesTo(context.variables, context.directories.tmpDir)),
    'if [ ! -s "$_list" ]; then',
    `  ${say.error('No files to upload')}`,
    'else',
    `  _check_${format}`,
    ...(isRelayed ? [`  _ask upload ${at} "$(_base ${nameOf(artifact, context)})"`] : sendFile(artifact, format, context)),
    'fi',
  ];
}

function sendFile(artifact: Artifact, format: ArtifactFormat, context: ScriptContext): string[] {
  const level = compressionLevel(valueIn(context.variables, 'ARTIFACT_COMPRESSION_LEVEL'));
  const form = `"$(_form ${nameOf(artifact, context)} ${quote(SUFFIX[format])})"`;
  return [
    '  rm -f "$_folder/archive" "$_folder/archive.zip"',
    `  _archive ${format} "$_folder/archive" ${level}`,
    `  _upload "$_folder/job" ${quote(urlOf(artifact, context))} ${form} ${quote(artifact.artifact_type || 'archive')}`,
  ];
}

function urlOf({ artifact_format, artifact_type, expire_in }: Artifact, { apiUrl, payload }: ScriptContext): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ artifact_format, artifact_type, expire_in })) if (value) query.set(key, value);
  const text = query.toString();
  return `${apiUrl}/jobs/${payload.id}/artifacts${text === '' ? '' : `?${text}`}`;
}

/** The artifact's name as a word that the worker finishes. */
function nameOf({ name }: Artifact, { variables, directories }: ScriptContext): string {
  return shellWord(workerText(name ?? 'artifacts', referencesTo(variables, directories.tmpDir)), {
    plain: (piece) => piece,
    escape: '_value',
  });
}
