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
