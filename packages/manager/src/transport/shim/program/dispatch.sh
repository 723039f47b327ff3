fgr_verb=$1 fgr_gen=$2 fgr_now=$fgr_dir/g.$2
[ "$3" = 1 ] || fgr_broken 'this shim speaks version 1'
shift 3
case $fgr_verb in
  open | run | follow | signal | commit | put | fetch | pipe | close | orphan) "fgr_$fgr_verb" "$@" ;;
  journal) fgr_journal_part "$@" ;;
  renew) fgr_renew && fgr_ok '' ;;
  *) fgr_broken 'no such verb' ;;
esac
