#!/usr/bin/env bash
# Names the image of this commit, and says whether the repository has it: a
# tag cannot be pushed twice. In: ENVIRONMENT, REPOSITORY (its URL), GITHUB_SHA.
# Out: image=… and there=true|false in GITHUB_OUTPUT.
set -euo pipefail
tag="$ENVIRONMENT-$GITHUB_SHA"
found=$(aws ecr list-images --repository-name "${REPOSITORY#*/}" --filter tagStatus=TAGGED --output json |
  jq --arg tag "$tag" 'any(.imageIds[]; .imageTag == $tag)')
{
  echo "image=$REPOSITORY:$tag"
  echo "there=$found"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"
