#!/usr/bin/env bash
# Says what runs where. In: ENVIRONMENT, PARAMETERS.
set -euo pipefail
parameter() { jq -er --arg name "$1" '.[$name] // error("SSM has no parameter " + $name)' "$PARAMETERS"; }
cluster=$(parameter ecs/cluster-name)
{
  echo "### What runs in $ENVIRONMENT"
  echo
  echo "| service | revision | image | tasks |"
  echo "| --- | --- | --- | --- |"
  for service in $(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/name$").s' "$PARAMETERS"); do
    container=$(parameter "service/$service/container-name")
    described=$(aws ecs describe-services --cluster "$cluster" --services "$(parameter "service/$service/name")" --output json)
    running=$(jq -r '.services[0].taskDefinition' <<<"$described")
    image=$(aws ecs describe-task-definition --task-definition "$running" --output json |
      jq -r --arg container "$container" '.taskDefinition.containerDefinitions[] | select(.name == $container).image')
    echo "| $service | ${running##*/} | ${image##*/} | $(jq -r '.services[0] | "\(.runningCount) of \(.desiredCount)"' <<<"$described") |"
  done
  echo
  jq -r '."public/url" // empty' "$PARAMETERS"
} | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
