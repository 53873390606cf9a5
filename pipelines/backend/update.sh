#!/usr/bin/env bash
# Puts every service on its revision, waits until each deployment that it
# started has ended, and says where each service is. Fails when one was rolled
# back, by the circuit breaker or an alarm. Run again, it goes on.
# In: ENVIRONMENT, PARAMETERS, REVISIONS, MINUTES to wait at most. Out, when all
# ended well: proven=true in GITHUB_OUTPUT, false when a service has 0 tasks.
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "bash 4 or later is required, and this is $BASH_VERSION (macOS: brew install bash)" >&2; exit 1; }
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=8
trap 'echo "::error::No service was updated: a command failed (exit code $?), its message is above."' ERR
trap 'echo "::error::The job was cancelled before a service was updated."; exit 130' INT TERM
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
cluster=$(parameter ecs/cluster-name)
services=$(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/name$").s' "$PARAMETERS")
[ -n "$services" ] || { echo "::error::SSM names no service"; exit 1; }
proven=true
declare -A name revision before balancers deployment unseen outcome
describe() { aws ecs describe-services --cluster "$cluster" --services "${name[$1]}" --output json; }
for service in $services; do
  name[$service]=$(parameter "service/$service/name")
  revision[$service]=$(jq -er --arg service "$service" '.[$service]' "$REVISIONS")
done
for service in $services; do
  described=$(describe "$service")
  before[$service]=$(jq -er '.services[0].taskDefinition' <<<"$described")
  balancer=$(jq -c '.services[0].loadBalancers[0] // empty' <<<"$described")
  if [ -n "$balancer" ]; then
    # Requests go to the port of the revision, which may have another one than the
    # revision before: ECS changes both in one deployment, or takes both back.
    port=$(aws ecs describe-task-definition --task-definition "${revision[$service]}" --output json |
      jq -er --argjson balancer "$balancer" '.taskDefinition.containerDefinitions[] | select(.name == $balancer.containerName).portMappings[0].containerPort')
    [ "$port" = "$(jq -r .containerPort <<<"$balancer")" ] || balancers[$service]=$(jq -c --argjson port "$port" '[.containerPort = $port]' <<<"$balancer")
  fi
  if [ "$(jq -r '.services[0].desiredCount' <<<"$described")" = 0 ]; then
    proven=false
    echo "::warning::$service is to have 0 tasks: its deployment succeeds without anything started, so nobody has seen that ${revision[$service]##*/} works. Somebody, or autoscaling's minimum, set it to 0."
  fi
done

# Says where every service is, on every way out from here.
# shellcheck disable=SC2317 # the trap calls it
report() {
  local code=$? service running bad=0 moved=0
  # GitHub's runner sends SIGTERM 7.5 seconds after SIGINT.
  trap '' INT TERM
  for service in $services; do
    if running=$(describe "$service" 2>/dev/null | jq -er '.services[0].taskDefinition'); then running=${running##*/}; else running="unknown, AWS does not answer"; fi
    [ "$running" != "${revision[$service]##*/}" ] || moved=1
    [ "${outcome[$service]:-}" = complete ] || bad=1
    echo "| $service | ${before[$service]##*/} | ${revision[$service]##*/} | $running | ${outcome[$service]:-${deployment[$service]:+not known: this run no longer watches it}} |"
  done >"$REVISIONS.table"
  [ "$code" != 0 ] || [ "$bad" = 0 ] || code=1
  {
    echo "| service | ran before | was to run | runs | deployment |"
    echo "| --- | --- | --- | --- | --- |"
    sed 's/|  |$/| not started |/' "$REVISIONS.table"
    echo
    if [ "$code" = 0 ]; then
      echo "Every service runs its revision."
    elif [ "$moved" = 1 ]; then
      echo "**Some services run the revision that was to run, and some do not.** All work on the same database, which is as the last migration left it. Next: if they do not work together, run the rollback workflow with the commit that ran before; otherwise fix what failed and run this again. ECS goes on with what is in progress, whatever became of this run."
    else
      echo "**No service runs the revision that was to run.** The database is as the last migration left it. Next: fix what failed and run this again. ECS goes on with what is in progress, whatever became of this run."
    fi
  } | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
  exit "$code"
}
trap report EXIT
trap 'echo "::error::The job was cancelled. ECS finishes the deployments that were started, or rolls them back, by itself."; exit 130' INT TERM
trap 'echo "::error::A command failed (exit code $?), its message is above; the table below says where each service is."' ERR

failed=0
for service in $services; do
  if ! answer=$(aws ecs update-service --cluster "$cluster" --service "${name[$service]}" --task-definition "${revision[$service]}" \
      ${balancers[$service]:+--load-balancers "${balancers[$service]}"} --output json); then
    outcome[$service]="refused by AWS, the message is above"
    echo "::error::$service could not be put on ${revision[$service]##*/}: AWS refused, its message is above. No further service is started."
    failed=1
    break
  fi
  deployment[$service]=$(jq -er '.service.deployments[] | select(.status == "PRIMARY").id' <<<"$answer")
  echo "$service: ${revision[$service]##*/} by ${deployment[$service]}"
done
deadline=$((SECONDS + MINUTES * 60))
while :; do
  waiting=0
  for service in "${!deployment[@]}"; do
    [ -z "${outcome[$service]:-}" ] || continue
    described=$(describe "$service")
    # A deployment that is gone was replaced: by a rollback, or by another run.
    # ECS may also not show it yet, so it counts at the third look.
    state=$(jq -r --arg id "${deployment[$service]}" '[.services[0].deployments[] | select(.id == $id) | .rolloutState // "IN_PROGRESS"] | first // "GONE"' <<<"$described")
    running=$(jq -r '.services[0].deployments[] | select(.status == "PRIMARY").taskDefinition' <<<"$described")
    if [ "$state" = GONE ] && [ "${unseen[$service]:-0}" -lt 2 ]; then
      unseen[$service]=$((${unseen[$service]:-0} + 1))
      state=IN_PROGRESS
    fi
    case $state in
      COMPLETED)
        if [ "$running" = "${revision[$service]}" ]; then
          outcome[$service]=complete
          [ "$(jq -r '.services[0].desiredCount' <<<"$described")" != 0 ] || proven=false
          echo "$service: runs ${running##*/}"
          continue
        fi
        outcome[$service]="replaced by ${running##*/}" ;;
      IN_PROGRESS)
        if [ "$SECONDS" -lt "$deadline" ]; then
          waiting=1
          continue
        fi
        outcome[$service]="still in progress after $MINUTES minutes" ;;
      FAILED) outcome[$service]="rolled back to ${running##*/}" ;;
      GONE) outcome[$service]="gone: rolled back to ${running##*/}, or replaced by another run" ;;
      *) outcome[$service]=$state ;;
    esac
    failed=1
    echo "::error::$service does not run ${revision[$service]##*/}: the deployment is ${outcome[$service]}"
    jq -r --arg id "${deployment[$service]}" '.services[0] | (.deployments[] | select(.id == $id).rolloutStateReason // empty), (.events // [] | .[:5][].message)' <<<"$described"
  done
  [ "$waiting" = 1 ] || break
  # bash takes a signal while it waits, not while it sleeps.
  sleep "${POLL_SECONDS:-10}" &
  wait $!
done
[ "$failed" = 1 ] || echo "proven=$proven" >>"${GITHUB_OUTPUT:-/dev/null}"
exit "$failed"
