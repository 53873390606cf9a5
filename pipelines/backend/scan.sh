#!/usr/bin/env bash
# Waits for ECR's scan of an image and stops at findings of a severity or above
# that the backend's list does not allow; so does an image that ECR cannot scan.
# ECR scans no index (buildx pushes one, with the SBOM and the provenance), only
# the images in it. With Amazon Inspector, ECR answers COMPLETE or ACTIVE before
# there are findings, and with some of them first (aws/aws-sdk#289, #288): an
# image counts as scanned when Inspector says when it scanned it, and when two
# answers SETTLE_SECONDS apart are the same. In: IMAGE, SEVERITY, ALLOWED (file,
# may be missing), MINUTES to wait at most.
set -euo pipefail
trap 'echo "::error::Nothing was deployed: a command failed (exit code $?), its message is above."' ERR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ $SEVERITY =~ ^(LOW|MEDIUM|HIGH|CRITICAL)$ ]] || { echo "::error::scan-severity is \"$SEVERITY\": LOW, MEDIUM, HIGH or CRITICAL is allowed"; exit 1; }
repository=${IMAGE#*/}
tag=${repository##*:}
repository=${repository%:*}
today=$(date -u +%F)
latest=$(jq -rn 'now + 180 * 86400 | strftime("%F")')
echo '[]' >"$work/allowed"
if [ -e "$ALLOWED" ]; then
  jq -e 'type == "array" and all(type == "object")' "$ALLOWED" >/dev/null || { echo "::error::$ALLOWED is no JSON list of {\"id\", \"reason\", \"until\"}"; exit 1; }
  faults=$(jq -r --arg latest "$latest" 'to_entries[] | "entry \(.key + 1)" as $at | .value
    | ((keys - ["id", "reason", "until"])[] | "\($at): \"\(.)\" is unknown: id, reason and until are allowed"),
      (select((.id | type) != "string" or .id == "") | "\($at): id is missing, such as \"CVE-2026-12345\""),
      (select(((.reason // "") | tostring | split(" ") | length) < 3) | "\($at): reason is \(.reason | tojson): a sentence is required"),
      (select((.until // "" | tostring | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$") | not) or .until > $latest) | "\($at): until is \(.until | tojson): a day is required, \($latest) at the latest")' "$ALLOWED")
  if [ -n "$faults" ]; then
    while IFS= read -r fault; do echo "::error::$ALLOWED: $fault"; done <<<"$faults"
    exit 1
  fi
  cp "$ALLOWED" "$work/allowed"
fi

aws ecr batch-get-image --repository-name "$repository" --image-ids "imageTag=$tag" --output json --accepted-media-types \
  application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json \
  application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json >"$work/image"
digests=$(jq -r '.images[0] | .imageId.imageDigest as $own | .imageManifest | fromjson
  | if .manifests then .manifests[] | select(.platform.os != "unknown" and .annotations["vnd.docker.reference.type"] != "attestation-manifest").digest else $own end' "$work/image")
[ -n "$digests" ] || { echo "::error::$repository:$tag holds no image to scan"; exit 1; }

deadline=$((SECONDS + MINUTES * 60))
# findings DIGEST: what ECR knows of an image, in $work/answer; its status.
findings() {
  local code=0
  aws ecr describe-image-scan-findings --repository-name "$repository" --image-id "imageDigest=$1" --output json >"$work/answer" 2>"$work/error" || code=$?
  if [ "$code" = 0 ]; then
    jq -r '.imageScanStatus.status' "$work/answer"
  elif grep -q ScanNotFoundException "$work/error"; then
    echo PENDING
  else
    cat "$work/error" >&2
    return "$code"
  fi
}
# Basic scanning says when it has ended, and has no enhancedFindings.
basic() { jq -e '.imageScanStatus.status == "COMPLETE" and .imageScanFindings.imageScanCompletedAt != null and .imageScanFindings.enhancedFindings == null' "$work/answer" >/dev/null; }
# scanned DIGEST: did Inspector look at the image? In $work/coverage, why not.
registry=${IMAGE%%/*}
IFS=. read -r account _ _ region _ <<<"$registry"
scanned() {
  aws inspector2 list-coverage --filter-criteria "{\"resourceId\": [{\"comparison\": \"EQUALS\", \"value\": \"arn:aws:ecr:$region:$account:repository/$repository/$1\"}]}" --output json >"$work/coverage" || return 2
  jq -e 'any(.coveredResources[]; .lastScannedAt != null and (.scanStatus.reason | IN("PENDING_INITIAL_SCAN", "PENDING_REVIVAL_SCAN", "SCAN_IN_PROGRESS") | not))' "$work/coverage" >/dev/null
}
for digest in $digests; do
  last=
  rm -f "$work/coverage"
  while :; do
    pause=${POLL_SECONDS:-10}
    status=$(findings "$digest") || { code=$?; echo "::error::Nothing was deployed: AWS does not say what its scan found, its message is above."; exit "$code"; }
    case $status in
      COMPLETE | ACTIVE)
        if basic; then break; fi
        code=0
        scanned "$digest" || code=$?
        [ "$code" != 2 ] || { echo "::error::Nothing was deployed: Amazon Inspector does not say whether it scanned the image, its message is above."; exit 1; }
        if [ "$code" = 0 ]; then
          now=$(jq -cS '.imageScanFindings | [.findings, .enhancedFindings]' "$work/answer")
          [ "$now" != "$last" ] || break
          last=$now
          pause=${SETTLE_SECONDS:-60}
        fi ;;
      PENDING | IN_PROGRESS) ;;
      *) break ;;
    esac
    [ "$SECONDS" -lt "$deadline" ] || { status=NOT_SCANNED; break; }
    sleep "$pause"
  done
  echo "$digest: $status"
  case $status in
    COMPLETE | ACTIVE)
      jq -c '.imageScanFindings | (.findings // [] | .[] | {id: .name, severity,
          package: ([.attributes // [] | .[] | select(.key == "package_name" or .key == "package_version").value] | join(" "))}),
        (.enhancedFindings // [] | .[] | {id: (.packageVulnerabilityDetails.vulnerabilityId // .title), severity,
          package: ([.packageVulnerabilityDetails.vulnerablePackages // [] | .[] | "\(.name) \(.version)"] | join(", "))})' "$work/answer" ;;
    *) # an image that nobody could look into
      why=$(jq -r '.imageScanStatus.description // ""' "$work/answer" 2>/dev/null || true)
      [ "$status" != NOT_SCANNED ] || [ ! -e "$work/coverage" ] || why="Amazon Inspector: $(jq -r '[.coveredResources[].scanStatus | "\(.statusCode), \(.reason)"] | if . == [] then "does not cover the image" else join("; ") end' "$work/coverage")"
      jq -cn --arg id "$status" --arg package "$why" '{id: $id, severity: "CRITICAL", $package}' ;;
  esac >>"$work/findings"
done
touch "$work/findings"

jq -s --arg severity "$SEVERITY" --arg today "$today" --slurpfile lists "$work/allowed" '
  ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as $levels | ($levels | index($severity)) as $least
  | unique | map(.id as $id | . + {at: (.severity as $s | $levels | index($s) // -1), allow: ([$lists[0][] | select(.id == $id)] | max_by(.until))}
      | . + {allowed: (.allow != null and .allow.until >= $today)})
  | {all: length, stops: map(select(.at >= $least and (.allowed | not))), allowed: map(select(.at >= $least and .allowed)),
     unused: ([.[].id] as $found | $lists[0] | map(select(.id | IN($found[]) | not)))}' "$work/findings" >"$work/result"
{
  jq -r --arg severity "$SEVERITY" '"ECR found \(.all): \(.stops | length) of \($severity) or above stop the deployment, \(.allowed | length) are allowed.",
    (select((.stops + .allowed) != []) | "", "| finding | severity | package | |", "| --- | --- | --- | --- |",
      ((.stops + .allowed)[] | "| \(.id) | \(.severity) | \(.package) | \(if .allowed then "allowed until \(.allow.until): \(.allow.reason)"
        elif .allow then "**stops**: was allowed until \(.allow.until): \(.allow.reason)" else "**stops**" end) |"))' "$work/result"
} | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
jq -r --arg file "$ALLOWED" '.unused[] | "::notice::\($file): \(.id) is not found any more: remove it"' "$work/result"
jq -r --arg file "$ALLOWED" --arg soon "$(jq -rn 'now + 14 * 86400 | strftime("%F")')" '.allowed[] | select(.allow.until < $soon) | "::warning::\($file): \(.id) is allowed until \(.allow.until) only"' "$work/result"
if [ "$(jq '.stops | length' "$work/result")" != 0 ]; then
  next="update what is affected and push; or allow it in $ALLOWED, with a reason and a day."
  if jq -e 'any(.stops[]; .id == "NOT_SCANNED")' "$work/result" >/dev/null; then
    next="did nothing scan the image within $MINUTES minutes? Whoever runs the infrastructure looks at what the registry scans, with its filters (aws ecr get-registry-scanning-configuration); then re-run this job."
  fi
  echo "::error::The image is not deployed: $(jq -r '[.stops[] | "\(.id) (\(.severity))"] | join(", ")' "$work/result"). Next: $next"
  exit 1
fi
