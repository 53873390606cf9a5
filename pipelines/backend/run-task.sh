#!/usr/bin/env bash
# Runs the task that sets the database's roles up, the migration or a job, shows its
# whole log and ends as it ended. One at a time, and none outlives the workflow's job:
# what ends this script stops the task. In: ENVIRONMENT, PARAMETERS, REVISIONS, MINUTES
# to wait at most, TASK ("roles", "migrate" by default, or a job).
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "bash 4 or later is required, and this is $BASH_VERSION (macOS: brew install bash)" >&2; exit 1; }
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=8
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
name=${TASK:-migrate}
case $name in
  roles) what='database setup' title='Database setup' limit='fixed in the workflow' kept='neither migration nor service was changed' again='run the workflow again: it is one transaction' retry='fix it and deploy again' ;;
  migrate) what=migration title=Migration limit='the input migration-minutes' kept='no service was updated' again='run the workflow again, which migrates from there if each migration is one transaction' retry='fix it and deploy again' ;;
  *) what="job $name" title="Job $name" limit='the input minutes' kept='nothing else was changed' again='run the workflow again' retry='fix it and run this again' ;;
esac
cluster=$(parameter ecs/cluster-name)
family=$(parameter "service/$name/task-family")
container=$(parameter "service/$name/container-name")
group=$(parameter "service/$name/log-group")
definition=$(jq -er --arg name "$name" '.[$name]' "$REVISIONS")
network=$(jq -n --arg subnets "$(parameter network/private-subnet-ids)" --arg group "$(parameter "service/$name/security-group-id")" \
  '{awsvpcConfiguration: {subnets: ($subnets | split(",")), securityGroups: [$group], assignPublicIp: "DISABLED"}}')
task='' started='' asked=no state=NONE token='' reason='The job ended' outcome=''
by="github-${GITHUB_RUN_ID:-laptop}"

say() { # level, text: to the log, and to the summary with the next step
  echo "::$1::$2"
  echo "**$title of $ENVIRONMENT:** $2" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
}
# Prints what the task wrote since the last time. CloudWatch gives the same
# token again at the end only; a page before that may be empty. What the task
# wrote is shown, never taken for a command of the workflow.
show_log() {
  local page next guard="end-$RANDOM$RANDOM$RANDOM$RANDOM"
  while page=$(aws logs get-log-events --log-group-name "$group" --log-stream-name "$name/$container/${task##*/}" \
    --start-from-head ${token:+--next-token "$token"} --output json 2>"$REVISIONS.log-error"); do
    if [ "$(jq '.events | length' <<<"$page")" != 0 ]; then
      echo "::stop-commands::$guard"
      jq -r '.events[].message' <<<"$page"
      echo "::$guard::"
    fi
    next=$(jq -r '.nextForwardToken // ""' <<<"$page")
    [ "$next" != "$token" ] || return 0
    token=$next
  done
  grep -q ResourceNotFoundException "$REVISIONS.log-error" || { echo "The log cannot be read now:"; cat "$REVISIONS.log-error"; }
}
stop_task() {
  aws ecs stop-task --cluster "$cluster" --task "$task" --reason "$reason" --output json >/dev/null
}
# A task may have been started though this script has not read its ARN.
find_task() {
  if [ -n "$started" ]; then
    task=$(jq -r '.tasks[0].taskArn // empty' <<<"$started")
  elif task=$(aws ecs list-tasks --cluster "$cluster" --started-by "$by" --query 'taskArns[]' --output json | jq -r '.[0] // empty'); then
    [ -n "$task" ] || say error "$outcome ${kept^}, and AWS lists no $what task of this run; one that was just started may be missing: \`aws ecs list-tasks --cluster $cluster --started-by $by\`. A new run refuses to start until it has ended."
  else
    say error "$outcome **A $what task may run**, and $kept. Next: see it with \`aws ecs list-tasks --cluster $cluster --started-by $by\` and stop it with \`aws ecs stop-task --cluster $cluster --task <id>\`; a new run refuses to start until it has ended."
  fi
}
# Runs on every way out. GitHub's runner sends SIGTERM 7.5 seconds after SIGINT
# and kills 2.5 seconds later: what happened is said before the log is read.
leave() {
  local code=$?
  trap '' INT TERM
  if [ -z "$task" ] && [ "$asked" = yes ]; then find_task || true; fi
  [ -n "$task" ] || exit "$code"
  if [ "$state" != STOPPED ]; then
    if stop_task; then
      outcome="$outcome The $what task was stopped, and $kept. Next: look in the log how far it came; $again."
    else
      outcome="$outcome **The $what task may still run**, and $kept. Next: see and stop it with \`aws ecs describe-tasks --cluster $cluster --tasks ${task##*/}\` and \`aws ecs stop-task --cluster $cluster --task ${task##*/}\`; a new run refuses to start until it has ended."
    fi
    [ "$code" != 0 ] || code=1
  fi
  [ -z "$outcome" ] || say error "$outcome"
  show_log
  [ -n "$token" ] || echo "(no log: the container did not start, or wrote nothing)"
  exit "$code"
}
trap 'reason="The job was cancelled"; outcome="The job was cancelled."; exit 130' INT TERM
trap leave EXIT
trap 'if [ -n "$task" ]; then outcome="${outcome:-A command failed, its message is above.}"; elif [ "$asked" = yes ]; then outcome="AWS did not start the $what, or did not say so: its message is above."; else say error "The $what was not started, and $kept: a command failed, its message is above."; fi' ERR

