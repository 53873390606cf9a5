// Package rehearse lives the platform's whole life on a local AWS, from an empty account to the destruction of an
// environment, faults included. Only programs import it.
package rehearse
