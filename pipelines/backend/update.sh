#!/usr/bin/env bash
# Puts every service on its revision and waits until each deployment is
# complete. Fails when one was rolled back, by the circuit breaker or an alarm.
# In: PARAMETERS, REVISIONS, MINUTES to wait at most.
set -euo pipefail
parameter() { jq -er --arg name "$1" '.[$name] // error("SSM has no parameter " + $name)' "$PARAMETERS"; }
cluster=$(parameter ecs/cluster-name)
services=$(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/name$").s' "$PARAMETERS")
[ -n "$services" ] || { echo "::error::SSM names no service"; exit 1; }
declare -A revision deployment
for service in $services; do
  revision[$service]=$(jq -er --arg service "$service" '.[$service]' "$REVISIONS")
done
for service in $services; do
  deployment[$service]=$(aws ecs update-service --cluster "$cluster" --service "$(parameter "service/$service/name")" \
    --task-definition "${revision[$service]}" --output json | jq -er '.service.deployments[] | select(.status == "PRIMARY").id')
  echo "$service: ${revision[$service]##*/} by ${deployment[$service]}"
done
deadline=$((SECONDS + MINUTES * 60))
failed=0
for service in $services; do
  unseen=0
  while :; do
    described=$(aws ecs describe-services --cluster "$cluster" --services "$(parameter "service/$service/name")" --output json)
    # A deployment that is gone was replaced: by a rollback, or by another run.
    # ECS may also not show it yet, so it counts at the third look.
    state=$(jq -r --arg id "${deployment[$service]}" '[.services[0].deployments[] | select(.id == $id) | .rolloutState // "IN_PROGRESS"] | first // "GONE"' <<<"$described")
    if [ "$state" = GONE ] && [ "$unseen" -lt 2 ]; then
      unseen=$((unseen + 1))
      state=IN_PROGRESS
    fi
    if [ "$state" = COMPLETED ]; then
      running=$(jq -r '.services[0].deployments[] | select(.status == "PRIMARY").taskDefinition' <<<"$described")
      [ "$running" = "${revision[$service]}" ] && echo "$service: runs ${running##*/}" && break
      state="REPLACED by ${running##*/}"
    fi
    if [ "$state" != IN_PROGRESS ] || [ "$SECONDS" -ge "$deadline" ]; then
      echo "::error::$service does not run ${revision[$service]##*/}: the deployment is $state"
      jq -r --arg id "${deployment[$service]}" '.services[0] | (.deployments[] | select(.id == $id).rolloutStateReason // empty), (.events // [] | .[:5][].message)' <<<"$described"
      failed=1
      break
    fi
    sleep "${POLL_SECONDS:-10}"
  done
done
exit "$failed"
