fgr_signal() { # STAGE ATTEMPT NAME
  fgr_renew
  fgr_run=$fgr_now/runs/$1@$2
  [ -d "$fgr_run" ] || fgr_refuse
  ! fgr_ended "$fgr_run" || fgr_ok ',"sent":false'
  { fgr_blame "$fgr_run" signal; } 2>/dev/null || fgr_refuse
  if fgr_hit "$fgr_run" "$3" 2>/dev/null; then fgr_ok ',"sent":true'; fi
  fgr_ok ',"sent":false'
}
