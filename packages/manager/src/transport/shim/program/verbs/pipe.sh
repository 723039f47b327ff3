# Nothing detached: the script has our stdin and stdout, and is no stage. `read` takes no byte more than the line, unlike head.
fgr_pipe() { # on stdin one line, the script as %b has it; then what the script reads. $1 of the script is the folder of `put`
  fgr_renew
  IFS= read -r fgr_x || fgr_broken 'the script did not arrive whole'
  printf 'fargate-gitlab-runner\n'
  sh -c "$(printf '%b' "$fgr_x")" sh "$fgr_now/files"
  fgr_ok ",\"code\":$?"
}
