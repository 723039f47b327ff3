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
