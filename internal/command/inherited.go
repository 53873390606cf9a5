package command

import (
	"os"
	"strconv"
	"syscall"
)

// keepInherited keeps the files that this process was started with to itself.
// A local AWS that goes on in the background would else hold them as long as it
// runs: the lock of a `flock FILE make up`, for one.
func keepInherited() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return // a system without it; nothing is kept then
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}
