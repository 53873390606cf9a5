// Command rehearse lives the whole life of the platform on a local AWS, with
// the real cdktf CLI, Terraform and AWS provider: from an empty account to the
// destruction of an environment, faults included. It ends with a table of
// every step.
//
// It starts a local AWS of its own, or uses the emulator at AWS_ENDPOINT_URL,
// which must be empty and on a loopback address.
//
//	go run ./internal/rehearse [-short] [-dir .local]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rehearse:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	dir := flag.String("dir", ".local", "`folder` with the tools in bin and venv; everything is written below it")
	short := flag.Bool("short", false, "shared and dev only, one killed deployment")
	flag.Parse()
	root, err := filepath.Abs(*dir)
	if err != nil {
		return err
	}
	r, err := newRehearsal(root, *short, os.Stdout)
	if err != nil {
		return err
	}
	if err := r.open(ctx, os.Getenv("AWS_ENDPOINT_URL")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	return runSteps(ctx, r.out, filepath.Join(r.dir, "table.md"), r.steps())
}
