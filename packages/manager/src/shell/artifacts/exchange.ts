import { quote } from '../quoting.ts';
import { requireRoom } from './require-room.ts';
import { NOT_THERE, TOO_LARGE } from './sentences.ts';
import { curlSetting } from './curl-setting.ts';
import type { TlsFiles } from '../tls-files.ts';

/** With which GitLab artifacts are exchanged. */
export interface Exchange {
  /** Ends in `/api/v4`. */
  readonly apiUrl: string;
  /** How we introduce ourselves. */
  readonly agent: string;
  /** In the worker: the CA bundle for it, and our certificate, when there are any. */
  readonly tls: TlsFiles;
  /** A folder of ours in the worker, for headers and archives. */
  readonly folder: string;
}

/**
 * The functions that talk to GitLab. Tokens are in header files of mode 0600: no command line shows them. A download that is sent to another
 * origin asks there without token and certificate. An upload that is sent elsewhere goes to the same path there, with both, for that is how
 * GitLab has it; but never from HTTPS to HTTP. Tries and pauses: reference for the protocol, 13.1 and 13.2.
 */
export const EXCHANGE_FUNCTIONS = String.raw`_too_large='${TOO_LARGE}'
_not_there='${NOT_THERE}'
_http() { # CONFIG CURL_ARGUMENTS...: sets _status and _redirect; the answer is in $_folder/answer
  _config=$1
  shift
  rm -f "$_folder/answer" "$_folder/headers"
  case $_config in
    */anonymous) ;;
    *) set -- -H "X-Request-Id: $(od -A n -N 16 -t x1 /dev/urandom | tr -d ' \n')" "$@" ;;
  esac
  _got=$(curl --config "$_config" -D "$_folder/headers" -o "$_folder/answer" -w '\n%{http_code} %{redirect_url}' "$@") || _got='000 '
  _got=$(printf '%s' "$_got" | tail -n 1)
  _status=$(printf '%s' "$_got" | cut -d ' ' -f 1)
  _redirect=$(printf '%s' "$_got" | cut -s -d ' ' -f 2)
}
_origin() { printf '%s' "$1" | sed 's|^\([a-z]*://[^/?#]*\).*|\1|'; }
_moved() { # URL: the same path at the origin of the redirect; nothing where that would leave HTTPS
  _to=$(_origin "$_redirect")
  case $_to in
    https://?*) ;;
    http://?*) case $1 in https://*) return ;; esac ;;
    *) return ;;
  esac
  printf '%s%s' "$_to" "$(printf '%s' "$1" | sed 's|^[a-z]*://[^/?#]*||')"
}
_complain() { # WHAT
  printf '\033[31;1mERROR: %s coordinator... %s\033[0;m' "$1" "$_status"
  if [ -s "$_folder/answer" ] && [ "$_status" != 000 ]; then head -c 1000 "$_folder/answer" | tr -d '\000-\037' | sed 's/^/ /'; fi
  echo
}
_form() { # NAME SUFFIX: the form field with the archive; quotes and backslashes as curl has them
  printf 'file=@"%s";type=application/octet-stream;filename="%s"' "$(printf '%s' "$_folder/archive" | sed 's/[\\"]/\\&/g')" "$(_base "$1" | sed 's/[\\"]/\\&/g')$2"
}
_again() { # MOST PAUSES...: waits if there may be another try; longer if GitLab wants that, but no longer than a minute
  _tries=$((_tries + 1))
  [ "$_tries" -lt "$1" ] || return 1
  shift "$_tries"
  _pause=$1
  _hint=$(tr -d '\r' 2> /dev/null < "$_folder/headers" | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,6\}\)$/\1/p' | tail -n 1)
  [ -z "$_hint" ] || [ "$_hint" -le "$_pause" ] || _pause=$_hint
  [ "$_pause" -le 60 ] || _pause=60
  sleep "$_pause"
}
_upload() { # CONFIG URL FORM TYPE
  _tries=0 _unsure= _escape= _stayed=
  # From 7.81 on curl writes a quote as %22 unless it is told otherwise, and GitLab would take that for the name
  if curl --form-escape --version > /dev/null 2>&1; then _escape=--form-escape; fi
  while :; do
    _http "$1" $_escape -X POST -F "$3" "$2"
    # What came of a try without an answer is not known: then it may be our own file that is there already.
    if [ "$_status" = 400 ] && [ -n "$_unsure" ] && grep -q 'already exists' "$_folder/answer"; then _status=201; fi
    case $_status in
      201)
        printf 'Uploading artifacts as "%s" to coordinator... 201 Created\n' "$4"
        return
        ;;
      307 | 308)
        _at=$(_moved "$2")
        if [ -n "$_at" ]; then set -- "$1" "$_at" "$3" "$4"; else _stayed=$(_origin "$_redirect"); fi
        _most=3
        ;;
      403 | 413) _most=1 ;;
      408 | 429 | 500 | 502 | 503 | 504 | 51[2-9] | 5[2-9]?) _most=6 ;;
      000)
        _unsure=1
        _most=6
        ;;
      *) _most=3 ;;
    esac
    _again $_most 1 2 4 5 5 || break
  done
  _complain "Uploading artifacts as \"$4\" to"
  [ "$_status" != 413 ] || printf '%s\n' "$_too_large"
  [ -z "$_stayed" ] || printf 'It is sent on to %s, which is not HTTPS any more: the token does not go there.\n' "$_stayed"
  exit 1
}
_download() { # CONFIG URL
  _tries=0
  _http "$1" "$2?direct_download=true"
  while :; do
    case $_status in
      30[1278])
        if [ "$(_origin "$_redirect")" = "$(_origin "$2")" ]; then _http "$1" "$_redirect"; else _http "$_folder/anonymous" "$_redirect"; fi
        ;;
    esac
    case $_status in
      200)
        echo 'Downloading artifacts from coordinator... ok 200 OK'
        return
        ;;
      401 | 403 | 404) break ;;
      429 | 503) _again 6 1 2 4 5 5 || break ;;
      *) _again 3 1 1 || break ;;
    esac
    _http "$1" "$2"
  done
  _complain 'Downloading artifacts from'
  [ "$_status" != 404 ] || printf '%s\n' "$_not_there"
  exit 1
}`;

