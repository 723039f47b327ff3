fgr_make() {
  mkdir -p "$fgr_dir/new/runs" "$fgr_dir/new/chunks" "$fgr_dir/new/files" "$fgr_dir/scripts" &&
    printf '0\n' >"$fgr_dir/new/renewed" &&
    printf '' >"$fgr_journal" &&
    fgr_look >"$fgr_dir/facts" &&
    fgr_tools >"$fgr_dir/tools" &&
    mv "$fgr_dir/new" "$fgr_dir/g.$fgr_gen"
}

fgr_look() {
  if command -v setsid >/dev/null; then printf 'setsid '; else printf 'bash '; fi
  fgr_find bash || fgr_find sh || printf '/bin/sh\n'
}

# Looked for once, so that a successor decides as its predecessor did, whatever the job installed meanwhile.
fgr_tools() {
  fgr_list=
  for fgr_x in busybox curl gzip tar unzip zip zstd; do
    ! command -v "$fgr_x" >/dev/null || fgr_list=$fgr_list${fgr_list:+,}\"$fgr_x\"
  done
  printf '%s\n' "$fgr_list"
}

fgr_find() { # PROGRAM: its path, where `command -v` may name a builtin
  IFS=:
  for fgr_x in $PATH; do
    case $fgr_x/$1 in
      /*)
        if [ -f "$fgr_x/$1" ] && [ -x "$fgr_x/$1" ]; then
          printf '%s\n' "$fgr_x/$1"
          unset IFS
          return 0
        fi
        ;;
    esac
  done
  unset IFS
  return 1
}

# Gives the worker to our generation. There is exactly one g.N at any time, so of several renames one wins and the others look again.
fgr_claim() {
  fgr_try=0
  while [ "$fgr_try" -lt 20 ]; do
    fgr_try=$((fgr_try + 1))
    for fgr_old in "$fgr_dir"/g.*; do
      fgr_old=${fgr_old##*/g.}
      case $fgr_old in
        "$fgr_gen") return ;;
        '*')
          [ ! -d "$fgr_dir/gone" ] || fgr_broken 'the worker ended its job because no manager came back'
          fgr_nap 0.1
          ;;
        *)
          [ "$fgr_old" -lt "$fgr_gen" ] || fgr_answer stale ",\"generation\":$fgr_old" 75
          mv "$fgr_dir/g.$fgr_old" "$fgr_now" 2>/dev/null
          ;;
      esac
    done
  done
  fgr_broken 'the folder of this worker was left unfinished'
}

fgr_runs() { # -> fgr_list, JSON, in the order of the starts
  fgr_last=0 fgr_list=''
  for fgr_run in "$fgr_now"/runs/*; do
    read -r fgr_turn 2>/dev/null <"$fgr_run/turn" || continue
    fgr_name=${fgr_run##*/}
    fgr_item="{\"stage\":\"${fgr_name%@*}\",\"attempt\":${fgr_name##*@}"
    ! fgr_ended "$fgr_run" || fgr_item="$fgr_item,\"end\":{$(fgr_end_fields)}"
    fgr_item="$fgr_item}"
    eval "fgr_item_$fgr_turn=\${fgr_item_$fgr_turn:+\$fgr_item_$fgr_turn,}\$fgr_item"
    [ "$fgr_turn" -le "$fgr_last" ] || fgr_last=$fgr_turn
  done
  fgr_turn=0
  while [ "$fgr_turn" -lt "$fgr_last" ]; do
    fgr_turn=$((fgr_turn + 1))
    eval "fgr_item=\${fgr_item_$fgr_turn:-}"
    [ -z "$fgr_item" ] || fgr_list=$fgr_list${fgr_list:+,}$fgr_item
  done
}

fgr_open() { # ORPHAN_TIMEOUT
  if [ ! -d "$fgr_dir/made" ] && mkdir "$fgr_dir/made" 2>/dev/null; then
    fgr_make || fgr_answer full ',"again":false' 74
    fgr_facts
    fgr_detached sh "$fgr_dir/shim" orphan "$fgr_gen" 1 "$1"
    head -c 524288 /dev/zero >"$fgr_dir/reserve" || rm -f "$fgr_dir/reserve"
  fi
  fgr_claim
  fgr_renew
  fgr_facts
  fgr_nonce=${FARGATE_GITLAB_RUNNER_NONCE:-}
  [ -n "$fgr_nonce" ] || fgr_nonce=$(tr '\0' '\n' 2>/dev/null </proc/1/environ | sed -n 's/^FARGATE_GITLAB_RUNNER_NONCE=//p')
  read -r fgr_host </proc/sys/kernel/hostname || fgr_host=
  fgr_size "$fgr_journal"
  fgr_line=",\"version\":1,\"nowS\":$(date +%s),\"journalSize\":$fgr_size"
  fgr_quote "$fgr_nonce" && fgr_line="$fgr_line,\"nonce\":$fgr_quoted"
  fgr_quote "$fgr_host" && fgr_line="$fgr_line,\"hostname\":$fgr_quoted"
  fgr_quote "${HOME:-}" && fgr_line="$fgr_line,\"home\":$fgr_quoted"
  fgr_quote "$fgr_shell" && fgr_line="$fgr_line,\"shell\":$fgr_quoted"
  case $fgr_shell in */bash) fgr_line="$fgr_line,\"isBash\":true" ;; *) fgr_line="$fgr_line,\"isBash\":false" ;; esac
  if command -v git >/dev/null; then fgr_line="$fgr_line,\"hasGit\":true"; else fgr_line="$fgr_line,\"hasGit\":false"; fi
  read -r fgr_x <"$fgr_dir/tools" || fgr_x=
  fgr_line="$fgr_line,\"verbs\":[\"pipe\",\"put\",\"journal\"],\"tools\":[$fgr_x]"
  for fgr_x in "$fgr_now"/chunks/*; do :; done
  [ ! -e "$fgr_x" ] || fgr_line="$fgr_line,\"lastChunk\":\"${fgr_x##*/}\""
  fgr_runs
  fgr_ok "$fgr_line,\"stages\":[$fgr_list]"
}

fgr_facts() {
  read -r fgr_how fgr_shell <"$fgr_dir/facts"
}

fgr_detached() { # COMMAND...
  case $fgr_how in
    setsid) setsid "$@" ;;
    *) bash -c 'set -m; "$@" &' bash "$@" ;;
  esac </dev/null >/dev/null 2>&1 &
}
