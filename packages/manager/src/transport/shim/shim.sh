#!/bin/sh
# The shim: runs the stages of one job in a worker, detached from any connection.
#
#   sh FOLDER/shim VERB GENERATION VERSION ARGUMENTS...
#
# One JSON line on stderr answers every verb; stdout carries raw bytes only. docs/explanation/contracts.md has the verbs and the files.
#
# Fence: everything a generation may change lies under FOLDER/g.N. `open` of a higher generation renames that folder, which is atomic,
# and each verb acts through the path with its own N: it acts before the rename or not at all. So there is no lock to go stale.
# What runs detached uses its working directory or descriptors, which follow a rename.
#
# Names begin with fgr_, because a name that the container exports would reach the job's scripts with our value.
#
# Used beyond POSIX and looked for in dash, busybox ash and bash: test's -ef, and ulimit -f, which bash counts as POSIX has it in its
# posix mode only.
# shellcheck disable=SC3013,SC3040
set -u
[ -z "${BASH_VERSION:-}" ] || set -o posix
fgr_dir=${0%/*}
fgr_journal=$fgr_dir/journal

fgr_size() { # FILE -> fgr_size
  fgr_size=$(($(wc -c <"$1")))
}

fgr_nap() { # SECONDS; not every sleep knows fractions
  sleep "$1" 2>/dev/null || sleep 1
}

# Files that must be written on a full disk are made with all their bytes and overwritten in place.
fgr_blame() { # RUN CAUSE: the first cause stays
  read -r fgr_x <"$1/cause" || return 1
  [ "$fgr_x" != exit ] || printf '%-8s\n' "$2" 1<>"$1/cause"
}

fgr_pids() { # RUN -> fgr_super fgr_pid, false when the supervisor does not come up
  for fgr_x in 1 2 3 4 5 6 7 8 9 10; do
    fgr_dot=
    read -r fgr_super fgr_pid fgr_dot 2>/dev/null <"$1/pids"
    [ "$fgr_dot" != . ] || return 0
    fgr_nap 0.1
  done
  return 1
}

fgr_hit() { # RUN SIGNAL: signals the script's process group, false when there is none
  fgr_pids "$1" || return 1
  # In its first moment it is no group yet.
  kill -s "$2" -- "-$fgr_pid" || kill -s "$2" "$fgr_pid"
}

# --- one stage: a process group of its own, the run's folder as working directory, `alive` held open on descriptor 8 ---

fgr_supervise() { # SCRIPT SHELL DETACH DEADLINE GRACE LIMIT
  trap : TERM HUP INT
  fgr_late=
  trap fgr_late=1 USR1
  fgr_copy "$6" &
  fgr_copier=$!
  fgr_guard "$4" "$5" &
  # In the foreground, because what a shell starts with & can never get rid of ignoring SIGINT.
  [ "$3" = setsid ] || set -m
  (fgr_script "$@") </dev/null >out 2>&1
  fgr_code=$?
  set +m
  fgr_linger &
  while [ -z "$fgr_late" ]; do
    wait "$fgr_copier"
    [ $? -gt 128 ] || break
  done
  read -r fgr_cause <cause
  read -r fgr_over <over
  fgr_size "$fgr_journal"
  printf '%s %s %s %s .\n' "$fgr_code" "$fgr_cause" "$fgr_size" "$fgr_over" 1<>end
  exec 8>&-
  # The guard and the timer. A copier that still has a writer goes on.
  kill -s TERM -- "-$$"
  # It holds secrets.
  rm -f "$1"
}

# These close `alive` themselves: a shell that closes it around a function keeps a copy.

fgr_script() { # as fgr_supervise
  exec 8>&-
  read -r fgr_pid fgr_x </proc/self/stat
  printf '%s %s .\n' $$ "$fgr_pid" 1<>pids
  cd "${HOME:-/}" 2>/dev/null || cd /
  unset FARGATE_GITLAB_RUNNER_NONCE SSH_PUBLIC_KEY SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_ORIGINAL_COMMAND OLDPWD
  [ "$3" != setsid ] || exec setsid "$2" "$1"
  exec "$2" "$1"
}

# From the FIFO into the journal. A file would be truncated by a script that opens /dev/stderr. What the limit or a full disk keeps out
# is counted; a script that writes must never block or get SIGPIPE for it.
fgr_copy() { # LIMIT
  exec 8>&-
  trap '' TERM HUP INT XFSZ
  ulimit -f $((($1 + 511) / 512))
  { cat >>"$fgr_journal" || wc -c 1<>over; } <out
}

fgr_linger() {
  exec 8>&-
  while sleep 1 && kill -s USR1 $$; do :; done
}

fgr_guard() { # DEADLINE GRACE
  exec 8>&-
  fgr_left=$(($1 - $(date +%s)))
  [ "$fgr_left" -le 0 ] || sleep "$fgr_left"
  fgr_blame . deadline
  fgr_hit . TERM
  sleep "$2"
  fgr_hit . KILL
}

if [ "$1" = supervise ]; then
  shift
  fgr_supervise "$@"
  exit
fi

# --- answers ---

fgr_answer() { # ANSWER FIELDS CODE
  printf '{"shim":1,"answer":"%s"%s}\n' "$1" "$2" >&2
  exit "$3"
}

fgr_ok() { # FIELDS
  fgr_answer ok "$1" 0
}

fgr_broken() { # WORDS
  fgr_answer broken ",\"cause\":\"$1\"" 70
}

# Why the path of this generation does not work.
fgr_refuse() {
  for fgr_x in "$fgr_dir"/g.*; do
    fgr_x=${fgr_x##*/g.}
    case $fgr_x in
      '*') fgr_broken 'this worker is closed' ;;
      "$fgr_gen") fgr_broken 'there is no such stage, chunk or file, or it could not be written' ;;
    esac
    [ "$fgr_x" -lt "$fgr_gen" ] || fgr_answer stale ",\"generation\":$fgr_x" 75
  done
  fgr_broken 'this generation was never opened'
}

