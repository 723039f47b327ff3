# --- answers ---

fgr_answer() { # ANSWER FIELDS CODE
  printf '{"shim":1,"answer":"%s"%s}\n' "$1" "$2" >&2
  exit "$3"
}

fgr_ok() { # FIELDS
  fgr_answer ok "$1" 0
}

fgr_broken() { # WORDS
  fgr_answer broken ",\"cause\":\"$1\"" 70
}

# Why the path of this generation does not work.
fgr_refuse() {
  for fgr_x in "$fgr_dir"/g.*; do
    fgr_x=${fgr_x##*/g.}
    case $fgr_x in
      '*') fgr_broken 'this worker is closed' ;;
      "$fgr_gen") fgr_broken 'there is no such stage, chunk or file, or it could not be written' ;;
    esac
    [ "$fgr_x" -lt "$fgr_gen" ] || fgr_answer stale ",\"generation\":$fgr_x" 75
  done
  fgr_broken 'this generation was never opened'
}

fgr_full() { # FILES...
  rm -rf "$@"
  if [ -s "$fgr_dir/reserve" ]; then
    rm -f "$fgr_dir/reserve"
    fgr_answer full ',"again":true' 74
  fi
  fgr_answer full ',"again":false' 74
}

fgr_quote() { # TEXT -> fgr_quoted, a JSON string
  case $1 in
    *[!A-Za-z0-9_./:@%+=,-]*) ;;
    *)
      fgr_quoted=\"$1\"
      return
      ;;
  esac
  fgr_quoted='' fgr_x=$1
  while [ -n "$fgr_x" ]; do
    fgr_rest=${fgr_x#?}
    fgr_char=${fgr_x%"$fgr_rest"}
    fgr_x=$fgr_rest
    case $fgr_char in
      [\\\"]) fgr_char=\\$fgr_char ;;
      [[:cntrl:]]) fgr_char=$(printf '\\u%04x' "'$fgr_char") ;;
    esac
    fgr_quoted=$fgr_quoted$fgr_char
  done
  fgr_quoted=\"$fgr_quoted\"
}
