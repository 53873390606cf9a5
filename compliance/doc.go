// Package compliance holds the rules that every resource of every stack has to
// keep, and the gate that stops synth when one does not.
//
// A rule is a Go function over the resolved Terraform JSON of a resource; it
// sees all other resources of all stacks too, so that it can follow a reference
// to a key, a log group or a route table. An exception is code next to the
// resource: Except writes it into the resource's own comment ("//"), from where
// it reaches the rules together with the resource.
//
// The rules look at what cdktf wrote, before anybody else can (Synthesise in
// package stacks), and not, as cdktf's aspects do, at constructs. An aspect of
// Go's is called back from Node for each of the some nine hundred constructs of
// an environment and has to ask for every value; it sees neither the
// references between stacks, which cdktf makes later, nor what another aspect
// changes after it.
//
// docs/compliance.md is generated from the rules. The package imports
// access/policy, config, internal/synthesised and internal/markdown only.
package compliance
