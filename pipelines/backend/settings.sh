#!/usr/bin/env bash
# Reads what the infrastructure published for the environment into a file, and
# refuses what does not follow from the account, the region and the environment:
# infra-role writes these parameters too, and must not be able to name another
# registry, role or service. A deployment asks for the task of the database's roles; what
# runs no migration also serves an environment of version 2 of the contract.
# In: ENVIRONMENT, AWS_REGION, PARAMETERS (file to write), PLATFORM that an image is built
# for ("" builds none), REFUSE_OFF ("true" refuses an environment that is switched off).
# Out: repository=… in GITHUB_OUTPUT.
set -euo pipefail
trap 'echo "::error::Nothing was changed: a command failed (exit code $?), its message is above."' ERR
[[ $ENVIRONMENT =~ ^[a-z][a-z0-9-]*$ ]] || { echo "::error::ENVIRONMENT is \"$ENVIRONMENT\": lower case letters, digits and hyphens are allowed"; exit 1; }
region=${AWS_REGION:?the region of the platform}
prefix="/paperwurks/$ENVIRONMENT/"
account=$(aws sts get-caller-identity --query Account --output text)
[[ $account =~ ^[0-9]{12}$ ]] || { echo "::error::AWS names no account for these credentials: \"$account\""; exit 1; }
aws ssm get-parameters-by-path --path "$prefix" --recursive --output json |
  jq --arg prefix "$prefix" '[.Parameters[] | {key: (.Name | ltrimstr($prefix)), value: .Value}] | from_entries' >"$PARAMETERS.read"
# config.Names and config.Parameters of the infrastructure make these names.
faults=$(jq -r --arg builds "${PLATFORM:-}" --arg account "$account" --arg region "$region" --arg env "$ENVIRONMENT" --arg prefix "$prefix" '
  . as $published
  | ([keys[] | capture("^service/(?<s>[^/]+)/").s] | unique) as $services
  | ([keys[] | capture("^job/(?<j>[^/]+)/").j] | unique) as $jobs
  | ("arn:aws:iam::" + $account + ":role/paperwurks/workload/paperwurks-" + $env + "-") as $role
  | [{name: "ecs/cluster-name", value: ("paperwurks-" + $env)},
     {name: "image/repository-url", value: ($account + ".dkr.ecr." + $region + ".amazonaws.com/paperwurks/" + $env + "/backend")},
     {name: "image/platform", like: "^linux/(amd64|arm64)$"},
     {name: "network/private-subnet-ids", like: "^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*$"},
     ({name: "off-hours", like: "^[0-2][0-9]:[0-5][0-9] to [0-2][0-9]:[0-5][0-9]( and at weekends)?, [A-Za-z0-9_+/-]+$"} | select($published[.name])),
     {name: "public/url", like: "^https://[a-z0-9.-]+$"},
     (("roles" | select($builds != "" or IN($services[]))), "migrate" | {name: ("service/" + . + "/task-family"), value: ("paperwurks-" + $env + "-" + .)}),
     ($services[] | . as $s | ("service/" + $s + "/") as $of
       | select(IN("roles", "migrate") | not) | ({name: ($of + "name"), value: ("paperwurks-" + $env + "-" + $s)} | select($s | IN($jobs[]) | not)), {name: ($of + "task-family"), value: ("paperwurks-" + $env + "-" + $s)}),
     ($services[] | . as $s | ("service/" + $s + "/") as $of
       | {name: ($of + "container-name"), value: $s},
         {name: ($of + "log-group"), value: ($prefix + "ecs/" + $s)},
         {name: ($of + "task-definition-arn"), like: ("^arn:aws:ecs:" + $region + ":" + $account + ":task-definition/paperwurks-" + $env + "-" + $s + ":[0-9]+$")},
         {name: ($of + "security-group-id"), like: "^sg-[0-9a-f]+$"},
         {name: ($of + "task-role-arn"), value: ($role + $s + "-task")},
         {name: ($of + "execution-role-arn"), value: ($role + $s + "-execution")}),
     ($jobs[] | . as $j | ("job/" + $j + "/") as $of
       | {name: ("service/" + $j + "/task-family"), value: ("paperwurks-" + $env + "-" + $j)},
         {name: ($of + "time-limit-seconds"), like: "^[1-9][0-9]{1,4}$"},
         ({name: ($of + "schedule"), like: "^(cron|rate)\\([A-Za-z0-9 ,*/?#-]+\\)$"} | select($published[.name])),
         ({name: ($of + "time-zone"), like: "^[A-Za-z0-9_+/-]+$"} | select($published[.name]))),
     (select(any(keys[]; test("^(jobs/|job/[^/]+/schedule$)")))
       | {name: "jobs/schedule-group", value: ("paperwurks-" + $env)},
         {name: "jobs/scheduler-role-arn", value: ($role + "scheduler")},
         {name: "jobs/dead-letter-queue-arn", value: ("arn:aws:sqs:" + $region + ":" + $account + ":paperwurks-" + $env + "-jobs-dead-letter")})]
  | unique_by(.name)[] | $published[.name] as $is
  | if $is == null then "\($prefix)\(.name) is not published"
    elif .like then (.like as $like | select($is | test($like) | not) | "\($prefix)\(.name) is \"\($is)\": \($like) is allowed")
    elif $is != .value then "\($prefix)\(.name) is \"\($is)\": \"\(.value)\" is allowed"
    else empty end' "$PARAMETERS.read")
if [ -n "$faults" ]; then
  while IFS= read -r fault; do echo "::error::$fault"; done <<<"$faults"
  echo "What is missing: has the stack of $ENVIRONMENT been deployed, in this account and region? What differs: somebody changed it outside the stacks; do not deploy, call whoever runs the infrastructure."
  exit 1
fi
mv "$PARAMETERS.read" "$PARAMETERS"
runs=$(jq -r '."image/platform"' "$PARAMETERS")
[ "${PLATFORM:-$runs}" = "$runs" ] || { echo "::error::$ENVIRONMENT runs $runs, and this workflow builds for $PLATFORM. One of them is older: deploy the stack of $ENVIRONMENT, or call the workflow at a newer commit."; exit 1; }
# What needs the database would not find it, and of what is deployed no task starts: nobody
# would see whether it works.
if [ "${REFUSE_OFF:-}" = true ] && hours=$(jq -er '."off-hours"' "$PARAMETERS"); then
  on=no
  for service in $(jq -r 'to_entries[] | select(.key | test("^service/[^/]+/name$")).value' "$PARAMETERS"); do
    desired=$(aws ecs describe-services --cluster "paperwurks-$ENVIRONMENT" --services "$service" --query 'services[0].desiredCount' --output json)
    [ "$desired" = 0 ] || on=yes
  done
  [ "$on" = yes ] || { echo "::error::$ENVIRONMENT is switched off, so nothing was changed. It is off $hours. Next: wait until it is on, or have somebody run \`make switch-on ENV=$ENVIRONMENT\` in the infrastructure's repository, and run this again."; exit 1; }
fi
echo "repository=$(jq -r '."image/repository-url"' "$PARAMETERS")" >>"${GITHUB_OUTPUT:-/dev/stdout}"
