// Package recovery is for the person whose deployment was killed. It releases
// the stack's lock, finds what the deployment made in AWS but did not write into
// the state any more, and adopts it, so that the next deployment goes on from
// there. It also lists what exists in AWS under the stacks' names and tags and is
// in no state.
//
// Only programs import it.
package recovery
