import { curlSetting } from '../artifacts/curl-setting.ts';
import { MORE_DISK } from '../artifacts/sentences.ts';
import { quote } from '../quoting.ts';
import { valueIn } from '../resolved-variable.ts';
import type { ScriptContext } from '../script-context.ts';
import type { CacheLink } from './cache-links.ts';

/**
 * The functions that exchange archives with S3. The link comes to curl on its stdin: no command line and no file shows it. A 5xx, a 429 (as
 * other stores than AWS's answer) or a lost connection is tried again, three times in all.
 */
export const TRANSFER_FUNCTIONS = String.raw`_say() { printf '\033[%sm%s\033[0;m\n' "$1" "$2"; }
_notice() { _say '32;1' "$1"; }
_warn() { _say '0;33' "WARNING: $1"; }
_has() { # PROGRAMS...: says which of them the worker lacks
  for _program do
    if ! command -v "$_program" > /dev/null 2>&1; then
      _warn "$_program is not installed in the worker: the cache needs it. Install it in the image of the worker."
      return 1
    fi
  done
}
_printable() { head -c 500 | tr '\n' ' ' | tr -d '\000-\037'; }
_curl() { # CONFIGURATION ARGUMENTS...: sets _status, 000 when there was no whole answer; what curl complains of is in $_folder/said
  _configuration=$1
  shift
  _tries=0
  while :; do
    _status=$(printf '%s\n' "$_configuration" | curl --config - --write-out '%{http_code}' "$@" 2> "$_folder/said") || _status=000
    case $_status in
      000 | 429 | 5*) ;;
      *) return 0 ;;
    esac
    _tries=$((_tries + 1))
    [ "$_tries" -lt 3 ] || return 0
    sleep "$_tries"
  done
}
_is_full() { # the disk of the worker
  if printf '%8192s' '' 2> /dev/null > "$_folder/room"; then
    rm -f "$_folder/room"
    return 1
  fi
  rm -f "$_folder/room"
}
_full='the disk of the worker is full. ${MORE_DISK}'
_complain() { # WHAT ANSWER: in S3's words, or curl's
  if [ "$_status" = 000 ]; then
    if _is_full; then _words=$_full; else _words=$(_printable < "$_folder/said"); fi
  else
    _words="$_status $(sed -n 's|.*<Code>\(.*\)</Code>.*<Message>\(.*\)</Message>.*|\1: \2|p' "$2" 2> /dev/null | _printable)"
  fi
  _warn "$1: $_words"
}
_download() { # CONFIGURATION ADDRESS: into $_folder/archive
  printf 'Downloading cache from %s\n' "$2"
  _curl "$1" --output "$_folder/archive"
  case $_status in
    200) return 0 ;;
    404)
      if ! grep -q NoSuchBucket "$_folder/archive" 2> /dev/null; then
        _warn 'file does not exist'
        return 1
      fi
      ;;
  esac
  _complain 'the cache can not be had' "$_folder/archive"
  return 1
}
_upload() { # CONFIGURATION ADDRESS: of $_folder/archive
  printf 'Uploading cache.zip to %s\n' "$2"
  _curl "$1" --upload-file "$_folder/archive" --output "$_folder/answer"
  [ "$_status" = 200 ] || { _complain 'the cache can not be stored' "$_folder/answer"; return 1; }
}`;

/** The same two functions for a worker without curl: the manager carries the archive. They get the place of the link in the stage. */
export const RELAY_TRANSFER_FUNCTIONS = String.raw`_relay() { # upload or download, PLACE, BYTES
  _asked=$((_asked + 1))
  (_ask "$@")
}
_download() { # PLACE ADDRESS
  printf 'Downloading cache from %s through the manager\n' "$2"
  _relay download "$1" 0
}
_upload() { # PLACE ADDRESS
  printf 'Uploading cache.zip to %s through the manager\n' "$2"
  _relay upload "$1" $(($(wc -c < "$_folder/archive")))
}`;

/** Minutes that one request may take. */
const REQUEST_MINUTES = 10;

/** What stands before a transfer. */
export function needsCurl({ cacheWay }: ScriptContext): string {
  return cacheWay === 'relay' ? '' : '_has curl && ';
}

/** The two words that `_download` and `_upload` get: the configuration of curl or the place of the link, and the address as it may be seen. */
export function transferWords(key: string, { cacheLinks, cacheWay, variables }: ScriptContext): string | undefined {
  const links = cacheLinks.kind === 'links' ? cacheLinks.links : new Map<string, CacheLink>();
  const link = links.get(key);
  if (!link) return undefined;
  const address = quote(link.url.replace(/\?.*$/s, ''));
  if (cacheWay === 'relay') return `${[...links.keys()].indexOf(key)} ${address}`;
  return `${quote(configurationFor(link, valueIn(variables, 'CACHE_REQUEST_TIMEOUT')))} ${address}`;
}

function configurationFor(link: CacheLink, requestTimeout: string | undefined): string {
  const minutes = Number(requestTimeout);
  return [
    curlSetting('url', link.url),
    ...link.headers.map(([name, value]) => curlSetting('header', `${name}: ${value}`)),
    'silent',
    'show-error',
    'connect-timeout = 30',
    `max-time = ${Math.round((Number.isFinite(minutes) && minutes > 0 ? minutes : REQUEST_MINUTES) * 60)}`,
  ].join('\n');
}
