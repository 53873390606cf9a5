package kernel

import (
	"io"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// TestCloseIsQuiet ends a kernel: its goroutine is found while it runs, and is gone afterwards.
func TestCloseIsQuiet(t *testing.T) {
	if err := Use(); err != nil {
		t.Fatal(err)
	}
	constructs.NewRootConstruct(jsii.String("root"))
	if !waits() {
		t.Error("jsii-runtime-go has another goroutine now: look whether Close is still needed")
	}
	if text := stderrOf(t, Close); text != "" {
		t.Errorf("Close prints %q", text)
	}
	if waits() {
		t.Error("the goroutine goes on")
	}
}

// TestTheRaceIsNotPrinted has the goroutine print after close has returned.
func TestTheRaceIsNotPrinted(t *testing.T) {
	var left atomic.Int32
	left.Store(1)
	text := stderrOf(t, func() {
		withoutRace(func() {
			io.WriteString(os.Stderr, "a fault of another kind\n")
			go func() {
				time.Sleep(20 * time.Millisecond)
				io.WriteString(os.Stderr, raceLine)
				left.Store(0)
			}()
		}, func() bool { return left.Load() > 0 })
	})
	if text != "a fault of another kind\n" {
		t.Errorf("printed %q", text)
	}
}

func stderrOf(t *testing.T, do func()) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stderr := os.Stderr
	os.Stderr = file
	do()
	os.Stderr = stderr
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
