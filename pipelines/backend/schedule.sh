#!/usr/bin/env bash
# Puts the schedule of every job on the revision that was deployed, and deletes the
# schedules of what is no job any more. The infrastructure makes their group only:
# a schedule says what a task runs, with the rights of the job.
# In: ENVIRONMENT, PARAMETERS, REVISIONS.
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "bash 4 or later is required, and this is $BASH_VERSION (macOS: brew install bash)" >&2; exit 1; }
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=8
trap 'echo "::error::The services are deployed, and the schedules of the jobs are not all up to date: a command failed (exit code $?), its message is above. Run this again."' ERR
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
if [ -z "${published[jobs/schedule-group]:-}" ]; then
  echo "No job has a schedule"
  exit 0
fi
group=$(parameter jobs/schedule-group)
there=$(aws scheduler list-schedules --group-name "$group" --output json | jq -r '.Schedules[].Name')
# A rate begins at its StartDate, and at once without one, so at every update; nor may it
# lie more than five minutes back (EventBridge Scheduler user guide, "Rate-based
# schedules"; getmoto/moto pull request 8172). So it is the next of the rate's multiples
# since 1970, which are the same whenever the backend is deployed.
start() { # EXPRESSION
  local value unit seconds
  read -r value unit <<<"$(sed -nE 's/^rate\(([0-9]+) (minute|hour|day)s?\)$/\1 \2/p' <<<"$1")"
  [ -n "$value" ] || return 0
  case "$unit" in minute) seconds=60 ;; hour) seconds=3600 ;; *) seconds=86400 ;; esac
  seconds=$((value * seconds))
  jq -rn --argjson every "$seconds" 'now | (. / $every | floor + 1) * $every | todate'
}
jobs=$(jq -r 'keys[] | capture("^job/(?<j>[^/]+)/schedule$").j' "$PARAMETERS")
declare -A wanted
for job in $jobs; do
  revision=$(jq -r --arg job "$job" '.[$job] // empty' "$REVISIONS")
  [ -n "$revision" ] || continue
  wanted[$job]=1
  schedule=$(jq -n --arg name "$job" --arg group "$group" --arg expression "$(parameter "job/$job/schedule")" --arg start "$(start "$(parameter "job/$job/schedule")")" --arg zone "${published[job/$job/time-zone]:-UTC}" \
    --arg cluster "${revision%%:task-definition/*}:cluster/$(parameter ecs/cluster-name)" --arg role "$(parameter jobs/scheduler-role-arn)" \
    --arg dead "$(parameter jobs/dead-letter-queue-arn)" --arg revision "$revision" --arg subnets "$(parameter network/private-subnet-ids)" \
    --arg security "$(parameter "service/$job/security-group-id")" '{
      Name: $name, GroupName: $group, ScheduleExpression: $expression, ScheduleExpressionTimezone: $zone, State: "ENABLED", FlexibleTimeWindow: {Mode: "OFF"},
      Target: {Arn: $cluster, RoleArn: $role, DeadLetterConfig: {Arn: $dead}, RetryPolicy: {MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 5},
        EcsParameters: {TaskDefinitionArn: $revision, TaskCount: 1, LaunchType: "FARGATE",
          NetworkConfiguration: {awsvpcConfiguration: {Subnets: ($subnets | split(",")), SecurityGroups: [$security], AssignPublicIp: "DISABLED"}}}}} + if $start == "" then {} else {StartDate: $start} end')
  verb=create-schedule
  if grep -qxF "$job" <<<"$there"; then verb=update-schedule; fi
  aws scheduler "$verb" --cli-input-json "$schedule" --output json >/dev/null
  echo "$job: ${revision##*/}, $(parameter "job/$job/schedule") ${published[job/$job/time-zone]:-}"
done
for name in $there; do
  [ -z "${wanted[$name]:-}" ] || continue
  aws scheduler delete-schedule --group-name "$group" --name "$name"
  echo "$name: is no scheduled job any more, or has no revision; its schedule is deleted"
done
