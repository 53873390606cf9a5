#!/usr/bin/env bash
# Checks a built image against what the platform runs it with (docs/contract.md),
# before it is pushed: what it says of itself, and whether its shell and /tmp
# work under the platform's restrictions. In: IMAGE, an image of this machine;
# PLATFORM that the environment runs, linux/amd64 by default.
set -euo pipefail
faults=$(docker image inspect "$IMAGE" | jq -r --arg platform "${PLATFORM:-linux/amd64}" '.[0]
  | (.Config // {}) as $c
  | ((($c.Entrypoint // []) + ($c.Cmd // [])) | map(split("/") | last)) as $words
  | ("\(.Os)/\(.Architecture)" | select(. != $platform) | "it is for \(.): \($platform) is required (docker build --platform \($platform))"),
    (($c.User // "") | select(split(":")[0] // "" | IN("", "0", "root")) | "it runs as \(if . == "" then "root" else tojson end): USER with another user is required"),
    (select(($c.Volumes // {}) | has("/tmp") | not) | "it declares no VOLUME /tmp: Fargate mounts an empty /tmp there that only root may write, unless the image declares the volume; then /tmp is as the image has it (RUN chmod 1777 /tmp, and after it VOLUME /tmp)"),
    ($words[] | select(IN("su", "sudo", "gosu", "su-exec", "runuser", "setpriv", "chroot", "capsh", "s6-setuidgid")) | "it starts with \(tojson), which changes the user: all capabilities are dropped, so that ends at once"),
    (select(($c.Entrypoint // []) == []) | "it has no ENTRYPOINT: the task gives it one word, such as \"web\" or \"migrate\""),
    (($c.StopSignal // "SIGTERM") | select(IN("SIGTERM", "15", "SIGINT", "2", "SIGQUIT", "3") | not) | "STOPSIGNAL is \(tojson): one that the application ends on by itself is required, SIGTERM by default"),
    ($c.Env // [] | .[] | split("=")[0] | select(IN("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"))
      | "its variable \(.) would be used in place of the role of its task"),
    ($c.Env // [] | .[] | split("=") | select(.[1] != "" and (.[0] | test("(PASSWORD|CREDENTIALS|SECRET|SESSION_KEY|PRIVATE_KEY|API_KEY|TOKEN)$"))) | "its variable \(.[0]) looks like a secret: whoever may pull the image reads it")')
while IFS= read -r fault; do
  [ -z "$fault" ] || echo "::error::The image does not fit the platform: $fault"
done <<<"$faults"
# As a task runs it, without a network: read-only but for /tmp, no capability.
docker run --rm --network none --read-only --cap-drop ALL --mount type=volume,destination=/tmp --entrypoint /bin/sh "$IMAGE" -ec '
  touch /tmp/heartbeat
  test $(( $(date +%s) - $(stat -c %Y /tmp/heartbeat) )) -lt 60
  sleep 0' || {
  echo "::error::The image does not fit the platform: under its restrictions (read-only, no capabilities, its own user) /bin/sh, date, stat, sleep or writing to /tmp fails; the message is above"
  faults=failed
}
[ -z "$faults" ] || exit 1
echo "The image fits the platform"
