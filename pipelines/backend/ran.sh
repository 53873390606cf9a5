#!/usr/bin/env bash
# Marks the image of a deployment that ended well, by a second tag on the same
# digest, which cannot be moved: <tag>-ran. promote.sh asks for it.
# In: IMAGE.
set -euo pipefail
trap 'echo "::error::The deployment ended well and its image could not be marked: a command failed (exit code $?), its message is above. Run this again."' ERR
name=${IMAGE#*/}
tag=${name##*:}
name=${name%:*}
answer=$(aws ecr batch-get-image --repository-name "$name" --image-ids "imageTag=$tag" "imageTag=$tag-ran" --output json --accepted-media-types \
  application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json \
  application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json)
if jq -e --arg tag "$tag-ran" 'any(.images[]; .imageId.imageTag == $tag)' <<<"$answer" >/dev/null; then
  echo "$tag-ran is there"
  exit 0
fi
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
# The manifest as it is: another byte is another digest.
jq -j '.images[0].imageManifest' <<<"$answer" >"$manifest"
aws ecr put-image --repository-name "$name" --image-tag "$tag-ran" --image-manifest "file://$manifest" \
  --image-manifest-media-type "$(jq -r '.images[0].imageManifestMediaType' <<<"$answer")" --image-digest "$(jq -r '.images[0].imageId.imageDigest' <<<"$answer")" \
  --query image.imageId --output json
