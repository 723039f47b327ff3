import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { exportBlock } from '../export-block.ts';
import { jobFiles } from '../job-files.ts';
import { quote } from '../quoting.ts';
import { valueIn } from '../resolved-variable.ts';
import { say } from '../say.ts';
import type { ScriptContext } from '../script-context.ts';
import { ARCHIVE_FUNCTIONS, compressionLevel } from './archive-files.ts';
import { EXCHANGE_FUNCTIONS, exchangeFiles } from './exchange.ts';
import { exchangeOf } from './exchange-of.ts';
import { FIND_FUNCTIONS, findFiles } from './find-files.ts';
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
 * Body of `upload_artifacts_on_success` and `_on_failure`: each entry becomes one archive in the worker and one request. The first that
 * fails ends the stage. The token is in a file that curl reads, on no command line. Source: reference for job execution, 7.1.
 */
export function uploadArtifacts(moment: Moment, context: ScriptContext): string[] {
  const folder = jobFiles(context.directories.tmpDir).artifacts;
  return [
    ...exchangeFiles(exchangeOf(context), { job: context.payload.token }),
    ...exportBlock(context),
    `cd ${quote(context.directories.projectDir)}`,
    '{ set +o xtrace; } 2> /dev/null',
    FIND_FUNCTIONS,
    ARCHIVE_FUNCTIONS,
    EXCHANGE_FUNCTIONS,
    '_need curl',
    ...artifactsAt(moment, context.payload).flatMap((artifact) => uploadOne(artifact, folder, context)),
  ];
}

function uploadOne(artifact: Artifact, folder: string, context: ScriptContext): string[] {
  const { projectDir } = context.directories;
  const format = artifact.artifact_format || 'zip';
  const type = artifact.artifact_type || 'archive';
  if (format !== 'zip' && format !== 'gzip' && format !== 'raw')
    return [say.error(`artifact format ${format} is unknown; zip, gzip and raw are known`), 'exit 1'];
  const level = compressionLevel(valueIn(context.variables, 'ARTIFACT_COMPRESSION_LEVEL'));
  return [
    say.notice('Uploading artifacts...'),
    ...findFiles(artifact, { projectDir, list: `${folder}/files` }, context.variables),
    'if [ ! -s "$_list" ]; then',
    `  ${say.error('No files to upload')}`,
    'else',
    '  rm -f "$_folder/archive" "$_folder/archive.zip"',
    `  _archive_${format} "$_folder/archive" ${level}`,
    `  _upload "$_folder/job" ${quote(urlOf(artifact, context))} ${formOf(artifact, format, context)} ${quote(type)}`,
    'fi',
  ];
}

function urlOf({ artifact_format, artifact_type, expire_in }: Artifact, { apiUrl, payload }: ScriptContext): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ artifact_format, artifact_type, expire_in })) if (value) query.set(key, value);
  const text = query.toString();
  return `${apiUrl}/jobs/${payload.id}/artifacts${text === '' ? '' : `?${text}`}`;
}

const SUFFIX = { zip: '.zip', gzip: '.gz', raw: '' } as const;

/** The form field of curl, with the name of the file: the last part of the artifact's own, `default` where that is empty. */
function formOf({ name }: Artifact, format: keyof typeof SUFFIX, { variables }: ScriptContext): string {
  const text = workerText(name ?? 'artifacts', variables);
  const word = shellWord(text, { plain: (piece) => piece, escape: '_value' });
  return `"$(_form ${word} ${quote(SUFFIX[format])})"`;
}
