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
