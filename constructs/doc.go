// Package constructs holds the typed constructs that stacks are made of:
// SharedSetup, Environment and GithubOidcRole. It imports access, config and the
// parts, one package below each.
//
//	shared_setup.go      what is created once: OIDC provider, boundaries, CI roles
//	state.go             the bucket of Terraform's state
//	account_baseline.go  what the account has once: trail, analyzer, defaults
//	people.go            the roles for people
//	foundation.go        an environment's keys, image repository and network
//	github_oidc_role.go  a role that GitHub Actions assumes
//	environment.go       an environment: buckets, secrets, database, alarms, what is published
//	entrance.go          its way in: CloudFront, web ACLs, load balancer, certificates
//	slack.go             which channels get its alarms, and the role of them all
//	off_hours.go         when its database is stopped and started
//	workloads.go         its tasks and services, with their roles
//
// Each folder below holds one part of AWS: New(scope, id, props) takes plain
// props and finished policy documents, and returns a value whose fields are what
// others may use, or an error. A part imports bindings, config, access/policy,
// compliance and constructs/tf; no part imports another. Construct ids are a
// contract: Terraform addresses are made of them, and a changed one destroys and
// recreates.
package constructs
