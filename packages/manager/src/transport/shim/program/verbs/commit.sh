fgr_commit() { # NAME SIZE, the chunk on stdin
  fgr_keep chunks "$@"
}
