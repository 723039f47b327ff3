#!/bin/sh
# The shim: runs the stages of one job in a worker, detached from any connection.
#
#   sh FOLDER/shim VERB GENERATION VERSION ARGUMENTS...
#
# One JSON line on stderr answers every verb; stdout carries raw bytes only. docs/explanation/contracts.md has the verbs and the files.
#
# Fence: everything a generation may change lies under FOLDER/g.N. `open` of a higher generation renames that folder, which is atomic,
# and each verb acts through the path with its own N: it acts before the rename or not at all. So there is no lock to go stale.
# What runs detached uses its working directory or descriptors, which follow a rename.
#
# Names begin with fgr_, because a name that the container exports would reach the job's scripts with our value.
#
# Used beyond POSIX and looked for in dash, busybox ash and bash: test's -ef, and ulimit -f, which bash counts as POSIX has it in its
# posix mode only.
# shellcheck disable=SC3013,SC3040
set -u
[ -z "${BASH_VERSION:-}" ] || set -o posix
fgr_dir=${0%/*}
fgr_journal=$fgr_dir/journal

fgr_size() { # FILE -> fgr_size
  fgr_size=$(($(wc -c <"$1")))
}

fgr_nap() { # SECONDS; not every sleep knows fractions
  sleep "$1" 2>/dev/null || sleep 1
}
