// Package access says who may do what in the platform's account: the roles of
// CI and from where each can be assumed, the roles of what runs, the permissions
// boundaries of both, and the policies of resources. It is pure Go and imports
// config and access/policy only.
//
//	who may read documents        documents.go, keys.go (DataKey)
//	who pushes and pulls images   images.go
//	who reads secrets             secrets.go, keys.go (DataKey)
//	who reaches Terraform's state state.go
//	who may use a key             keys.go
//	who administers CI roles      ci_boundary.go (identityLimits), trusts.go
//	from where a role is assumed  trusts.go (GitHub, by the rules of trust.go), service_trust.go (AWS)
//	infra-role                    infra.go, by concern in infra_*.go
//	infra-diff-role               infra_diff.go, read.go
//	infra-report-role             infra_report.go
//	deploy-role                   deploy.go
//	roles of tasks                workload.go, within workload_boundary.go
//	who writes and reads logs     logs.go
//
// # What holds the model together
//
// The roles of CI, the boundaries and the OIDC provider are changed by an
// administrator only, through `make bootstrap`. infra-role makes and changes
// workload roles, which carry the workload boundary; that boundary names the
// roles that reach data one by one. infra-role cannot pass those roles to a
// task: its bootstrap task definitions run as a role that reaches nothing, and
// deploy-role-<env> alone registers definitions with the real ones. In a
// protected environment infra-role can neither delete those roles nor
// change who may assume them, and the policy of the key that encrypts data is an
// administrator's to change.
package access
