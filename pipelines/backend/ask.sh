#!/usr/bin/env bash
# Asks the product from outside, as a user does, until it has answered 200 three
# times in a row. It follows no redirect: a page that asks to sign in is not the
# product's health. In: URL (such as https://dev.paperwurks.example), HEALTH_PATH,
# MINUTES to ask at most.
set -euo pipefail
[[ $URL =~ ^https://[a-z0-9.-]+(:[0-9]+)?$ ]] || { echo "::error::The url is \"$URL\": https:// and a host name are allowed, without a path"; exit 1; }
[[ $HEALTH_PATH =~ ^/[!-~]*$ ]] || { echo "::error::The path is \"$HEALTH_PATH\": a path with a slash first is allowed, without spaces"; exit 1; }
# The job ends after 30 minutes, without a word; the caller's command needs some of them.
[[ $MINUTES =~ ^([1-9]|1[0-9]|20)$ ]] || { echo "::error::The minutes are \"$MINUTES\": 1 to 20 are allowed"; exit 1; }
deadline=$((SECONDS + MINUTES * ${MINUTE_SECONDS:-60}))
good=0 asked=0 bad=0 last=
# 60 seconds are what CloudFront and the load balancer wait for an answer.
while :; do
  asked=$((asked + 1))
  if code=$(curl --silent --show-error --globoff --output /dev/null --max-time 65 --write-out '%{http_code} %header{retry-after}' "$URL$HEALTH_PATH" 2>"${RUNNER_TEMP:-/tmp}/ask.$$") && [ "${code%% *}" = 200 ]; then
    good=$((good + 1))
    echo "$URL$HEALTH_PATH answered 200"
    [ "$good" -lt 3 ] || break
  else
    good=0 bad=$((bad + 1))
    next="the runbook of the alarms; roll back if a deployment preceded"
    case $code in
      000*) last=$(tail -1 "${RUNNER_TEMP:-/tmp}/ask.$$") ;;
      # As the web ACL answers (constructs/webacl).
      "503 300") last="it answered 503 as in maintenance mode" next="switch maintenance mode off (make maintenance, by whoever is on call), and run this job again" ;;
      *) last="it answered ${code%% *}" ;;
    esac
    echo "$URL$HEALTH_PATH: $last"
    if [ "$SECONDS" -ge "$deadline" ]; then
      text="$URL$HEALTH_PATH did not answer 200 three times in a row within $MINUTES minutes: $last, at the last of $asked times. What is deployed stays. Next: $next."
      echo "::error::$text"
      echo "**Asked from outside:** $text" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
      exit 1
    fi
  fi
  sleep "${POLL_SECONDS:-5}"
done
text="$URL$HEALTH_PATH answered 200 three times in a row; $bad of $asked answers were others."
echo "**Asked from outside:** $text" | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
