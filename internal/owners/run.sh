#!/usr/bin/env bash
# Checks that this repository is green for whoever fills in its settings: for
# each folder of internal/owners/testdata, the settings of one owner, it copies
# the repository to .local/owners, puts the settings in their place, and runs
# `make review` and the checks there. SHORT=1 runs only the tests that the
# settings can turn red: not those of packages without settings, not those that
# start from config.Fixture or from no settings and are the same for every owner, nor the linters,
# validate and scan. OWNER= chooses one.
set -euo pipefail
cd "$(dirname "$0")/../.."
repository=$PWD
fixed='^Test(Mutants|Missing|Added|RouteToTheInternet|FourthEnvironment|Domain|Options|OptionSnapshots|ProgramRefuses|NoIdentityChanges|RecordedCallsNoticeWhatIsMissing|DatabaseRoles|TheMasterStillSignsIn|DatabaseSetup|Ask|GateOf|Update|Migrate|Drills|ReviseJobs|ReviseRefuses|ReviseRefusesAnotherArchitecture|ReviseTellsWhatComesWithTheImage|MigrateIsCancelled|MigrateIsCancelledWhileItStarts|OneMigrationAtATime|Running|RunJob|UpdateFollowsThePort|UpdateIsCancelled|SameWithTheStockKernel|FaultsAreFound|FuzzSynth|AStoredPlanIsApplied|AnInterruptedApplyEndsProperly|DiffFails)$'

for settings in internal/owners/testdata/*; do
  owner=$(basename "$settings")
  if [ -n "${OWNER:-}" ] && [ "$OWNER" != "$owner" ]; then continue; fi
  copy=$repository/.local/owners/$owner
  printf '\n== owner %s\n' "$owner"
  rm -rf "$copy"
  mkdir -p "$copy/.local"
  git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - 2>/dev/null | tar -xC "$copy"
  cp "$settings"/*.go "$copy/config/"

  # What `make owners` installed serves every copy.
  for installed in node_modules internal/kernel/node_modules internal/iamsim/node_modules internal/postgres/node_modules .local/venv .local/scan-venv .local/aws-cli .local/zizmor; do
    if [ -e "$installed" ]; then ln -s "$repository/$installed" "$copy/$installed"; fi
  done
  for stamp in .local/*.stamp; do
    if [ "$stamp" != .local/bin.stamp ]; then touch "$copy/$stamp"; fi
  done

  cd "$copy"
  git init --quiet
  printf '%s\n' node_modules >.git/info/exclude
  git add --all
  git -c user.name=owner -c user.email=owner@example.com commit --quiet --message "$owner fills in the settings"
  if [ -n "${SHORT:-}" ]; then
    # The options' snapshots start from config.Fixture, and the tests below are the second look.
    make --no-print-directory budgets
    UPDATE_SNAPSHOTS=1 go test -count=1 -run '^Test(Snapshots|Ejected)$' ./stacks >/dev/null || true
    make --no-print-directory docs access sample workflows
  else
    make --no-print-directory review
  fi
  git add --all
  git --no-pager diff --cached --stat
  if [ -n "${SHORT:-}" ]; then
    # shellcheck disable=SC2016,SC2046 # Go's template; one word each
    go test -count=1 -skip "$fixed" ./config $(go list -test -f '{{$test := .ForTest}}{{range .Deps}}{{if and $test (eq . "github.com/paperwurks/infra/config")}}{{$test}}{{end}}{{end}}' ./... | sort -u)
  else
    for target in test validate lint scan; do make --no-print-directory "$target"; done
  fi
  cd "$repository"
done
