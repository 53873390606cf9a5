#!/usr/bin/env bash
# Runs a command and hands on a cancellation. GitHub's runner signals a step's
# shell only: SIGINT, after 7.5 s SIGTERM, after another 2.5 s it kills every
# process (actions/runner, ProcessInvoker). The command gets SIGINT once, with
# its whole process group, since Terraform drops everything at the second one.
#
#     exec pipelines/forward.sh make apply …
set -um
"$@" &
command=$!
told=
tell() {
  [ -z "$told" ] || return
  told=1
  echo "::warning title=Cancelled::The command has been asked to stop. GitHub kills it within 10 seconds."
  kill -INT -- "-$command"
}
trap tell INT TERM
while :; do
  wait "$command"
  status=$?
  kill -0 "$command" 2>/dev/null || exit "$status"
done
