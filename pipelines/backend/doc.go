// Package backend holds the steps of the backend's deployment, as shell
// scripts over the AWS CLI and jq: its pipeline runs them in workflows that
// repeat them word for word (embed). newest.sh and tell.sh are in workflows of
// this repository's own too. What is Go here tests them, against
// recorded answers of AWS.
package backend
