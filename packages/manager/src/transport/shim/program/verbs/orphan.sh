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
