#!/usr/bin/env bash
# Registers a revision of every task definition with a new image and the
# published roles; all else stays as in the newest revision, which may be
# infrastructure's. In: PARAMETERS, IMAGE, REVISIONS (file to write: service → ARN).
set -euo pipefail
parameter() { jq -er --arg name "$1" '.[$name] // error("SSM has no parameter " + $name)' "$PARAMETERS"; }
echo '{}' >"$REVISIONS"
for service in $(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/task-family$").s' "$PARAMETERS"); do
  family=$(parameter "service/$service/task-family")
  container=$(parameter "service/$service/container-name")
  task_role=$(parameter "service/$service/task-role-arn")
  execution_role=$(parameter "service/$service/execution-role-arn")
  current=$(aws ecs describe-task-definition --task-definition "$family" --include TAGS --output json)
  revision=$(jq -e --arg image "$IMAGE" --arg container "$container" --arg task "$task_role" --arg execution "$execution_role" '
    (.tags // []) as $tags | .taskDefinition
    | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy, .deregisteredAt)
    | if any(.containerDefinitions[]; .name == $container) then . else error("no container " + $container + " in " + .family) end
    | .containerDefinitions |= map(if .name == $container then .image = $image else . end)
    | .taskRoleArn = $task | .executionRoleArn = $execution
    | if $tags == [] then . else .tags = $tags end' <<<"$current")
  arn=$(aws ecs register-task-definition --cli-input-json "$revision" --query taskDefinition.taskDefinitionArn --output text)
  echo "$service: $arn"
  jq --arg service "$service" --arg arn "$arn" '.[$service] = $arn' "$REVISIONS" >"$REVISIONS.new"
  mv "$REVISIONS.new" "$REVISIONS"
done
