package kernel

import (
	"bytes"
	"io"
	"os"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/aws/jsii-runtime-go"
)

// Close ends the jsii kernel, as jsii.Close does, without the error that this
// prints now and then although all is well.
//
// In jsii-runtime-go (1.112.0, internal/kernel/process) a goroutine waits for
// the kernel's process from its start, and Close waits for the same process
// too. When it exits, the operating system tells both; one of them reaps it,
// and the other's waitid fails with ECHILD. If that is the goroutine, it prints
// the line below, which cdktf's CLI shows as an error. What else is printed
// meanwhile is passed on.
func Close() { withoutRace(jsii.Close, waits) }

const raceLine = "Runtime process exited abnormally: waitid: no child processes"

// withoutRace runs close, waits for the end of the goroutine that waits for the
// kernel's process, and prints what both printed but for the line of the race.
func withoutRace(close func(), waits func() bool) {
	reader, writer, err := os.Pipe()
	if err != nil {
		close()
		return
	}
	stderr := os.Stderr
	os.Stderr = writer
	printed := make(chan []byte)
	go func() {
		text, _ := io.ReadAll(reader) // what could be read is passed on
		printed <- text
	}()
	close()
	for limit := time.Now().Add(time.Second); waits() && time.Now().Before(limit); {
		time.Sleep(time.Millisecond)
	}
	os.Stderr = stderr
	writer.Close()
	text := <-printed
	reader.Close()
	stderr.WriteString(strings.ReplaceAll(string(text), raceLine, ""))
}

// waits says whether jsii-runtime-go's goroutine is still there.
func waits() bool {
	var goroutines bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&goroutines, 1); err != nil {
		return false
	}
	return bytes.Contains(goroutines.Bytes(), []byte("kernel/process.(*Process).ensureStarted.func"))
}
