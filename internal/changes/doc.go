// Package changes says of every setting what changing it does on a running
// platform: docs/changes.md. Rows are written by hand; what they say was
// planned by cmd/changes with the real provider against a platform that is
// deployed to the local AWS, and is kept in results.json.
package changes