# A task that was told to stop works on for up to 30 seconds.
others=$(for status in RUNNING STOPPED; do
  aws ecs list-tasks --cluster "$cluster" --family "$family" --desired-status "$status" --max-items 100 --query 'taskArns[]' --output json
done | jq -s 'add | .[:100]')
if [ "$others" != "[]" ]; then
  running=$(aws ecs describe-tasks --cluster "$cluster" --cli-input-json "$(jq '{tasks: .}' <<<"$others")" --output json |
    jq -r '.tasks[] | select(.lastStatus | IN("STOPPED", "DELETED") | not) | "\(.taskArn | split("/") | last), started by \(.startedBy // "somebody"), is \(.lastStatus)"')
  if [ -n "$running" ]; then
    say error "A $what runs already, so none was started and $kept: ${running//$'\n'/; }. Next: wait until it has ended (\`aws ecs describe-tasks --cluster $cluster --tasks <id>\`), or stop it (\`aws ecs stop-task --cluster $cluster --task <id>\`), then run this again."
    exit 1
  fi
fi
asked=yes
started=$(aws ecs run-task --cluster "$cluster" --task-definition "$definition" --launch-type FARGATE \
  --network-configuration "$network" --started-by "$by" --output json)
task=$(jq -r '.tasks[0].taskArn // empty' <<<"$started")
if [ -z "$task" ]; then
  asked=no
  say error "The $what did not start, and $kept: $(jq -c .failures <<<"$started"). Next: run this again when the reason is gone."
  exit 1
fi
state=PROVISIONING
echo "$title $task"
deadline=$((SECONDS + MINUTES * 60))
while :; do
  described=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --output json)
  state=$(jq -r '.tasks[0].lastStatus // "GONE"' <<<"$described")
  [ "$state" != STOPPED ] || break
  show_log
  if [ "$SECONDS" -ge "$deadline" ]; then
    reason="The pipeline waits $MINUTES minutes" outcome="The $what did not end within $MINUTES minutes ($limit)."
    exit 1
  fi
  # bash takes a signal while it waits, not while it sleeps.
  sleep "${POLL_SECONDS:-6}" &
  wait $!
done
exit_code=$(jq -r --arg container "$container" '.tasks[0].containers[] | select(.name == $container) | .exitCode // "none"' <<<"$described")
if [ "$exit_code" != 0 ]; then
  outcome="The $what ended with exit code $exit_code: $(jq -r --arg container "$container" '.tasks[0] | [.stoppedReason, (.containers[] | select(.name == $container).reason)] | map(select(. != null)) | unique | join("; ") | if . == "" then "no reason given" else . end' <<<"$described"). ${kept^}. Next: the log says what failed; $retry."
  exit 1
fi
# CloudWatch may get the last lines a moment after the task has ended.
show_log
sleep "${POLL_SECONDS:-6}" &
wait $!
echo "The $what ended with exit code 0"
