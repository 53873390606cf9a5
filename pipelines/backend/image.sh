#!/usr/bin/env bash
# Names the image of this commit, and says whether the repository has it: a
# tag cannot be pushed twice. One that is there was pushed by an earlier attempt of
# this run, while its step "Push, …" ran, or it is refused: somebody else pushed it
# then, such as with stolen credentials of deploy-role. An image that is
# promoted is compared with the one that ran. In: ENVIRONMENT, REPOSITORY (its URL),
# PROMOTED_FROM ("" unless it is promoted), GITHUB_TOKEN (actions: read), and what
# GitHub sets. Out: image=… and there=true|false in GITHUB_OUTPUT.
set -euo pipefail
trap 'echo "::error::Nothing was deployed: a command failed (exit code $?), its message is above."' ERR
tag="$ENVIRONMENT-$GITHUB_SHA"
found=$(aws ecr list-images --repository-name "${REPOSITORY#*/}" --filter tagStatus=TAGGED --output json |
  jq --arg tag "$tag" 'any(.imageIds[]; .imageTag == $tag)')
if [ "$found" = true ] && [ -z "${PROMOTED_FROM:-}" ]; then
  described=$(aws ecr describe-images --repository-name "${REPOSITORY#*/}" --image-ids "imageTag=$tag" --output json)
  # Version 1 of the AWS CLI says it in seconds.
  pushed=$(jq -r '.imageDetails[0].imagePushedAt | if type == "number" then "@\(floor)" else . end' <<<"$described")
  pushed_at=$(date -d "$pushed" +%s)
  # The steps that could have pushed it: one line each, when it began and ended.
  steps=
  if [ "${GITHUB_RUN_ATTEMPT:-1}" -gt 1 ]; then
    steps=$(curl --fail --silent --show-error --retry 5 --retry-all-errors --max-time 60 \
      --header @<(printf 'Authorization: Bearer %s' "$GITHUB_TOKEN") "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/jobs?filter=all&per_page=100" |
      jq -r --arg job "deploy to $ENVIRONMENT" --argjson attempt "$GITHUB_RUN_ATTEMPT" '.jobs[] | select((.name | endswith($job)) and .run_attempt < $attempt) | .completed_at as $until
        | .steps[]? | select((.name | startswith("Push, ")) and .conclusion != "skipped" and .started_at) | "\(.started_at) \(.completed_at // $until)"')
  fi
  ours=no
  while read -r began ended; do
    # Two clocks, in whole seconds.
    if [ -n "$began" ] && [ "$pushed_at" -ge $(($(date -d "$began" +%s) - 5)) ] && [ "$pushed_at" -le $(($(date -d "$ended" +%s) + 5)) ]; then ours=yes; fi
  done <<<"$steps"
  if [ "$ours" = no ]; then
    echo "::error title=An image of this commit is there already::$tag is $(jq -r '.imageDetails[0].imageDigest' <<<"$described"), pushed at $pushed, and no earlier attempt of this run was pushing then. If another run of this commit pushed it, re-run that one; if none did, do not deploy: find out who pushed it (CloudTrail, PutImage). A new commit gets an image of its own."
    exit 1
  fi
fi
{
  echo "image=$REPOSITORY:$tag"
  echo "there=$found"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"
