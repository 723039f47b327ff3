fgr_put() { # NAME SIZE, the file on stdin
  fgr_keep files "$@"
}