fgr_full() { # FILES...
  rm -rf "$@"
  if [ -s "$fgr_dir/reserve" ]; then
    rm -f "$fgr_dir/reserve"
    fgr_answer full ',"again":true' 74
  fi
  fgr_answer full ',"again":false' 74
}

fgr_quote() { # TEXT -> fgr_quoted, a JSON string
  case $1 in
    *[!A-Za-z0-9_./:@%+=,-]*) ;;
    *)
      fgr_quoted=\"$1\"
      return
      ;;
  esac
  fgr_quoted='' fgr_x=$1
  while [ -n "$fgr_x" ]; do
    fgr_rest=${fgr_x#?}
    fgr_char=${fgr_x%"$fgr_rest"}
    fgr_x=$fgr_rest
    case $fgr_char in
      [\\\"]) fgr_char=\\$fgr_char ;;
      [[:cntrl:]]) fgr_char=$(printf '\\u%04x' "'$fgr_char") ;;
    esac
    fgr_quoted=$fgr_quoted$fgr_char
  done
  fgr_quoted=\"$fgr_quoted\"
}

fgr_ended() { # RUN -> fgr_code fgr_cause fgr_end fgr_over
  read -r fgr_code fgr_cause fgr_end fgr_over fgr_dot <"$1/end" && [ "$fgr_dot" = . ]
}

fgr_end_fields() {
  printf '"code":%s,"cause":"%s","journalEnd":%s,"discarded":%s' "$fgr_code" "$fgr_cause" "$fgr_end" "$fgr_over"
}

# --- open ---

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

# --- the other verbs; each begins with fgr_renew, which is the fence too ---

