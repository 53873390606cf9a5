//go:build !unix

package kernel

import "io/fs"

// isPrivate leaves it to the system, which keeps the user's cache folder to
// the user.
func isPrivate(fs.FileInfo) bool {
	return true
}
