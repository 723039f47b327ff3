import { quote } from '../quoting.ts';
import type { ScriptContext } from '../script-context.ts';
import { jobFiles } from '../job-files.ts';
import { say } from '../say.ts';
import { requireRoom } from './require-room.ts';

/** Where a stage and the manager that relays for it meet, in the worker: the folder, the question in it, and the list of files. */
export interface RelayPlace {
  readonly folder: string;
  readonly ask: string;
  readonly list: string;
  /** What a download is put into, for the stage to unpack. */
  readonly archive: string;
  readonly projectDir: string;
}

/** The meeting place of a job. */
export function relayPlace({ tmpDir, projectDir }: { readonly tmpDir: string; readonly projectDir: string }): RelayPlace {
  const folder = jobFiles(tmpDir).artifacts;
  return { folder, ask: `${folder}/ask`, list: `${folder}/files`, archive: `${folder}/answer`, projectDir };
}

/**
 * The function by which a stage has its manager do something. The question is a file of four lines: an id, `upload` or `download`, which
 * of the job's entries, the name of the file. The answer is a file of that id, put by the manager: `0` or the exit status of the stage, then
 * what is printed. The stage waits, whatever becomes of managers; the job's deadline ends the wait. Gotcha: the disk may be full, so that a
 * question is whole or none, and the answer is read into memory.
 */
export const RELAY_FUNCTIONS = String.raw`_asked=0
_ask() { # KIND ENTRY NAME
  _asked=$((_asked + 1))
  _id=$(date +%s)-$$-$_asked
  if ! printf '%s\n' "$_id" "$1" "$2" "$3" > "$_folder/ask.new" || ! mv "$_folder/ask.new" "$_folder/ask"; then
    rm -f "$_folder/ask.new"
    echo 'The manager can not be asked, because nothing can be written in the worker.'
    exit 1
  fi
  until _reply=$(cat "$_shim"/g.*/files/"$_id" 2> /dev/null); do
    sleep 0.1 2> /dev/null || sleep 1
  done
  rm -f "$_folder/ask"
  _code=$(printf '%s\n' "$_reply" | sed -n 1p)
  printf '%s\n' "$_reply" | sed 1d
  [ "$_code" = 0 ] || exit "$_code"
}`;

/** Lines that make the folder, define `_ask`, and say why the manager carries. */
export function relayLines(
  { directories }: ScriptContext,
  of: { readonly missing: readonly string[]; readonly shimFolder: string },
): string[] {
  return [
    `_folder=${quote(jobFiles(directories.tmpDir).artifacts)}`,
    `_shim=${quote(of.shimFolder)}`,
    'rm -rf "$_folder"',
    '(umask 077; mkdir -p "$_folder")',
    ...requireRoom(jobFiles(directories.tmpDir).artifacts),
    RELAY_FUNCTIONS,
    say.plain(`This worker has no ${of.missing.join(' and no ')}: artifacts go through the manager.`),
  ];
}