/** The functions that unpack what was downloaded into the project directory. */
export const UNPACK_FUNCTION = String.raw`_unpack_beside() { # UNZIP...: the unzip of busybox writes into the files that are there, and leaves them their mode
  mkdir "$_folder/new"
  "$@" -o -q "$_folder/answer" -d "$_folder/new"
  tar -cf - -C "$_folder/new" . | tar -xf -
  rm -rf "$_folder/new"
}
_unpack() { # the answer, into the project directory
  if unzip -v 2> /dev/null | grep -q Info-ZIP; then unzip -o -q "$_folder/answer"
  elif command -v unzip > /dev/null 2>&1; then _unpack_beside unzip
  elif command -v busybox > /dev/null 2>&1; then _unpack_beside busybox unzip
  else
    printf '\033[31;1mERROR: unzip is not installed in the worker: artifacts need it. Install it in the image of the worker.\033[0;m\n'
    exit 1
  fi
}`;

/** Lines that make the folder and the configurations of curl: one without a token and our certificate, for strangers, and one for each token. */
export function exchangeFiles({ agent, tls, folder }: Exchange, tokens: Readonly<Record<string, string>>): string[] {
  const shared = [
    curlSetting('user-agent', agent),
    'silent',
    'show-error',
    'max-time = 3600',
    'connect-timeout = 30',
    ...(tls.ca === undefined ? [] : [curlSetting('cacert', tls.ca)]),
  ];
  const client = tls.client ? [curlSetting('cert', beforePassword(tls.client.cert)), curlSetting('key', tls.client.key)] : [];
  const configurations = Object.entries(tokens).map(
    ([name, token]) => [name, [...shared, ...client, curlSetting('header', `JOB-TOKEN: ${token}`)]] as const,
  );
  return [
    `_folder=${quote(folder)}`,
    'rm -rf "$_folder"',
    '(umask 077; mkdir -p "$_folder")',
    ...requireRoom(folder),
    '(umask 077',
    ...[['anonymous', shared] as const, ...configurations].map(
      ([name, lines]) => `printf '%s\\n' ${lines.map((line) => quote(line, 'a job token')).join(' ')} > "$_folder/${name}"`,
    ),
    ')',
  ];
}

/** A path that a password could follow after a colon, as curl reads it. */
function beforePassword(path: string): string {
  return path.replaceAll(/[\\:]/g, '\\$&');
}
