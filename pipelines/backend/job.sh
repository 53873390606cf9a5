#!/usr/bin/env bash
# Finds the revision of a job to run once: the newest one with the image that the
# services run and the job's own roles. The job is one of those that the
# infrastructure published. In: ENVIRONMENT, PARAMETERS, IMAGE, TASK (the job),
# REVISIONS (file to write).
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "bash 4 or later is required, and this is $BASH_VERSION (macOS: brew install bash)" >&2; exit 1; }
trap 'echo "::error::Nothing was started: a command failed (exit code $?), its message is above."' ERR
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
if [[ ! $TASK =~ ^[a-z][a-z0-9-]*$ ]] || [ -z "${published[job/$TASK/time-limit-seconds]:-}" ]; then
  echo "::error::\"$TASK\" is no job of $ENVIRONMENT: $(jq -r '[keys[] | capture("^job/(?<j>[^/]+)/time-limit-seconds$").j] | if . == [] then "there is none" else join(", ") + " is allowed" end' "$PARAMETERS")"
  exit 1
fi
family=$(parameter "service/$TASK/task-family")
arns=$(aws ecs list-task-definitions --family-prefix "$family" --status ACTIVE --sort DESC --max-items 100 --query 'taskDefinitionArns[]' --output text)
for arn in $arns; do
  [ "$arn" != None ] || continue
  if aws ecs describe-task-definition --task-definition "$arn" --output json |
    jq -e --arg image "$IMAGE" --arg family "$family" --arg container "$(parameter "service/$TASK/container-name")" \
      --arg task "$(parameter "service/$TASK/task-role-arn")" --arg execution "$(parameter "service/$TASK/execution-role-arn")" '.taskDefinition
      | .family == $family and .taskRoleArn == $task and .executionRoleArn == $execution
        and (.containerDefinitions | map({name, image}) | sort) == ([{name: $container, image: $image}, {name: "time-limit", image: $image}] | sort)' >/dev/null; then
    echo "$TASK: $arn"
    jq -n --arg task "$TASK" --arg arn "$arn" '{($task): $arn}' >"$REVISIONS"
    exit 0
  fi
done
echo "::error::No revision of $TASK has the image that the services run, $IMAGE: deploy the backend, which registers one of each job."
exit 1
