#!/usr/bin/env bash
# Names the image of this commit, and says whether the repository has it: a
# tag cannot be pushed twice. The first run of a commit must not find it: somebody
# else pushed it then, such as with stolen credentials of deploy-role. An image that is
# promoted is compared with the one that ran. In: ENVIRONMENT, REPOSITORY (its URL),
# GITHUB_SHA, PROMOTED_FROM ("" unless it is promoted), and what GitHub sets.
# Out: image=… and there=true|false in GITHUB_OUTPUT.
set -euo pipefail
tag="$ENVIRONMENT-$GITHUB_SHA"
found=$(aws ecr list-images --repository-name "${REPOSITORY#*/}" --filter tagStatus=TAGGED --output json |
  jq --arg tag "$tag" 'any(.imageIds[]; .imageTag == $tag)')
if [ "$found" = true ] && [ -z "${PROMOTED_FROM:-}" ] && [ "${GITHUB_RUN_ATTEMPT:-1}" = 1 ]; then
  pushed=$(aws ecr describe-images --repository-name "${REPOSITORY#*/}" --image-ids "imageTag=$tag" --output json | jq -r '.imageDetails[0] | "\(.imageDigest), pushed at \(.imagePushedAt)"')
  echo "::error title=An image of this commit is there already::$tag is $pushed, and this is the first attempt of this run. If an earlier run of this commit pushed it, re-run that one; if none did, do not deploy: find out who pushed it (CloudTrail, PutImage)."
  exit 1
fi
{
  echo "image=$REPOSITORY:$tag"
  echo "there=$found"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"
