#!/usr/bin/env bash
# Says what runs where. In: ENVIRONMENT, PARAMETERS.
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "bash 4 or later is required, and this is $BASH_VERSION (macOS: brew install bash)" >&2; exit 1; }
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
cluster=$(parameter ecs/cluster-name)
{
  failed=0
  echo "### What runs in $ENVIRONMENT"
  echo
  echo "| service | revision | image | tasks |"
  echo "| --- | --- | --- | --- |"
  for service in $(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/name$").s' "$PARAMETERS"); do
    container=$(parameter "service/$service/container-name")
    if described=$(aws ecs describe-services --cluster "$cluster" --services "$(parameter "service/$service/name")" --output json) &&
      running=$(jq -er '.services[0].taskDefinition' <<<"$described") &&
      image=$(aws ecs describe-task-definition --task-definition "$running" --output json |
        jq -er --arg container "$container" '.taskDefinition.containerDefinitions[] | select(.name == $container).image'); then
      echo "| $service | ${running##*/} | ${image##*/} | $(jq -r '.services[0] | "\(.runningCount) of \(.desiredCount)"' <<<"$described") |"
    else
      echo "| $service | AWS does not say | | |"
      failed=1
    fi
  done
  echo
  jq -r '."public/url" // empty' "$PARAMETERS"
  [ "$failed" = 0 ]
} | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
