#!/bin/sh
# ForceCommand of the worker's sshd: runs what the client asked for in the environment of the container, which sshd does not hand on.
# Process 1 alone has AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, ECS_CONTAINER_METADATA_URI_V4 and whatever the task definition set.
#
#   session.sh FILE   (FILE: export statements, written by entrypoint.sh)
#
# The arguments hold what must survive the file: no name in it can clash with them.
set -- "$1" "${SSH_ORIGINAL_COMMAND-}"
unset SSH_ORIGINAL_COMMAND
# shellcheck source=/dev/null
. "$1"
# bash reads ~/.bashrc for its first shell in an SSH session; what stands there would win over the container.
SHLVL=1
export SHLVL
[ -n "$2" ] || exec "${SHELL:-/bin/sh}" -l
exec "${SHELL:-/bin/sh}" -c "$2"
