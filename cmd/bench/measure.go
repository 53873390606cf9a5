package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sample is one run: seconds on the clock, and the most memory that a Node of
// the kernel held, in MiB; 0 where the command does not tell.
type sample struct{ seconds, memory float64 }

// comparison is medians with the stock kernel and with the fast loader.
type comparison struct{ stock, ours sample }

func (c comparison) time() float64   { return c.ours.seconds / c.stock.seconds }
func (c comparison) memory() float64 { return c.ours.memory / c.stock.memory }

// command is a program and its arguments.
type command []string

// measure runs the command once, with more in its environment.
func (c command) measure(more ...string) (sample, error) {
	var stdout, stderr bytes.Buffer
	process := exec.Command(c[0], c[1:]...)
	process.Stdout, process.Stderr = &stdout, &stderr
	// A make that runs bench is not to steer the one that bench runs.
	process.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "MAKE") }), more...)
	begin := time.Now()
	if err := process.Run(); err != nil {
		return sample{}, fmt.Errorf("%s: %w\n%s%s", strings.Join(c, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	s := sample{seconds: time.Since(begin).Seconds()}
	if kib, err := strconv.ParseFloat(strings.TrimSpace(stdout.String()), 64); err == nil {
		s.memory = kib / 1024
	}
	return s, nil
}

// compare runs a command with the stock kernel and with ours in turn, so that
// a machine whose speed drifts slows both. The first run of each is not
// counted.
func compare(c command, runs int) (comparison, error) {
	var stock, ours []sample
	for i := range runs + 1 {
		for _, kernel := range []struct {
			samples     *[]sample
			environment []string
		}{{&stock, []string{"FASTJSII=off"}}, {&ours, nil}} {
			s, err := c.measure(kernel.environment...)
			if err != nil {
				return comparison{}, err
			}
			if i > 0 {
				*kernel.samples = append(*kernel.samples, s)
			}
		}
	}
	return comparison{medians(stock), medians(ours)}, nil
}

func medians(samples []sample) sample {
	var seconds, memory []float64
	for _, s := range samples {
		seconds, memory = append(seconds, s.seconds), append(memory, s.memory)
	}
	return sample{median(seconds), median(memory)}
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
