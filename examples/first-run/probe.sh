#!/bin/sh
# One probe of a worker. Prints lines "probe: ITEM: VALUE"; a value that begins with "none" or "failed" is worth a look. No secret is printed.
set -u

say() { # ITEM VALUE
  printf 'probe: %s: %s\n' "$1" "$2"
}

fetched() { # URL
  curl --silent --show-error --fail --max-time 5 "$1" 2>&1
}

field() { # NAME, JSON on stdin: the first string of that name
  # shellcheck disable=SC2020
  tr ',{' '\n\n' | sed -n "s/^[[:space:]]*\"$1\"[[:space:]]*:[[:space:]]*\"\\([^\"]*\\)\".*/\\1/p" | head -n 1
}

probe_start() {
  say started "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
}

probe_worker() {
  probe_start
  say user "$(id -un)"
  say shell "$(readlink "/proc/$$/exe" 2>/dev/null || echo unknown)"
  say architecture "$(uname -m)"
  say cpus "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo unknown)"
  if [ -z "${ECS_CONTAINER_METADATA_URI_V4:-}" ]; then
    say metadata 'none: ECS_CONTAINER_METADATA_URI_V4 does not reach the job'
  elif task=$(fetched "$ECS_CONTAINER_METADATA_URI_V4/task"); then
    say task "$(printf '%s' "$task" | field TaskARN)"
    say family "$(printf '%s' "$task" | field Family)"
    say zone "$(printf '%s' "$task" | field AvailabilityZone)"
    say launch "$(printf '%s' "$task" | field LaunchType)"
    say 'image pull' "$(printf '%s' "$task" | field PullStartedAt) to $(printf '%s' "$task" | field PullStoppedAt)"
  else
    say metadata "failed: $task"
  fi
  uri=${AWS_CONTAINER_CREDENTIALS_FULL_URI:-${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:+http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}}
  if [ -z "$uri" ]; then
    say role 'none: no credentials reach the job; right for a runner without worker_task_role_arn'
  elif answer=$(fetched "$uri"); then
    say role "$(printf '%s' "$answer" | field RoleArn)"
  else
    say role "failed: $answer"
  fi
  unset answer
}

probe_tools() {
  for tool in bash git git-lfs curl zip unzip zstd tar tail; do
    if command -v "$tool" >/dev/null 2>&1; then
      say "$tool" "$("$tool" --version 2>&1 </dev/null | sed -n '/[0-9]\.[0-9]/{p;q;}')"
    else
      say "$tool" none
    fi
  done
}

probe_network() {
  if fetched "$CI_SERVER_URL/robots.txt" >/dev/null; then say gitlab reached; else say gitlab "failed: $CI_SERVER_URL does not answer"; fi
  for address in ${PROBE_ADDRESSES:-}; do
    if answer=$(fetched "$address"); then say "$address" reached; else say "$address" "failed: $answer"; fi
  done
}

# 3 MB of lines, which is below the usual limit of a log, and the time they took in the worker.
probe_output() {
  from=$(date +%s)
  i=0
  while [ "$i" -lt 300 ]; do
    printf '%010000d\n' "$i" | fold -w 99
    i=$((i + 1))
  done
  say output "3 MB in $(($(date +%s) - from)) s"
}

probe_after() {
  say 'after_script sees' "${1:-none}"
}

case ${1:-} in
start | worker | tools | network | output | after)
  probe=$1
  shift
  "probe_$probe" "$@"
  ;;
*)
  echo 'usage: probe.sh start | worker | tools | network | output | after STATUS' >&2
  exit 64
  ;;
esac
