// Package preflight compares what the platform needs of an AWS account with what the account has: quotas,
// service-linked roles, zones, the hosted zone. It changes nothing. Only programs import it.
package preflight
