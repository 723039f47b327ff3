import { MORE_DISK } from './sentences.ts';

/**
 * The functions that make an archive of the files on the list. Each is given the archive's path; nothing is left there of one that
 * failed. Names go through a list, because a command line has an end. What the programs say is kept in memory, for the disk may be full.
 * Source: reference for job execution, 7.3.
 *
 * - zip keeps symbolic links as such, and folders as entries. `-X` leaves out what tells one machine from another.
 * - gzip: one member a file, one after the other. raw: exactly one file, as it is.
 */
export const ARCHIVE_FUNCTIONS = String.raw`_archive_zip() { # ARCHIVE LEVEL
  LC_ALL=C.UTF-8 zip -q -X -y "-$2" -@ "$1" < "$_list" || return
  mv "$1.zip" "$1" 2> /dev/null || true
}
_archive_gzip() { # ARCHIVE LEVEL
  while IFS= read -r _file; do
    if [ -f "$_file" ] && [ ! -L "$_file" ]; then gzip -c "-$2" -- "$_file" || return; fi
  done < "$_list" > "$1"
}
_archive_raw() { # ARCHIVE
  cp "$_one" "$1"
}
_archive() { # FORMAT ARCHIVE LEVEL
  [ "$1" != zip ] || _need zip
  if _said=$("_archive_$1" "$2" "$3" 2>&1); then
    [ -z "$_said" ] || printf '%s\n' "$_said"
    return
  fi
  rm -f "$2" "$2.zip"
  printf '%s\n\033[31;1mERROR: the archive of the artifacts can not be made\033[0;m\n' "$_said"
  case $_said in *'No space left'*) printf 'The disk of the worker is full. %s\n' '${MORE_DISK}' ;; esac
  exit 1
}`;

/** The functions that look before anything is packed: for a program, and for the one file of a raw artifact, which is `_one` then. */
export const CHECK_FUNCTIONS = String.raw`_need() {
  command -v "$1" > /dev/null 2>&1 && return
  printf '\033[31;1mERROR: %s is not installed in the worker: artifacts need it. Install it in the image of the worker.\033[0;m\n' "$1"
  exit 1
}
_check_zip() { :; }
_check_gzip() { :; }
_check_raw() {
  _files=0
  while IFS= read -r _file; do
    if [ -f "$_file" ]; then _files=$((_files + 1)) _one=$_file; fi
  done < "$_list"
  if [ "$_files" -ne 1 ]; then
    printf '\033[31;1mERROR: a raw artifact is exactly one file, and %s match\033[0;m\n' "$_files"
    exit 1
  fi
}`;

/** The level that gzip and zip are called with. Source: reference for job execution, 6.6; unset, the quickest that compresses. */
export function compressionLevel(setting: string | undefined): number {
  switch (setting) {
    case 'fastest':
      return 1;
    case 'fast':
      return 2;
    case 'default':
      return 5;
    case 'slow':
      return 7;
    case 'slowest':
      return 9;
    default:
      return 1;
  }
}
