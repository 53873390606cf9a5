// Package planrule refuses what a plan may not do: destroy what holds data or
// carries the network, take away what still runs, or do what AWS would refuse
// half-way. As package compliance checks what is synthesised, it checks what is
// planned, since only a plan tells what is there already. Each refusal says
// why, and what to do instead.
//
// What a person means to destroy all the same is named in
// config.Settings.Approved, in the commit that is reviewed.
package planrule
