#!/usr/bin/env bash
# Marks the image of a deployment that ended well, by a second tag on the same
# digest, which cannot be moved: <tag>-ran. promote.sh asks for it.
# In: IMAGE, PROVEN (of update.sh: "true" when every service runs tasks of it).
set -euo pipefail
trap 'echo "::error::The deployment ended well and its image could not be marked: a command failed (exit code $?), its message is above. Run this again."' ERR
name=${IMAGE#*/}
tag=${name##*:}
name=${name%:*}
if [ "$PROVEN" != true ]; then
  text="$tag is not marked as one that runs well, so no environment is given it: a service has 0 tasks, and nobody has seen it work. Give it tasks, and re-run this job."
  echo "::warning::$text"
  echo "$text" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  exit 0
fi
image() {
  aws ecr batch-get-image --repository-name "$name" --image-ids "imageTag=$1" --output json --accepted-media-types \
    application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json \
    application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json
}
ran=$(image "$tag")
digest=$(jq -er '.images[0].imageId.imageDigest' <<<"$ran")
marked=$(image "$tag-ran" | jq -r '([.failures // [] | .[] | select(.failureCode != "ImageNotFound")] | if . == [] then empty else error(tojson) end), (.images[0].imageId.imageDigest // "")')
if [ "$marked" = "$digest" ]; then
  echo "$tag-ran is there"
  exit 0
fi
if [ -n "$marked" ]; then
  echo "::error::$tag is $digest, and $tag-ran is $marked. Both are the same image, unless somebody else wrote one: find out who (CloudTrail, PutImage)."
  exit 1
fi
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
# The manifest as it is: another byte is another digest.
jq -j '.images[0].imageManifest' <<<"$ran" >"$manifest"
aws ecr put-image --repository-name "$name" --image-tag "$tag-ran" --image-manifest "file://$manifest" \
  --image-manifest-media-type "$(jq -r '.images[0].imageManifestMediaType' <<<"$ran")" --image-digest "$digest" \
  --query image.imageId --output json
