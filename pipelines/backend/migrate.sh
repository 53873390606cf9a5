#!/usr/bin/env bash
# Runs the migration task, shows its log and ends as it ended.
# In: PARAMETERS, REVISIONS, MINUTES to wait at most.
set -euo pipefail
parameter() { jq -er --arg name "$1" '.[$name] // error("SSM has no parameter " + $name)' "$PARAMETERS"; }
cluster=$(parameter ecs/cluster-name)
network=$(jq -n --arg subnets "$(parameter network/private-subnet-ids)" --arg group "$(parameter service/migrate/security-group-id)" \
  '{awsvpcConfiguration: {subnets: ($subnets | split(",")), securityGroups: [$group], assignPublicIp: "DISABLED"}}')
started=$(aws ecs run-task --cluster "$cluster" --task-definition "$(jq -er .migrate "$REVISIONS")" --launch-type FARGATE \
  --network-configuration "$network" --started-by "github-${GITHUB_RUN_ID:-laptop}" --output json)
task=$(jq -r '.tasks[0].taskArn // empty' <<<"$started")
if [ -z "$task" ]; then
  echo "::error::The migration did not start: $(jq -c .failures <<<"$started")"
  exit 1
fi
echo "Migration $task"
deadline=$((SECONDS + MINUTES * 60))
while :; do
  described=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --output json)
  [ "$(jq -r '.tasks[0].lastStatus' <<<"$described")" != STOPPED ] || break
  if [ "$SECONDS" -ge "$deadline" ]; then
    aws ecs stop-task --cluster "$cluster" --task "$task" --reason "The pipeline waits $MINUTES minutes" >/dev/null
    echo "::error::The migration did not end within $MINUTES minutes, and was stopped"
    exit 1
  fi
  sleep "${POLL_SECONDS:-6}"
done
container=$(parameter service/migrate/container-name)
# What the task wrote is shown, never taken for a command of the workflow.
guard="end-$RANDOM$RANDOM$RANDOM"
echo "::stop-commands::$guard"
aws logs get-log-events --log-group-name "$(parameter service/migrate/log-group)" --log-stream-name "migrate/$container/${task##*/}" \
  --start-from-head --output json | jq -r '.events[].message' || echo "(no log: the task may not have started)"
echo "::$guard::"
exit_code=$(jq -r --arg container "$container" '.tasks[0].containers[] | select(.name == $container) | .exitCode // "none"' <<<"$described")
if [ "$exit_code" != 0 ]; then
  echo "::error::The migration ended with exit code $exit_code: $(jq -r '.tasks[0].stoppedReason // "no reason given"' <<<"$described"). No service was updated."
  exit 1
fi
echo "The migration ended with exit code 0"
