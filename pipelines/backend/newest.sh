#!/usr/bin/env bash
# Says whether the run's commit is still the newest one of its branch. A run that
# was overtaken changes nothing and leaves the work to the newest commit's run;
# a re-run fails, since somebody waits for it, and so does a run whose successor
# does not exist: GitHub makes none for a commit that says [skip ci].
# In: GITHUB_TOKEN (contents and actions: read), and what GitHub sets. Out: newest=true|false in GITHUB_OUTPUT.
set -euo pipefail
ask() {
  curl --fail --silent --show-error --retry 5 --retry-all-errors --max-time 60 \
    --header @<(printf 'Authorization: Bearer %s' "$GITHUB_TOKEN") "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$1"
}
for look in 1 2 3 4 5 6; do
  head=$(ask "git/ref/${GITHUB_REF#refs/}" | jq -er .object.sha)
  if [ "$head" = "$GITHUB_SHA" ]; then
    echo "newest=true" >>"$GITHUB_OUTPUT"
    exit 0
  fi
  # A commit before this one is an answer from before the push.
  [ "$(ask "compare/$GITHUB_SHA...$head?per_page=1" | jq -er .status)" = behind ] || break
  [ "$look" = 6 ] || sleep "${POLL_SECONDS:-10}"
done
workflow=${GITHUB_WORKFLOW_REF#"$GITHUB_REPOSITORY/"}
workflow=${workflow%%@*}
for look in 1 2 3 4 5 6; do
  # A run is there a moment after the push.
  [ "$look" = 1 ] || sleep "${POLL_SECONDS:-10}"
  runs=$(ask "actions/runs?head_sha=$head&branch=${GITHUB_REF#refs/heads/}&event=push&per_page=100" |
    jq --arg workflow "$workflow" '[.workflow_runs[] | select((.path | split("@")[0]) == $workflow)] | length')
  [ "$runs" = 0 ] || break
done
if [ "$runs" = 0 ]; then
  text="Nothing is changed from here on: $GITHUB_SHA is no longer the newest commit of ${GITHUB_REF#refs/heads/}, and the newest, $head, has no run of $workflow; GitHub makes none for a commit that says [skip ci]. Next: push a commit that does not say it, with what both changed."
  echo "$text" >>"$GITHUB_STEP_SUMMARY"
  echo "newest=false" >>"$GITHUB_OUTPUT"
  echo "::error title=The newest commit is deployed by nobody::$text"
  exit 1
fi
text="Nothing is changed from here on: $GITHUB_SHA is no longer the newest commit of ${GITHUB_REF#refs/heads/}, which is $head. The newest commit has a run of its own."
echo "$text" >>"$GITHUB_STEP_SUMMARY"
echo "newest=false" >>"$GITHUB_OUTPUT"
if [ "${GITHUB_RUN_ATTEMPT:-1}" -gt 1 ]; then
  echo "::error title=Not the newest commit::$text To undo a change, revert its commit and merge that; to take the backend back, start its rollback."
  exit 1
fi
echo "::notice title=Not the newest commit::$text"
