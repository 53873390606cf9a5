#!/usr/bin/env bash
# Reads what the infrastructure published for the environment into a file.
# In: ENVIRONMENT, PARAMETERS (file to write). Out: repository=… in GITHUB_OUTPUT.
set -euo pipefail
prefix="/paperwurks/$ENVIRONMENT/"
aws ssm get-parameters-by-path --path "$prefix" --recursive --output json |
  jq --arg prefix "$prefix" '[.Parameters[] | {key: (.Name | ltrimstr($prefix)), value: .Value}] | from_entries' >"$PARAMETERS"
for name in ecs/cluster-name ecs/service-names image/repository-url network/private-subnet-ids service/migrate/task-family; do
  jq -e --arg name "$name" 'has($name)' "$PARAMETERS" >/dev/null || {
    echo "::error::SSM has no parameter $prefix$name: has the stack of $ENVIRONMENT been deployed?"
    exit 1
  }
done
echo "repository=$(jq -r '."image/repository-url"' "$PARAMETERS")" >>"${GITHUB_OUTPUT:-/dev/stdout}"
