#!/usr/bin/env bash
# Says at the account's topic that a run failed, to whoever gets the account's alarms. Of
# what the event holds, only what looks as GitHub writes it is passed on.
# In: TOPIC (its name), AWS_REGION, WORKFLOW, CONCLUSION, COMMIT and RUN (the id) of the run
# that failed, ISSUE (the number, "" where none could be opened), and what GitHub sets.
set -euo pipefail
trap 'echo "::error title=Nobody was told::The failed run is not at the topic: a command failed (exit code $?), its message is above. Whoever reads the issues of this repository sees it there, if one was opened."' ERR
# Printable ASCII, in one line, of which the second argument is the most.
printable() { printf '%.*s' "$2" "$(printf '%s' "$1" | LC_ALL=C tr -cd ' -~')"; }
web=${GITHUB_SERVER_URL:?}/${GITHUB_REPOSITORY:?}
name=$(printable "$WORKFLOW" 40)
ended=$(printable "$CONCLUSION" 20)
link="not known: its id is none" of="not known: its SHA is none"
about="none could be opened: see the run $web/actions/runs/$GITHUB_RUN_ID"
[[ ! $RUN =~ ^[0-9]+$ ]] || link=$web/actions/runs/$RUN
[[ ! $COMMIT =~ ^[0-9a-f]{40}$ ]] || of=$COMMIT
[[ ! $ISSUE =~ ^[0-9]+$ ]] || about=$web/issues/$ISSUE
# Amazon SNS API reference, "Publish": ASCII that begins with a letter, without line breaks
# or control characters, in less than 100 characters.
subject=$(printable "Failed: $name of $GITHUB_REPOSITORY" 99)
text="Workflow $name ended with \"$ended\" on the branch that is deployed.

Run:       $link
Commit:    $of
Issue:     $about
Next step: $web/blob/$GITHUB_REF_NAME/docs/pipelines.md#what-happens-when"
account=$(aws sts get-caller-identity --query Account --output text)
[[ $account =~ ^[0-9]{12}$ ]] || { echo "::error title=Nobody was told::AWS names no account for these credentials: \"$(printable "$account" 40)\""; exit 1; }
aws sns publish --topic-arn "arn:aws:sns:${AWS_REGION:?}:$account:$TOPIC" --subject "$subject" --message "$text" --query MessageId --output text
printf '%s\n' "$subject" "$text"
