# Each verb but open and orphan begins with this, which is the fence too.
fgr_renew() {
  { printf '1\n' 1<>"$fgr_now/renewed"; } 2>/dev/null || fgr_refuse
}
