// Package compliance holds the rules that every resource of every stack has to
// keep, and the gate that stops synth when one does not.
//
// A rule is a Go function over the resolved Terraform JSON of a resource; it
// sees all other resources of all stacks too, so that it can follow a reference
// to a key, a log group or a route table. Aspect feeds the rules from the
// construct tree. An exception is code next to the resource: Except writes it
// into the resource's own comment ("//"), from where it reaches the rules
// together with the resource.
//
// docs/compliance.md is generated from the rules.
package compliance
