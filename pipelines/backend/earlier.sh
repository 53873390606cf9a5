#!/usr/bin/env bash
# Finds, of every service, the newest revision with an image that was deployed
# before: one container, that image, and the roles that infra-role cannot pass.
# In: ENVIRONMENT, SHA (of the backend's commit), PARAMETERS, REVISIONS (file to write).
set -euo pipefail
trap 'echo "::error::No service was updated: a command failed (exit code $?), its message is above."' ERR
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
[[ $SHA =~ ^[0-9a-f]{40}$ ]] || { echo "::error::SHA is \"$SHA\": 40 hexadecimal digits are required"; exit 1; }
image="$(parameter image/repository-url):$ENVIRONMENT-$SHA"
echo '{}' >"$REVISIONS"
missing=0
for service in $(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/name$").s' "$PARAMETERS"); do
  found=
  for arn in $(aws ecs list-task-definitions --family-prefix "$(parameter "service/$service/task-family")" --status ACTIVE --sort DESC --max-items 100 --query 'taskDefinitionArns[]' --output text); do
    [ "$arn" != None ] || continue
    if aws ecs describe-task-definition --task-definition "$arn" --output json |
      jq -e --arg image "$image" --arg container "$(parameter "service/$service/container-name")" --arg family "$(parameter "service/$service/task-family")" \
        --arg task "$(parameter "service/$service/task-role-arn")" --arg execution "$(parameter "service/$service/execution-role-arn")" '.taskDefinition
        | .family == $family and .taskRoleArn == $task and .executionRoleArn == $execution
          and (.containerDefinitions | map({name, image})) == [{name: $container, image: $image}]' >/dev/null; then
      found=$arn
      break
    fi
  done
  if [ -z "$found" ]; then
    echo "::error::$service was never deployed with $image, or longer than 100 revisions ago"
    missing=1
    continue
  fi
  echo "$service: $found"
  jq --arg service "$service" --arg arn "$found" '.[$service] = $arn' "$REVISIONS" >"$REVISIONS.new"
  mv "$REVISIONS.new" "$REVISIONS"
done
[ "$missing" = 0 ] || { echo "No service was updated. What was deployed before: the runs of the deployment in GitHub; the images: aws ecr list-images --repository-name paperwurks/$ENVIRONMENT/backend"; exit 1; }
