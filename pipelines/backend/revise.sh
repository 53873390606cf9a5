#!/usr/bin/env bash
# Registers a revision of every task definition with a new image and the
# published roles; all else is as in the revision that infrastructure wrote last,
# which SSM names. It starts with the bootstrap role, which deploy-role cannot
# pass: so what somebody registered with a stolen deploy-role is never taken over.
# It is refused when it has what no stack writes, such as another container,
# user, entry point, log or secret.
# In: ENVIRONMENT, PARAMETERS, IMAGE, REVISIONS (file to write: service → ARN).
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "bash 4 or later is required, and this is $BASH_VERSION (macOS: brew install bash)" >&2; exit 1; }
trap 'echo "::error::No service was updated: a command failed (exit code $?), its message is above."' ERR
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
registry=$(parameter image/repository-url)
[[ $IMAGE == "$registry:$ENVIRONMENT-"* ]] || { echo "::error::IMAGE is \"$IMAGE\": $registry:$ENVIRONMENT-<commit> is allowed"; exit 1; }
# Every reason why a revision is not one of the stacks' (constructs/task.go).
# What ECS adds by itself is blank.
# shellcheck disable=SC2016 # the variables are jq's
refusals='
  def blank: IN(null, false, 0, "", [], {});
  def unknown($where; $known): to_entries[] | select((.value | blank | not) and (.key | IN($known[]) | not)) | "\($where)\(.key) is \(.value | tojson)";
  def differs($where; $allowed): select(IN($allowed[]) | not) | "\($where) is \(tojson)";
  ($task | rtrimstr($service + "-task")) as $roles
  | ("^arn:aws:secretsmanager:[a-z0-9-]+:" + ($task | split(":")[4]) + ":secret:(paperwurks/" + $env + "/" + (if $service == $master then "|rds!db-" else "" end) + ")") as $secret
  | .taskDefinition
  | unknown(""; ["taskDefinitionArn", "family", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy",
      "containerDefinitions", "volumes", "taskRoleArn", "executionRoleArn", "cpu", "memory", "networkMode", "requiresCompatibilities", "runtimePlatform"]),
    (.status // "ACTIVE" | differs("its status"; ["ACTIVE"])),
    (.taskRoleArn | differs("taskRoleArn"; [null])),
    (.executionRoleArn | differs("executionRoleArn"; [$roles + "bootstrap"])),
    (.networkMode | differs("networkMode"; ["awsvpc"])),
    (.volumes // [] | .[] | unknown("a volume: "; ["name"])),
    (.containerDefinitions[] | select(.name != $container)
      | if $limit == "" or .name != "time-limit" then "it has a container \(.name | tojson)"
        else unknown("container time-limit: "; ["name", "image", "essential", "entryPoint", "command", "logConfiguration", "linuxParameters", "readonlyRootFilesystem", "stopTimeout"]),
          ({entryPoint, command, essential} | differs("container time-limit"; [{entryPoint: ["/bin/sh", "-c"],
            command: ["trap \u0027exit 0\u0027 TERM; sleep \($limit) & wait $!; echo \u0027The time limit of \($limit) seconds is over\u0027; exit 124"], essential: true}])),
          (.linuxParameters.capabilities.add | select(blank | not) | "container time-limit: it adds capabilities \(tojson)") end),
    (select($limit != "" and all(.containerDefinitions[]; .name != "time-limit")) | "it has no container \"time-limit\""),
    (.containerDefinitions | map(select(.name == $container)) | select(length != 1) | "it has \(length) containers \($container | tojson)"),
    (.containerDefinitions[] | select(.name == $container)
      | unknown("container: "; ["name", "image", "essential", "command", "environment", "secrets", "portMappings", "healthCheck", "logConfiguration",
          "linuxParameters", "mountPoints", "readonlyRootFilesystem", "stopTimeout"]),
        (.logConfiguration | {logDriver, group: .options["awslogs-group"], secretOptions: (.secretOptions // [])}
          | differs("its log"; [{logDriver: "awslogs", group: $log, secretOptions: []}])),
        (.linuxParameters // {} | unknown("linuxParameters: "; ["initProcessEnabled", "capabilities"]), (.capabilities.add | select(blank | not) | "it adds capabilities \(tojson)")),
        (.secrets // [] | .[] | select(.valueFrom | test($secret) | not) | "secret \(.name) is \(.valueFrom | tojson)"))'
services=$(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/task-family$").s' "$PARAMETERS")
echo '{}' >"$REVISIONS"
refused=0
# Which task has the database's master secret; the migration in version 2 of the contract.
master=roles
[ -n "${published[service/roles/task-family]:-}" ] || master=migrate
# All are read before one is registered: a revision with the real roles can run.
for service in $services; do
  aws ecs describe-task-definition --task-definition "$(parameter "service/$service/task-definition-arn")" --include TAGS --output json >"$REVISIONS.$service"
  reasons=$(jq -r --arg master "$master" --arg env "$ENVIRONMENT" --arg service "$service" --arg container "$(parameter "service/$service/container-name")" --arg log "$(parameter "service/$service/log-group")" \
    --arg limit "${published[job/$service/time-limit-seconds]:-}" --arg task "$(parameter "service/$service/task-role-arn")" "$refusals" "$REVISIONS.$service")
  [ -n "$reasons" ] || continue
  refused=1
  while IFS= read -r reason; do
    echo "::error::$(jq -r '.taskDefinition | "\(.family):\(.revision)"' "$REVISIONS.$service"), which SSM names, is not a revision that the stacks write: $reason"
  done <<<"$reasons"
done
[ "$refused" = 0 ] || { echo "Nothing was registered. Do not deploy; whoever runs the infrastructure finds out who registered it (CloudTrail, RegisterTaskDefinition)."; exit 1; }
# Whether the image is for these processors, ECS says only when a task starts; the
# index that buildx pushes says it here. An administrator may not pull images.
echo '{}' >"$REVISIONS.image"
code=0
aws ecr batch-get-image --repository-name "${registry#*/}" --image-ids "imageTag=${IMAGE##*:}" --output json --accepted-media-types \
  application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json \
  application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json >"$REVISIONS.image" 2>"$REVISIONS.error" || code=$?
[ "$code" = 0 ] || grep -q AccessDenied "$REVISIONS.error" || { cat "$REVISIONS.error" >&2; (exit "$code"); }
holds=$(jq -r '.images[0].imageManifest // "{}" | fromjson | [.manifests // [] | .[].platform | select(.os != "unknown") | "\(.os)/\(.architecture)"] | unique | join(", ")' "$REVISIONS.image")
[ -n "$holds" ] || echo "::notice::ECR does not say what processors $IMAGE is for: it has no index, or whoever runs this may not pull it. Only the start of a task shows it."
for service in $services; do
  runs=$(jq -r '.taskDefinition.runtimePlatform.cpuArchitecture // "X86_64" | {X86_64: "linux/amd64", ARM64: "linux/arm64"}[.] // .' "$REVISIONS.$service")
  [[ -n $holds && ", $holds, " != *", $runs, "* ]] || continue
  refused=1
  echo "::error::$service runs $runs, and $IMAGE is for $holds"
done
[ "$refused" = 0 ] || { echo "Nothing was registered. The image was built before that changed: deploy a commit that was built, or where images are promoted ran, since then."; exit 1; }
# What comes with the image, since infrastructure wrote it: a variable or a command
# runs with the application's rights. A service is compared with what it runs, another
# task with the newest revision that the pipeline registered.
# Not in $(…), where bash goes on after a command that fails: what AWS does not say
# would be no difference.
: >"$REVISIONS.changed"
for service in $services; do
  earlier=
  if [ -n "${published[service/$service/name]:-}" ]; then
    earlier=$(aws ecs describe-services --cluster "$(parameter ecs/cluster-name)" --services "${published[service/$service/name]}" --output json | jq -r '.services[0].taskDefinition // empty')
  else
    family=$(parameter "service/$service/task-family")
    arns=$(aws ecs list-task-definitions --family-prefix "$family" --status ACTIVE --sort DESC --max-items 20 --query 'taskDefinitionArns[]' --output text)
    for arn in $arns; do
      [ "$arn" != None ] || continue
      if aws ecs describe-task-definition --task-definition "$arn" --output json |
        jq -e --arg family "$family" --arg task "$(parameter "service/$service/task-role-arn")" '.taskDefinition | .family == $family and .taskRoleArn == $task' >/dev/null; then
        earlier=$arn
        break
      fi
    done
  fi
  [ -n "$earlier" ] || continue
  aws ecs describe-task-definition --task-definition "$earlier" --output json >"$REVISIONS.$service.before"
  jq -rn --arg service "$service" --arg container "$(parameter "service/$service/container-name")" --arg earlier "${earlier##*/}" --slurpfile before "$REVISIONS.$service.before" --slurpfile comes "$REVISIONS.$service" '
    def filled: with_entries(select(.value | IN(null, false, 0, "", [], {}) | not));
    def facts: .taskDefinition | (.containerDefinitions | map(select(.name == $container)) | first // {}) as $c
      | ($c | del(.name, .image, .environment, .secrets, .linuxParameters) | filled) + ($c.linuxParameters // {} | filled)
        + ([.containerDefinitions[] | select(.name != $container) | {("container " + .name): .command}] | add // {})
        + (del(.taskDefinitionArn, .family, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy, .containerDefinitions, .taskRoleArn, .executionRoleArn) | filled)
        + ([$c.environment // [] | .[] | {("variable " + .name): .value}] + [$c.secrets // [] | .[] | {("secret " + .name): .valueFrom}] | add // {});
    def text: type == "string" and contains("\n");
    ($before[0] | facts) as $before | ($comes[0] | facts) as $after
    | ($before + $after | keys[]) | select($before[.] != $after[.])
    | if all($before[.], $after[.]; text) then "- \($service): \(.) has other lines than in \($earlier):", ([$before[.], $after[.]] | tojson)
      else "- \($service): \(.) is \($after[.] | tojson), where \($before[.] | tojson) is in \($earlier)" end' >"$REVISIONS.differs"
  # Of two texts, such as SQL, the lines that differ.
  while IFS= read -r line; do
    [[ $line == "["* ]] || { echo "$line"; continue; }
    for side in 0 1; do jq -r --argjson side "$side" '.[$side] | split("\n")[] | tojson' <<<"$line" >"$REVISIONS.text$side"; done
    code=0
    diff -U0 "$REVISIONS.text0" "$REVISIONS.text1" >"$REVISIONS.lines" || code=$?
    [ "$code" = 1 ]
    sed -n '1,2d; s/^@@ -\([0-9]*\).*/  - line \1:/p; s/^-/  - before: /p; s/^+/  - now: /p' "$REVISIONS.lines"
  done <"$REVISIONS.differs" >>"$REVISIONS.changed"
done
[ ! -s "$REVISIONS.changed" ] || { printf 'Besides the image, this deployment changes:\n\n'; cat "$REVISIONS.changed"; } | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
for service in $services; do
  revision=$(jq -e --arg image "$IMAGE" --arg task "$(parameter "service/$service/task-role-arn")" --arg execution "$(parameter "service/$service/execution-role-arn")" '
    (.tags // []) as $tags | .taskDefinition
    | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy, .deregisteredAt)
    | .containerDefinitions[].image = $image
    | .taskRoleArn = $task | .executionRoleArn = $execution
    | if $tags == [] then . else .tags = $tags end' "$REVISIONS.$service")
  arn=$(aws ecs register-task-definition --cli-input-json "$revision" --query taskDefinition.taskDefinitionArn --output text)
  echo "$service: $arn"
  jq --arg service "$service" --arg arn "$arn" '.[$service] = $arn' "$REVISIONS" >"$REVISIONS.new"
  mv "$REVISIONS.new" "$REVISIONS"
done
