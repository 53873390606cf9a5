#!/usr/bin/env bash
# Says whether the run's commit is still the newest one of its branch. A run that
# was overtaken changes nothing and leaves the work to the newest commit's run;
# a re-run fails, since somebody waits for it.
# In: GITHUB_TOKEN, and what GitHub sets. Out: newest=true|false in GITHUB_OUTPUT.
set -euo pipefail
head=$(curl --fail --silent --show-error --retry 5 --retry-all-errors --max-time 60 \
  --header @<(printf 'Authorization: Bearer %s' "$GITHUB_TOKEN") \
  "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/git/ref/${GITHUB_REF#refs/}" | jq -er .object.sha)
if [ "$head" = "$GITHUB_SHA" ]; then
  echo "newest=true" >>"$GITHUB_OUTPUT"
  exit 0
fi
text="Nothing is changed from here on: $GITHUB_SHA is no longer the newest commit of ${GITHUB_REF#refs/heads/}, which is $head. The newest commit has a run of its own."
echo "$text" >>"$GITHUB_STEP_SUMMARY"
echo "newest=false" >>"$GITHUB_OUTPUT"
if [ "${GITHUB_RUN_ATTEMPT:-1}" -gt 1 ]; then
  echo "::error title=Not the newest commit::$text To undo a change, revert its commit and merge that; to take the backend back, start its rollback."
  exit 1
fi
echo "::notice title=Not the newest commit::$text"
