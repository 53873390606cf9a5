// Package doctor says what this machine lacks for the work in this repository; it changes nothing.
// Only programs import it.
package doctor
