// Package access says who may do what in the platform's account: the roles of
// CI and from where each can be assumed, the roles of what runs, and the
// permissions boundaries of both. Documents are typed values; nothing here
// needs jsii.
//
//   - trust.go              what a role that GitHub Actions assumes asks of a token
//   - trusts.go             from where each role of CI can be assumed
//   - infra.go              infra-role, by concern in infra_*.go
//   - infra_diff.go         infra-diff-role
//   - deploy.go             deploy-role of an environment
//   - ci_boundary.go        what no role of CI can exceed
//   - workload.go           the roles of tasks
//   - workload_boundary.go  what no role of a workload can exceed
//   - managed_policy.go     AWS's limits
//
// # What holds the model together
//
// The roles of CI, the boundaries and the OIDC provider are changed by an
// administrator only, through `make bootstrap`. infra-role makes and changes
// workload roles, which carry the workload boundary; that boundary names the
// roles that reach data one by one. infra-role cannot pass those roles to a
// task: its bootstrap task definitions run as a role that reaches nothing, and
// deploy-role-<env> alone registers definitions with the real ones. In a
// protected environment infra-role can neither delete those roles nor say
// anew who may assume them, and the policy of the key that encrypts data is an
// administrator's to change.
package access
