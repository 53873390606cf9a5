// Command validate runs `terraform init -backend=false` and `terraform
// validate` over every synthesised stack, with the real AWS provider.
//
//	go run ./internal/validate [-dir .local] FOLDER
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "validate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir := flag.String("dir", ".local", "`folder` for the provider and its configuration")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("usage: validate [-dir .local] FOLDER")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	source, err := terraform.FindProvider(*dir, config.ProviderVersion, os.Getenv, home)
	if err != nil {
		return err
	}
	fmt.Println("AWS provider from", source.Description)
	stacks, err := synthesised.Read(flag.Arg(0))
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range stacks {
		if err := validate(ctx, source, s.Dir); err != nil {
			errs = append(errs, fmt.Errorf("stack %q: %w", s.Name, err))
			continue
		}
		fmt.Printf("%-10s Success: the configuration is valid\n", s.Name)
	}
	fmt.Printf("Success for %d of %d stacks\n", len(stacks)-len(errs), len(stacks))
	return errors.Join(errs...)
}

func validate(ctx context.Context, source terraform.Source, dir string) error {
	for _, args := range [][]string{
		{"init", "-backend=false", "-input=false", "-no-color"},
		{"validate", "-no-color"},
	} {
		command := exec.CommandContext(ctx, "terraform", args...)
		command.Dir = dir
		command.Env = source.Environment(os.Environ())
		output, err := command.CombinedOutput()
		if err == nil {
			continue
		}
		text := strings.TrimSpace(string(output))
		if args[0] == "init" && source.ConfigFile == "" {
			return fmt.Errorf("terraform init: %w; where no registry can be reached, name a provider mirror: %s=<folder> (see README.md)\n%s", err, terraform.MirrorVariable, text)
		}
		return fmt.Errorf("terraform %s: %w\n%s", args[0], err, text)
	}
	return nil
}