fgr_renew() {
  { printf '1\n' 1<>"$fgr_now/renewed"; } 2>/dev/null || fgr_refuse
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

fgr_run() { # STAGE ATTEMPT SIZE DEADLINE GRACE LIMIT, the script on stdin
  fgr_renew
  fgr_facts
  fgr_run=$fgr_now/runs/$1@$2 fgr_new=$fgr_dir/new.$$ fgr_file=$fgr_dir/scripts/$1@$2.$$
  [ ! -d "$fgr_run" ] || fgr_ok ',"started":"before"'
  cat >"$fgr_file" || fgr_full "$fgr_file"
  fgr_size "$fgr_file"
  [ "$fgr_size" = "$3" ] || {
    rm -f "$fgr_file"
    fgr_broken 'the script did not arrive whole'
  }
  fgr_prepare || fgr_full "$fgr_file" "$fgr_new"
  cd "$fgr_new" || fgr_broken 'the folder of the stage is gone'
  # From here on followers see a holder of `alive`: this shell, then the supervisor.
  exec 8<>alive
  mv "$fgr_new" "$fgr_run" 2>/dev/null
  [ ! -d "$fgr_run/new.$$" ] || fgr_new=$fgr_run/new.$$
  if [ -d "$fgr_new" ]; then
    rm -rf "$fgr_new" "$fgr_file"
    [ ! -d "$fgr_run" ] || fgr_ok ',"started":"before"'
    fgr_refuse
  fi
  # By a child, because SIGPIPE kills who answers a manager that has gone, and the stage counts as started already.
  (printf '{"shim":1,"answer":"ok","started":"now"}\n' >&2)
  set -- supervise "$fgr_file" "$fgr_shell" "$fgr_how" "$4" "$5" "$6"
  exec </dev/null >/dev/null 2>&1
  read -r fgr_x fgr_x fgr_x fgr_x fgr_group fgr_x </proc/$$/stat
  [ "$fgr_how" = setsid ] || exec bash -c 'set -m; "$@" &' bash bash "$fgr_dir/shim" "$@"
  # setsid forks where it is run by the leader of a process group, and then nothing ignores SIGINT.
  [ "$fgr_group" != $$ ] || exec setsid sh "$fgr_dir/shim" "$@"
  setsid sh "$fgr_dir/shim" "$@" &
}

fgr_prepare() {
  set -- "$fgr_now"/runs/*
  [ -e "$1" ] || shift
  mkdir "$fgr_new" &&
    mkfifo "$fgr_new/out" "$fgr_new/alive" &&
    printf '%s\n' $(($# + 1)) >"$fgr_new/turn" &&
    printf '%-8s\n' exit >"$fgr_new/cause" &&
    printf '%-20s\n' 0 >"$fgr_new/over" &&
    printf '%40s\n' '' >"$fgr_new/pids" &&
    printf '%80s\n' '' >"$fgr_new/end"
}

fgr_follow() { # STAGE ATTEMPT OFFSET; whoever follows keeps stdin open, its end is ours
  fgr_renew
  cd "$fgr_now/runs/$1@$2" 2>/dev/null || fgr_refuse
  # Open for both first, so that neither blocks; then the end of the file is the end of the supervisor.
  exec 9<>alive
  exec 7<alive 9>&-
  printf 'fargate-gitlab-runner\n'
  if fgr_ended .; then
    [ "$fgr_end" -le "$3" ] || tail -c "+$(($3 + 1))" "$fgr_journal" | head -c $((fgr_end - $3))
  else
    exec 6<&0
    fgr_live "$3"
    fgr_ended . || fgr_broken 'the supervisor of the stage is gone'
  fi
  fgr_ok ",$(fgr_end_fields)"
}

# Looks at the journal from time to time: often while a stage is young, because most are short and the first line matters, then twice a
# second, so that a script that prints line by line costs a packet each look and not each line. The end of the stage ends the nap.
fgr_live() { # OFFSET
  fgr_over=
  trap fgr_over=1 USR1
  (
    read -r fgr_x <&7
    kill -s USR1 $$
  ) >/dev/null 2>&1 6<&- &
  fgr_wait=$!
  (
    read -r fgr_x <&6
    kill "$fgr_wait" $$
  ) >/dev/null 2>&1 7<&- &
  fgr_watch=$!
  exec 5<"$fgr_journal"
  tail -c "+$(($1 + 1))" <&5
  for fgr_x in 0.01 0.02 0.03 0.04 0.1 0.1 0.1 0.1 0.1 0.1; do
    [ -n "$fgr_over" ] || fgr_doze "$fgr_x"
  done
  while [ -z "$fgr_over" ]; do
    fgr_doze 0.5
  done
  cat <&5
  kill "$fgr_watch" 2>/dev/null
}

fgr_doze() { # SECONDS: sleeps so that a signal wakes it, then hands over what has come
  sleep "$1" 2>/dev/null 5<&- 6<&- 7<&- &
  wait $! || [ -n "$fgr_over" ] || sleep 1
  cat <&5
}

fgr_signal() { # STAGE ATTEMPT NAME
  fgr_renew
  fgr_run=$fgr_now/runs/$1@$2
  [ -d "$fgr_run" ] || fgr_refuse
  ! fgr_ended "$fgr_run" || fgr_ok ',"sent":false'
  { fgr_blame "$fgr_run" signal; } 2>/dev/null || fgr_refuse
  if fgr_hit "$fgr_run" "$3" 2>/dev/null; then fgr_ok ',"sent":true'; fi
  fgr_ok ',"sent":false'
}

fgr_commit() { # NAME SIZE, the chunk on stdin
  fgr_keep chunks "$@"
}

fgr_put() { # NAME SIZE, the file on stdin
  fgr_keep files "$@"
}

fgr_keep() { # FOLDER NAME SIZE: stdin becomes a file of this generation, whole or not at all
  fgr_renew
  fgr_new=$fgr_dir/new.$$
  cat >"$fgr_new" || {
    rm -f "$fgr_new"
    fgr_answer full ',"again":false' 74
  }
  fgr_size "$fgr_new"
  [ "$fgr_size" = "$3" ] && mv "$fgr_new" "$fgr_now/$1/$2" 2>/dev/null && fgr_ok ''
  rm -f "$fgr_new"
  [ "$fgr_size" = "$3" ] || fgr_broken 'the bytes did not arrive whole'
  fgr_refuse
}

# Nothing detached: the script has our stdin and stdout, and is no stage. `read` takes no byte more than the line, unlike head.
fgr_pipe() { # on stdin one line, the script as %b has it; then what the script reads. $1 of the script is the folder of `put`
  fgr_renew
  IFS= read -r fgr_x || fgr_broken 'the script did not arrive whole'
  printf 'fargate-gitlab-runner\n'
  sh -c "$(printf '%b' "$fgr_x")" sh "$fgr_now/files"
  fgr_ok ",\"code\":$?"
}

fgr_fetch() { # NAME
  fgr_renew
  [ -f "$fgr_now/chunks/$1" ] || fgr_refuse
  fgr_size "$fgr_now/chunks/$1"
  printf 'fargate-gitlab-runner\n'
  cat "$fgr_now/chunks/$1" || fgr_refuse
  fgr_ok ",\"size\":$fgr_size"
}

fgr_journal_part() { # OFFSET SIZE
  fgr_renew
  printf 'fargate-gitlab-runner\n'
  tail -c "+$(($1 + 1))" "$fgr_journal" | head -c "$2" || fgr_refuse
  fgr_ok ",\"size\":$2"
}

fgr_close() {
  fgr_renew
  mv "$fgr_now" "$fgr_dir/closed" 2>/dev/null || fgr_refuse
  read -r fgr_pid 2>/dev/null <"$fgr_dir/orphan" && kill -s KILL -- "-$fgr_pid" 2>/dev/null
  fgr_kill_all "$fgr_dir/closed"
  for fgr_x in 1 2 3; do
    rm -rf "$fgr_dir" 2>/dev/null && break
    fgr_nap 0.1
  done
  fgr_ok ''
}

fgr_kill_all() { # FOLDER: every script's group and every supervisor's
  for fgr_run in "$1"/runs/*; do
    [ -d "$fgr_run" ] || continue
    fgr_pids "$fgr_run" || continue
    # The supervisor first: a script that has no group of its own yet is in that one.
    kill -s KILL -- "-$fgr_super" 2>/dev/null
    kill -s KILL -- "-$fgr_pid" 2>/dev/null
  done
}

# Ends a worker that nobody has renewed for the timeout. What is left behind keeps a manager that comes back later from beginning anew.
fgr_orphan() { # TIMEOUT
  printf '%s\n' $$ >"$fgr_dir/orphan"
  fgr_step=$(($1 / 4)) fgr_most=4 fgr_missed=0
  [ "$fgr_step" -gt 0 ] || fgr_step=1 fgr_most=$1
  until [ "$fgr_missed" -ge "$fgr_most" ] && mv "$fgr_now" "$fgr_dir/gone"; do
    sleep "$fgr_step"
    for fgr_now in "$fgr_dir"/g.*; do
      if ! read -r fgr_x 2>/dev/null <"$fgr_now/renewed"; then
        [ -d "$fgr_dir" ] || exit 0
      elif [ "$fgr_x" = 1 ]; then
        fgr_missed=0
        printf '0\n' 1<>"$fgr_now/renewed"
      else
        fgr_missed=$((fgr_missed + 1))
      fi
    done
  done
  fgr_kill_all "$fgr_dir/gone"
  rm -rf "$fgr_dir/scripts" "$fgr_journal" "$fgr_dir/reserve" "$fgr_dir/gone/chunks" "$fgr_dir/gone/files"
  # Only where the first process is the container's own.
  ! tr '\0' '\n' </proc/1/environ | grep -q '^FARGATE_GITLAB_RUNNER_NONCE=' || kill -s TERM 1
}

fgr_verb=$1 fgr_gen=$2 fgr_now=$fgr_dir/g.$2
[ "$3" = 1 ] || fgr_broken 'this shim speaks version 1'
shift 3
case $fgr_verb in
  open | run | follow | signal | commit | put | fetch | pipe | close | orphan) "fgr_$fgr_verb" "$@" ;;
  journal) fgr_journal_part "$@" ;;
  renew) fgr_renew && fgr_ok '' ;;
  *) fgr_broken 'no such verb' ;;
esac
