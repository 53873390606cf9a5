// Package capability is the table of what each role may and may not do, in
// plain words, as requests to AWS. The simulation decides each; the table says
// what the decision must be and why. It imports config, internal/iamsim, inventory
// and token only.
package capability
