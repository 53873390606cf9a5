#!/usr/bin/env bash
# Finds the image that the environment's services run, which must be one and the
# same: an earlier commit's, or a half-finished deployment, is not deployed again
# without being asked for. It must have run well here (ran.sh): what a deployment that
# failed or still goes on has started, is not.
# In: ENVIRONMENT, PARAMETERS. Out: image=… in GITHUB_OUTPUT.
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "bash 4 or later is required, and this is $BASH_VERSION (macOS: brew install bash)" >&2; exit 1; }
trap 'echo "::error::No service was updated: a command failed (exit code $?), its message is above."' ERR
declare -A published
while IFS=$'\t' read -r key value; do published[$key]=$value; done < <(jq -r 'to_entries[] | [.key, .value] | @tsv' "$PARAMETERS")
parameter() { [ -n "${published[$1]:-}" ] || { echo "SSM has no parameter $1" >&2; return 1; }; echo "${published[$1]}"; }
registry=$(parameter image/repository-url)
images=
for service in $(jq -r 'keys[] | capture("^service/(?<s>[^/]+)/name$").s' "$PARAMETERS"); do
  running=$(aws ecs describe-services --cluster "$(parameter ecs/cluster-name)" --services "$(parameter "service/$service/name")" --output json | jq -er '.services[0].taskDefinition')
  image=$(aws ecs describe-task-definition --task-definition "$running" --output json |
    jq -er --arg container "$(parameter "service/$service/container-name")" '.taskDefinition.containerDefinitions[] | select(.name == $container).image')
  echo "$service: ${running##*/}, $image"
  if [[ ! $image =~ ^"$registry:$ENVIRONMENT-"[0-9a-f]{40}$ ]]; then
    echo "::error::$service runs $image: $registry:$ENVIRONMENT-<commit> is what a deployment starts. Deploy the backend first."
    exit 1
  fi
  [[ " $images " == *" $image "* ]] || images="$images $image"
done
images=${images# }
if [[ -z $images || $images == *" "* ]]; then
  echo "::error::The services run ${images:-no image}, and one image is required. Deploy, or roll back to, the commit that is meant; its revisions take the current settings with a deployment, and not with a rollback."
  exit 1
fi
name=${images#*/}
tag=${name##*:}
name=${name%:*}
# One pipe: in $(…) bash goes on after a command that fails, and returns the last one's code.
digest() {
  aws ecr batch-get-image --repository-name "$name" --image-ids "imageTag=$1" --output json --accepted-media-types \
    application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json \
    application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json |
    jq -r '([.failures // [] | .[] | select(.failureCode != "ImageNotFound")] | if . == [] then empty else error(tojson) end), (.images[0].imageId.imageDigest // "")'
}
deployed=$(digest "$tag")
ran=$(digest "$tag-ran")
if [ -z "$ran" ]; then
  echo "::error::No deployment of $tag ended well in $ENVIRONMENT with tasks in every service: $name has no $tag-ran. Deploy the backend, or roll back to a commit that has it; a deployment takes the current settings."
  exit 1
fi
if [ "$ran" != "$deployed" ]; then
  echo "::error::$name: $tag is ${deployed:-not there}, and $tag-ran is $ran. Both are the same image, unless somebody else wrote one: do not deploy, find out who (CloudTrail, PutImage)."
  exit 1
fi
echo "image=$images" >>"${GITHUB_OUTPUT:-/dev/stdout}"
