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
set -eu
umask 077

fail() { # WHAT CURE
  printf 'worker: %s\n  cure: %s\n' "$1" "$2" >&2
  exit 78
}

# Nothing of the session's own; sshd sets these for each.
export_environment() (
  unset SSH_PUBLIC_KEY HOME USER LOGNAME SHELL PWD OLDPWD SHLVL TERM MAIL SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_ORIGINAL_COMMAND here run user port
  export -p
)

if [ -z "${SSH_PUBLIC_KEY:-}" ]; then
  [ $# -gt 0 ] || fail 'there is neither SSH_PUBLIC_KEY nor a command' 'set SSH_PUBLIC_KEY, as RunTask does for a job, or give a command'
  exec "$@"
fi

here=${0%/*}
run=${WORKER_RUN_DIR:-/run/fargate-gitlab-runner-worker}
user=${WORKER_SSH_USER:-$(id -un)}
port=${WORKER_SSH_PORT:-22}
sshd=$(PATH=$PATH:/usr/sbin:/sbin && command -v sshd) || fail 'sshd is not installed' 'install openssh-server into the image'

id -u "$user" >/dev/null 2>&1 || fail "WORKER_SSH_USER is '$user', and the image has no such user" 'make the user in the image: --build-arg SSH_USER=NAME'
if [ "$(id -u)" -ne 0 ] && [ "$user" != "$(id -un)" ]; then
  fail "WORKER_SSH_USER is '$user', but the container runs as '$(id -un)'" 'run the container as root, or let in the user that it runs as'
fi
case $port in
'' | *[!0-9]*) fail "WORKER_SSH_PORT is '$port', and no number" 'a port from 1 to 65535' ;;
esac

mkdir -p "$run"
chmod 711 "$run"
rm -f "$run/host_key" "$run/host_key.pub"
ssh-keygen -q -t ed25519 -N '' -C '' -f "$run/host_key"
printf '%s\n' "$SSH_PUBLIC_KEY" >"$run/authorized_keys"
chmod 644 "$run/authorized_keys"
key=$(ssh-keygen -l -f "$run/authorized_keys" 2>/dev/null) ||
  fail 'SSH_PUBLIC_KEY is no public key' 'one line as in authorized_keys: ssh-ed25519 AAAA...'
export_environment >"$run/environment"
if [ "$(id -u)" -eq 0 ]; then
  chown "$user" "$run/environment"
  # Debian's sshd drops its rights into this folder.
  mkdir -p /run/sshd
  chmod 755 /run/sshd
fi

printf 'worker: host key %s\n' "$(ssh-keygen -l -f "$run/host_key.pub")"
printf 'worker: lets in %s with key %s, on port %s\n' "$user" "$key" "$port"
unset SSH_PUBLIC_KEY
exec "$sshd" -D -e -f "$here/sshd_config" -o "Port=$port" -o "HostKey=$run/host_key" -o "AuthorizedKeysFile=$run/authorized_keys" \
  -o "AllowUsers=$user" -o "ForceCommand=$here/session.sh $run/environment"
