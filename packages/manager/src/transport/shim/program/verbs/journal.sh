fgr_journal_part() { # OFFSET SIZE
  fgr_renew
  printf 'fargate-gitlab-runner\n'
  tail -c "+$(($1 + 1))" "$fgr_journal" | head -c "$2" || fgr_refuse
  fgr_ok ",\"size\":$2"
}
