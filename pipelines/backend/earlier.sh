#!/usr/bin/env bash
# Finds, of every service, the newest revision with an image that was deployed
# before: one container, that image, and the roles that infra-role cannot pass.
# Lists how it differs from what runs, besides the image: deploy-role registered
# it, and its variables and its command run with the application's rights. In:
# ENVIRONMENT, SHA (of the backend's commit), PARAMETERS, REVISIONS (file to write).
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "bash 4 or later is required, and this is $BASH_VERSION (macOS: brew install bash)" >&2; exit 1; }
trap 'echo "::error::No service was updated: a command failed (exit code $?), its message is above."' ERR
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
[[ $SHA =~ ^[0-9a-f]{40}$ ]] || { echo "::error::SHA is \"$SHA\": 40 hexadecimal digits are required"; exit 1; }
image="$(parameter image/repository-url):$ENVIRONMENT-$SHA"
echo '{}' >"$REVISIONS"
: >"$REVISIONS.changed"
missing=0
for service in $(jq -r 'keys[] | capture("^(service/(?<s>[^/]+)/name|job/(?<j>[^/]+)/time-limit-seconds)$") | .s // .j' "$PARAMETERS"); do
  found=
  limit=${published[job/$service/time-limit-seconds]:-}
  arns=$(aws ecs list-task-definitions --family-prefix "$(parameter "service/$service/task-family")" --status ACTIVE --sort DESC --max-items 100 --query 'taskDefinitionArns[]' --output text)
  for arn in $arns; do
    [ "$arn" != None ] || continue
    if aws ecs describe-task-definition --task-definition "$arn" --output json |
      jq -e --arg image "$image" --arg container "$(parameter "service/$service/container-name")" --arg family "$(parameter "service/$service/task-family")" \
        --arg limit "$limit" --arg task "$(parameter "service/$service/task-role-arn")" --arg execution "$(parameter "service/$service/execution-role-arn")" '.taskDefinition
        | .family == $family and .taskRoleArn == $task and .executionRoleArn == $execution
          and (.containerDefinitions | map({name, image}) | sort) == ([{name: $container, image: $image}, (select($limit != "") | {name: "time-limit", image: $image})] | sort)' >/dev/null; then
      found=$arn
      break
    fi
  done
  if [ -z "$found" ] && [ -n "$limit" ]; then
    echo "::warning::Job $service was never deployed with $image: it has no schedule until the next deployment"
    continue
  fi
  if [ -z "$found" ]; then
    echo "::error::$service was never deployed with $image, or longer than 100 revisions ago"
    missing=1
    continue
  fi
  echo "$service: $found"
  jq --arg service "$service" --arg arn "$found" '.[$service] = $arn' "$REVISIONS" >"$REVISIONS.new"
  mv "$REVISIONS.new" "$REVISIONS"
  [ -z "$limit" ] || continue
  runs=$(aws ecs describe-services --cluster "$(parameter ecs/cluster-name)" --services "$(parameter "service/$service/name")" --output json | jq -r '.services[0].taskDefinition // empty')
  [ -n "$runs" ] || continue
  aws ecs describe-task-definition --task-definition "$runs" --output json >"$REVISIONS.$service.before"
  aws ecs describe-task-definition --task-definition "$found" --output json >"$REVISIONS.$service"
  jq -rn --arg service "$service" --arg earlier "${runs##*/}" --slurpfile before "$REVISIONS.$service.before" --slurpfile comes "$REVISIONS.$service" '
    def filled: with_entries(select(.value | IN(null, false, 0, "", [], {}) | not));
    def facts: .taskDefinition | .containerDefinitions[0] as $c
      | ($c | del(.name, .image, .environment, .secrets, .linuxParameters) | filled) + ($c.linuxParameters // {} | filled)
        + (del(.taskDefinitionArn, .family, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy, .containerDefinitions, .taskRoleArn, .executionRoleArn) | filled)
        + ([$c.environment // [] | .[] | {("variable " + .name): .value}] + [$c.secrets // [] | .[] | {("secret " + .name): .valueFrom}] | add // {});
    ($before[0] | facts) as $before | ($comes[0] | facts) as $after
    | ($before + $after | keys[]) | select($before[.] != $after[.]) | "- \($service): \(.) is \($after[.] | tojson), where \($before[.] | tojson) is in \($earlier)"' >>"$REVISIONS.changed"
done
[ "$missing" = 0 ] || { echo "No service was updated. What ran well before, the newest last: aws ecr describe-images --repository-name paperwurks/$ENVIRONMENT/backend --query \"sort_by(imageDetails[?imageTags],&imagePushedAt)[].[imagePushedAt,join(' ',imageTags)]\" --output text; the commit is between $ENVIRONMENT- and -ran"; exit 1; }
if [ -s "$REVISIONS.changed" ]; then
  { printf 'Besides the image, this rollback changes:\n\n'; cat "$REVISIONS.changed"; } | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
fi
