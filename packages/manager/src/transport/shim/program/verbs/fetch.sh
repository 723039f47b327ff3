fgr_fetch() { # NAME
  fgr_renew
  [ -f "$fgr_now/chunks/$1" ] || fgr_refuse
  fgr_size "$fgr_now/chunks/$1"
  printf 'fargate-gitlab-runner\n'
  cat "$fgr_now/chunks/$1" || fgr_refuse
  fgr_ok ",\"size\":$fgr_size"
}
