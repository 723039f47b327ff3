#!/bin/sh
# Entrypoint of a worker.
#
# With SSH_PUBLIC_KEY (RunTask sets it for each job): an SSH server that lets that one key in, as one user, and hands the container's
# environment to every session. Without it: the given command; the ci-deadline sidecar runs this same image that way.
#
#   SSH_PUBLIC_KEY    one authorized_keys line
#   WORKER_SSH_USER   the user who is let in                         (default: root, or whoever runs this)
#   WORKER_SSH_PORT   the port                                       (default: 22)
#   WORKER_RUN_DIR    where host key, authorized key and environment lie; its parents must be writable by their owner only
#                                                                    (default: /run/fargate-gitlab-runner-worker)
#
# Host keys are made here and now: an image that carried them would give every worker the same identity.
#
# Names begin with fgr_, because a name that the container exports would reach the sessions with our value. The umask of the container is
# that of the jobs: only what nobody else may read is written under another.
set -eu

fgr_fail() { # WHAT CURE
  printf 'worker: %s\n  cure: %s\n' "$1" "$2" >&2
  exit 78
}

# Nothing of the session's own; sshd sets these for each.
fgr_environment() (
  unset SSH_PUBLIC_KEY HOME USER LOGNAME SHELL PWD OLDPWD SHLVL TERM MAIL SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_ORIGINAL_COMMAND
  export -p
)

if [ -z "${SSH_PUBLIC_KEY:-}" ]; then
  [ $# -gt 0 ] || fgr_fail 'there is neither SSH_PUBLIC_KEY nor a command' 'set SSH_PUBLIC_KEY, as RunTask does for a job, or give a command'
  exec "$@"
fi

fgr_here=${0%/*}
fgr_run=${WORKER_RUN_DIR:-/run/fargate-gitlab-runner-worker}
fgr_user=${WORKER_SSH_USER:-$(id -un)}
fgr_port=${WORKER_SSH_PORT:-22}
fgr_sshd=$(PATH=$PATH:/usr/sbin:/sbin && command -v sshd) || fgr_fail 'sshd is not installed' 'install openssh-server into the image'

id -u "$fgr_user" >/dev/null 2>&1 ||
  fgr_fail "WORKER_SSH_USER is '$fgr_user', and the image has no such user" 'make the user in the image: --build-arg SSH_USER=NAME'
if [ "$(id -u)" -ne 0 ] && [ "$fgr_user" != "$(id -un)" ]; then
  fgr_fail "WORKER_SSH_USER is '$fgr_user', but the container runs as '$(id -un)'" 'run the container as root, or let in the user that it runs as'
fi
case $fgr_port in
'' | *[!0-9]*) fgr_fail "WORKER_SSH_PORT is '$fgr_port', and no number" 'a port from 1 to 65535' ;;
esac

(umask 022 && mkdir -p "$fgr_run")
chmod 711 "$fgr_run"
rm -f "$fgr_run/host_key" "$fgr_run/host_key.pub" "$fgr_run/environment"
(umask 077 && ssh-keygen -q -t ed25519 -N '' -C '' -f "$fgr_run/host_key")
printf '%s\n' "$SSH_PUBLIC_KEY" >"$fgr_run/authorized_keys"
chmod 644 "$fgr_run/authorized_keys"
fgr_key=$(ssh-keygen -l -f "$fgr_run/authorized_keys" 2>/dev/null) ||
  fgr_fail 'SSH_PUBLIC_KEY is no public key' 'one line as in authorized_keys: ssh-ed25519 AAAA...'
(umask 077 && fgr_environment >"$fgr_run/environment")
if [ "$(id -u)" -eq 0 ]; then
  chown "$fgr_user" "$fgr_run/environment"
  # Debian's sshd drops its rights into this folder.
  mkdir -p /run/sshd
  chmod 755 /run/sshd
fi

printf 'worker: host key %s\n' "$(ssh-keygen -l -f "$fgr_run/host_key.pub")"
printf 'worker: lets in %s with key %s, on port %s\n' "$fgr_user" "$fgr_key" "$fgr_port"
unset SSH_PUBLIC_KEY
exec "$fgr_sshd" -D -e -f "$fgr_here/sshd_config" -o "Port=$fgr_port" -o "HostKey=$fgr_run/host_key" \
  -o "AuthorizedKeysFile=$fgr_run/authorized_keys" -o "AllowUsers=$fgr_user" -o "ForceCommand=$fgr_here/session.sh $fgr_run/environment"
