// Package platform reads from the synthesised stacks what the pictures and the
// table of costs tell: what there is, under its real name, and how it hangs
// together. It imports no settings, only access/policy and
// internal/synthesised.
package platform
