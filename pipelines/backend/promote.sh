#!/usr/bin/env bash
# Copies the image of this commit from the environment that it ran well in, by
# its digest: the index with the SBOM and the provenance, byte for byte. ran.sh
# marked what ran well there; a commit without that mark is refused.
# In: ENVIRONMENT, PROMOTED_FROM, REPOSITORY (ENVIRONMENT's URL), IMAGE (to be
# made), GITHUB_SHA.
set -euo pipefail
trap 'echo "::error::Nothing was deployed: a command failed (exit code $?), its message is above."' ERR
name=${REPOSITORY#*/}
source=${name/\/$ENVIRONMENT\//\/$PROMOTED_FROM\/}
[[ $PROMOTED_FROM =~ ^[a-z][a-z0-9-]*$ && $source != "$name" ]] || { echo "::error::PROMOTED_FROM is \"$PROMOTED_FROM\": another environment than \"$ENVIRONMENT\" is allowed"; exit 1; }
# digest REPOSITORY IMAGE-ID: of what the repository has; nothing where it has none.
image() {
  aws ecr batch-get-image --repository-name "$1" --image-ids "$2" --output json --accepted-media-types \
    application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json \
    application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json
}
# One pipe: in $(…) bash goes on after a command that fails, and returns the last one's code.
digest() {
  image "$1" "$2" | jq -r '([.failures // [] | .[] | select(.failureCode != "ImageNotFound")] | if . == [] then empty else error(tojson) end),
    (.images[0].imageId.imageDigest // "")'
}
tag="$PROMOTED_FROM-$GITHUB_SHA"
built=$(digest "$source" "imageTag=$tag")
[ -n "$built" ] || { echo "::error::$source has no $tag: commit $GITHUB_SHA was never deployed to $PROMOTED_FROM. Deploy it there first."; exit 1; }
ran=$(digest "$source" "imageTag=$tag-ran")
[ -n "$ran" ] || { echo "::error::Commit $GITHUB_SHA never ran well in $PROMOTED_FROM: $source has $tag, without $tag-ran. Deploy it there first, until its run is green."; exit 1; }
[ "$ran" = "$built" ] || { echo "::error::$source: $tag is $built, and $tag-ran is $ran. Both are the same image, unless somebody else wrote one: do not deploy, find out who (CloudTrail, PutImage)."; exit 1; }
copied=$(digest "$name" "imageTag=${IMAGE##*:}")
if [ -z "$copied" ]; then
  # Without the flag, an image that has no index would get one, and another digest.
  docker buildx imagetools create --prefer-index=false --tag "$IMAGE" "${REPOSITORY%%/*}/$source@$built"
  copied=$(digest "$name" "imageTag=${IMAGE##*:}")
fi
[ "$copied" = "$built" ] || { echo "::error::$name: ${IMAGE##*:} is ${copied:-not there}, and $source has $built. What ran in $PROMOTED_FROM is deployed, and nothing else."; exit 1; }
for child in $(image "$name" "imageDigest=$copied" | jq -r '.images[0].imageManifest | fromjson | .manifests // [] | .[].digest'); do
  [ "$(digest "$name" "imageDigest=$child")" = "$child" ] || { echo "::error::$name lacks $child, a part of $copied"; exit 1; }
done
echo "$IMAGE is $copied, which ran in $PROMOTED_FROM." | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
