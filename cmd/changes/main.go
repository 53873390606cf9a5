// Command changes plans a typical change of every setting, and applies some of
// them, with the real provider, against the platform as it is deployed to a local
// AWS of its own. It writes internal/changes/results.json and docs/changes.md.
//
//	go run ./cmd/changes [-dir DIR] [-check] [deploy] [rows] [steps] [doc]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/paperwurks/infra/internal/changes"
	"github.com/paperwurks/infra/internal/kernel"
)

func main() {
	dir := flag.String("dir", ".local/changes", "`folder` of everything that is written, but for the results")
	tools := flag.String("tools", ".local", "`folder` with bin, venv and the provider's configuration")
	port := flag.Int("port", 4921, "`port` of the local AWS on 127.0.0.1")
	check := flag.Bool("check", false, "write nothing: fail where the results are not those in the repository")
	flag.Parse()
	parts := flag.Args()
	if len(parts) == 0 {
		parts = []string{"deploy", "rows", "steps", "doc", "down"}
	}
	if err := run(context.Background(), *dir, *tools, *port, *check, parts); err != nil {
		fmt.Fprintln(os.Stderr, "changes:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, tools string, port int, check bool, parts []string) error {
	results, err := changes.Kept()
	if err != nil {
		return err
	}
	if slices.Equal(parts, []string{"doc"}) {
		return write(results)
	}
	if err := kernel.Use(); err != nil {
		return err
	}
	defer kernel.Close()
	p, err := newPlatform(dir, tools, port)
	if err != nil {
		return err
	}
	for _, part := range parts {
		switch part {
		case "deploy":
			// What an earlier platform showed is shown again, by what is to follow.
			if slices.Contains(parts, "rows") {
				results.Rows = nil
			}
			if slices.Contains(parts, "steps") {
				results.Steps = nil
			}
			err = p.deploy(ctx)
		case "rows":
			results.Rows, err = p.rows(ctx, results.Rows, func(rows []changes.Result) error {
				if check {
					return nil
				}
				return save(changes.Results{Rows: rows, Steps: results.Steps})
			})
		case "steps":
			results.Steps, err = p.steps(ctx, results.Steps)
		case "down":
			err = p.down(ctx)
		case "doc":
			err = differs(results, check)
		default:
			err = fmt.Errorf("%q: deploy, rows, steps, doc and down are allowed", part)
		}
		if err == nil && !check && part != "deploy" && part != "down" {
			err = save(results)
		}
		if err != nil {
			return err
		}
	}
	for _, fault := range results.Faults(changes.Rows()) {
		fmt.Fprintln(os.Stderr, "changes:", fault)
	}
	return nil
}

const document = "docs/changes.md"

var resultsFile = filepath.Join("internal", "changes", "results.json")
