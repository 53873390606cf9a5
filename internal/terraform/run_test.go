package terraform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fakeTerraform makes the test's own binary play a Terraform that works until
// it is interrupted.
const fakeTerraform = "FAKE_TERRAFORM_WORKS"

func TestMain(m *testing.M) {
	if os.Getenv(fakeTerraform) != "" {
		interrupts := make(chan os.Signal, 2)
		signal.Notify(interrupts, os.Interrupt)
		fmt.Printf("alone in its group: %t\n", syscall.Getpgrp() == os.Getpid())
		<-interrupts
		fmt.Println("lock released")
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestInterruptedTerraformEndsByItself(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "terraform")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	r := Runner{environment: append(os.Environ(), fakeTerraform+"=1")}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var lines []string
	err = r.Follow(ctx, dir, func(line string) {
		lines = append(lines, line)
		if len(lines) == 1 {
			cancel()
		}
	}, "apply")
	var exit *exec.ExitError
	if !errors.As(err, &exit) && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := strings.Join(lines, ", "); got != "alone in its group: true, lock released" {
		t.Errorf("it says %q", got)
	}
}
