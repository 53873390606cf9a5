#!/usr/bin/env bash
# Finds, of every service, the newest revision with an image that was deployed
# before. In: ENVIRONMENT, SHA (of the backend's commit), PARAMETERS, REVISIONS (file to write).
set -euo pipefail
parameter() { jq -er --arg name "$1" '.[$name] // error("SSM has no parameter " + $name)' "$PARAMETERS"; }
[[ $SHA =~ ^[0-9a-f]{40}$ ]] || { echo "::error::SHA: 40 hexadecimal digits are required"; exit 1; }
image="$(parameter image/repository-url):$ENVIRONMENT-$SHA"
echo '{}' >"$REVISIONS"
for service in $(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/name$").s' "$PARAMETERS"); do
  container=$(parameter "service/$service/container-name")
  found=
  for arn in $(aws ecs list-task-definitions --family-prefix "$(parameter "service/$service/task-family")" --status ACTIVE --sort DESC --max-items 100 --query 'taskDefinitionArns[]' --output text); do
    [ "$arn" != None ] || continue
    if aws ecs describe-task-definition --task-definition "$arn" --output json |
      jq -e --arg image "$image" --arg container "$container" 'any(.taskDefinition.containerDefinitions[]; .name == $container and .image == $image)' >/dev/null; then
      found=$arn
      break
    fi
  done
  [ -n "$found" ] || { echo "::error::$service was never deployed with $image, or longer than 100 revisions ago"; exit 1; }
  echo "$service: $found"
  jq --arg service "$service" --arg arn "$found" '.[$service] = $arn' "$REVISIONS" >"$REVISIONS.new"
  mv "$REVISIONS.new" "$REVISIONS"
done
