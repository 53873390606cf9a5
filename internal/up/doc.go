// Package up deploys the whole platform to a local AWS on this machine and reads back what it published.
// Only programs import it.
package up
