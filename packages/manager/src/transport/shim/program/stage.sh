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

fgr_ended() { # RUN -> fgr_code fgr_cause fgr_end fgr_over
  read -r fgr_code fgr_cause fgr_end fgr_over fgr_dot <"$1/end" && [ "$fgr_dot" = . ]
}

fgr_end_fields() {
  printf '"code":%s,"cause":"%s","journalEnd":%s,"discarded":%s' "$fgr_code" "$fgr_cause" "$fgr_end" "$fgr_over"
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
