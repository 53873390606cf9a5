// Package bootstrap makes the shared stack of an empty AWS account, with an
// administrator's rights: first what Terraform's state needs, with the state in
// a file; then it moves the state into the bucket that it made, and makes the
// rest. Later it applies the changes that no pipeline may make: to the roles of
// CI, their boundaries, the state bucket and its key. It can be run again at any
// point: how far it got it finds by looking.
//
// Only programs import it.
package bootstrap
