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
