// Package scan lets Checkov read every synthesised stack, as a second opinion to the platform's own rules.
// Only programs import it.
package scan
