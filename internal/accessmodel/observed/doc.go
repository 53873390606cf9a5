// Package observed knows what IAM is asked for when somebody calls AWS's API:
// the actions and resources of a call that was recorded. An API
// operation and its IAM action differ at times, one call may need several, and
// AWS's services call each other in the caller's name.
//
// What the rehearsal recorded is in calls.csv, so that every test run checks
// it against the access model without an emulator. An emulator enforces no IAM
// and makes no call in the caller's name: what AWS asks for on top is in
// this package, from AWS's documentation, and was not tried on AWS.
package observed
