fgr_keep() { # FOLDER NAME SIZE: stdin becomes a file of this generation, whole or not at all
  fgr_renew
  fgr_new=$fgr_dir/new.$$
  cat >"$fgr_new" || {
    # A stage waits for a file; a chunk that has no room here is kept elsewhere.
    [ "$1" != files ] || fgr_full "$fgr_new"
    rm -f "$fgr_new"
    fgr_answer full ',"again":false' 74
  }
  fgr_size "$fgr_new"
  [ "$fgr_size" = "$3" ] && mv "$fgr_new" "$fgr_now/$1/$2" 2>/dev/null && fgr_ok ''
  rm -f "$fgr_new"
  [ "$fgr_size" = "$3" ] || fgr_broken 'the bytes did not arrive whole'
  fgr_refuse
}
