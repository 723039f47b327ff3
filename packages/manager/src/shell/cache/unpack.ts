/**
 * Judges an archive by two lists of its entries, line by line the same: the long one, whose lines begin with the kind of entry, and that of
 * the names. Prints the names, or why the archive is refused and fails. Refused is what could be written outside of the folder that it is
 * unpacked in: absolute names, `..`, entries below a link of the archive, hard links that lead out, and everything that is neither file,
 * folder nor link. A name with a line feed makes the lists differ, and is refused by that.
 *
 * Gotcha: the names come from a list of their own, because in the long one an author can make up columns, and arrows of links.
 */
const JUDGE = String.raw`function bad(why) { if (!refused) print why; refused = 1; exit 1 }
function plain(name) {
  gsub(/\/+/, "/", name)
  while (sub(/\/\.\//, "/", name)) continue
  sub(/^\.\//, "", name)
  sub(/\/$/, "", name)
  return name
}
function judge(name) {
  if (name ~ /^\// || name ~ /(^|\/)\.\.(\/|$)/) bad("it has a name that leads out of the project: " name)
}
function judge_targets(line, separator,   at) {
  while ((at = index(line, separator)) > 0) {
    line = substr(line, at + length(separator))
    judge(line)
  }
}
FNR == 1 { file++ }
file == 1 { long[FNR] = $0; lines = FNR; next }
{
  kind = substr(long[FNR], 1, 1)
  if (kind !~ /[-dlh?]/) bad("it has something that is neither file, folder nor link: " $0)
  judge($0)
  name = plain($0)
  if (kind == "l") link[name] = 1
  else { judge_targets(long[FNR], " link to "); judge_targets(long[FNR], " -> ") }
  names[++count] = name
  print name
}
END {
  if (refused) exit 1
  if (count != lines) bad("the names in it can not be read")
  for (i = 1; i <= count; i++)
    for (at = 2; at <= length(names[i]); at++)
      if (substr(names[i], at, 1) == "/" && substr(names[i], 1, at - 1) in link) bad("it has something below a link: " names[i])
}`;

/** The last part of a path, as the shell finds it. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: this is a reference of the shell
const LAST_PART = '${_item##*/}';

/**
 * The functions that unpack an archive: zip, as GitLab's own runner has it, or tar with gzip or zstd, whichever it is by its first bytes. It
 * is looked through before anything of it is written, then unpacked in an empty folder beside the project, and moved into place only once it
 * is there as a whole: what is broken leaves nothing behind, and no link is written through, neither of the archive's nor of the project's.
 * Links themselves may lead anywhere: the interpreter of a virtual environment does.
 */
export const UNPACK_FUNCTIONS = String.raw`_unpack() { # $_folder/archive, into the project directory; the names of its entries are in $_folder/names then
  rm -rf "$_folder/new" "$_folder/broken"
  mkdir "$_folder/new" || return 1
  case $(od -A n -N 4 -t x1 < "$_folder/archive" | tr -d ' \n') in
    28b52ffd) _unpack_tar zstd || return 1 ;;
    1f8b*) _unpack_tar gzip || return 1 ;;
    504b0304 | 504b0506) _unpack_zip || return 1 ;;
    *)
      _warn 'the archive is broken: it is neither zip nor tar with gzip or zstd'
      return 1
      ;;
  esac
  rm -f "$_folder/archive"
  if ! _merge "$_folder/new" .; then
    _warn 'the files of the cache can not be moved into the project'
    return 1
  fi
}
_is_gnu_tar() { tar --version 2> /dev/null | grep -q 'GNU tar'; }
_broken() { if _is_full; then _warn "the archive can not be unpacked: $_full"; else _warn "the archive is broken: $(_printable < "$_folder/said")"; fi; }
_judge() { # looks through $_folder/list; the names are in $_folder/entries
  if [ ! -s "$_folder/list" ] || [ ! -s "$_folder/entries" ]; then _broken; return 1; fi
  LC_ALL=C awk '${JUDGE}' "$_folder/list" "$_folder/entries" > "$_folder/names" && return 0
  if _is_full; then _broken; return 1; fi
  _warn "the archive is refused: $(tail -n 1 "$_folder/names" | _printable)"
  return 1
}
_plain_tar() { { "$1" -dc < "$_folder/archive" || : > "$_folder/broken"; } 2>> "$_folder/said"; }
_unpack_tar() { # DECOMPRESSOR
  _has tar awk "$1" || return 1
  : > "$_folder/said"
  _style=
  if _is_gnu_tar; then _style=--quoting-style=literal; fi
  _plain_tar "$1" | LC_ALL=C tar -tvf - $_style > "$_folder/list" 2>> "$_folder/said" || : > "$_folder/broken"
  _plain_tar "$1" | LC_ALL=C tar -tf - $_style > "$_folder/entries" 2>> "$_folder/said" || : > "$_folder/broken"
  if [ -e "$_folder/broken" ]; then _broken; return 1; fi
  _judge || return 1
  _plain_tar "$1" | tar -xpof - -C "$_folder/new" 2>> "$_folder/said" || : > "$_folder/broken"
  if [ -e "$_folder/broken" ]; then _broken; return 1; fi
}
_unpack_zip() {
  _has awk || return 1
  _unzip=unzip
  if ! command -v unzip > /dev/null 2>&1; then
    if ! command -v busybox > /dev/null 2>&1; then _has unzip; return 1; fi
    _unzip='busybox unzip'
  fi
  if LC_ALL=C.UTF-8 $_unzip -Z -1 "$_folder/archive" > "$_folder/entries" 2> "$_folder/said"; then
    LC_ALL=C.UTF-8 $_unzip -Z -s "$_folder/archive" 2>> "$_folder/said" | sed '1,2d; $d' > "$_folder/list"
  else
    # busybox says nothing of the kinds; it makes links last, so that none is written through
    $_unzip -l "$_folder/archive" 2> "$_folder/said" | sed -n 's/^ *[0-9]\{1,\}  *[0-9-]\{8,\}  *[0-9:]\{5,\}   //p' > "$_folder/entries"
    sed 's/.*/?/' "$_folder/entries" > "$_folder/list"
  fi
  _judge || return 1
  if ! $_unzip -o -q "$_folder/archive" -d "$_folder/new" > "$_folder/said" 2>&1; then _broken; return 1; fi
}
# FROM INTO: moves what is in a folder. Folders are merged, everything else is replaced, and no link is followed
_merge() {
  for _item in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ ! -e "$_item" ] && [ ! -L "$_item" ]; then continue; fi
    _target=$2/${LAST_PART}
    if [ -d "$_item" ] && [ ! -L "$_item" ] && [ -d "$_target" ] && [ ! -L "$_target" ]; then
      _merge "$_item" "$_target" || return 1
      continue
    fi
    if [ -d "$_target" ] || [ -L "$_target" ] || { [ -d "$_item" ] && [ -e "$_target" ]; }; then rm -rf "$_target" || return 1; fi
    _locked=
    if [ -d "$_item" ] && [ ! -L "$_item" ] && [ ! -w "$_item" ]; then _locked=1 && chmod u+w "$_item"; fi
    mv -f "$_item" "$_target" || return 1
    if [ -n "$_locked" ]; then chmod u-w "$_target"; fi
  done
}`;
