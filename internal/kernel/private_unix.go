//go:build unix

package kernel

import (
	"io/fs"
	"os"
	"syscall"
)

// isPrivate tells whether nobody else can put a file into the folder: the
// kernel runs the loader from there.
func isPrivate(dir fs.FileInfo) bool {
	stat, ok := dir.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && dir.Mode().Perm()&0o022 == 0
}
