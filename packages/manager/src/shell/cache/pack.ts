/**
 * The functions that make the archive of the files on the list: tar with zstd, or with gzip in a worker that has no zstd; zip when the job
 * asks for it with `CACHE_COMPRESSION_FORMAT`.
 *
 * Why not zip by default, as GitLab's runner has it: zstd makes and opens an archive several times faster with one processor, tar and gzip
 * are in every image while zip seldom is, and hard links and times stay whole. GitLab's runner reads zip and zstd, ours all three, each by
 * its first bytes: caches may be shared between both. Source: reference for job execution, 6.6 and trap 11.
 */
export const PACK_FUNCTIONS = String.raw`_tar_files() { # a tar of what is on the list, and nothing below it that is not
  if _is_gnu_tar; then
    # 1 is a file that changed under its hands: the job is over, and what still runs of it can not be waited for
    tr '\n' '\000' < "$_list" | tar -cf - --no-recursion --null -T - || [ $? -eq 1 ]
  elif tar --help 2>&1 | grep -q -e '-T '; then
    tar -cf - --no-recursion -T "$_list"
  else
    eval "set -- $(sed "s/'/'\\\\''/g; s/^/'/; s/\$/'/" "$_list" | tr '\n' ' ')"
    tar -cf - --no-recursion "$@"
  fi
}
_pack() { # FORMAT LEVEL ZSTD_LEVEL: into $_folder/archive
  rm -f "$_folder/archive" "$_folder/archive.zip" "$_folder/broken"
  if [ "$1" = zip ]; then
    _has zip || return 1
    _words=$(LC_ALL=C.UTF-8 zip -q -X -y "-$2" -@ "$_folder/archive.zip" < "$_list" 2>&1 && mv "$_folder/archive.zip" "$_folder/archive" 2>&1) ||
      : > "$_folder/broken"
  else
    _has tar || return 1
    if command -v zstd > /dev/null 2>&1; then set -- zstd -q -T0 "-$3"; else _has gzip || return 1; set -- gzip "-$2"; fi
    _words=$({ { _tar_files || : > "$_folder/broken"; } | "$@" > "$_folder/archive" || : > "$_folder/broken"; } 2>&1)
  fi
  if [ -e "$_folder/broken" ]; then
    if _is_full; then _words=$_full; fi
    _warn "the archive can not be made: $(printf '%s' "$_words" | _printable)"
    rm -f "$_folder/archive" "$_folder/archive.zip"
    return 1
  fi
}
_fits() { # BYTES WHY: whether the archive is no larger
  _size=$(($(wc -c < "$_folder/archive")))
  if [ "$_size" -gt "$1" ]; then
    _warn "the cache is not saved: its archive has $_size bytes, and $2"
    return 1
  fi
}
_is_unchanged() { # NUMBER: whether the list has what was restored, and nothing of it was touched since; without GNU find nobody knows
  if [ ! -e "$_folder/$1.stamp" ] || [ ! -e "$_folder/$1.names" ]; then return 1; fi
  sed 's|^[.]/||' "$_list" | LC_ALL=C sort -u | cmp -s - "$_folder/$1.names" || return 1
  tr '\n' '\000' < "$_list" | xargs -0 sh -c 'stamp=$0; find "$@" -maxdepth 0 -cnewer "$stamp"' "$_folder/$1.stamp" > "$_folder/newer" 2> /dev/null || return 1
  [ ! -s "$_folder/newer" ]
}`;

/** Levels of zstd for GitLab's words. Source: reference for job execution, 6.6; unset, the quickest. */
export function zstdLevel(setting: string | undefined): number {
  switch (setting) {
    case 'fast':
      return 2;
    case 'default':
      return 3;
    case 'slow':
      return 7;
    case 'slowest':
      return 12;
    default:
      return 1;
  }
}
