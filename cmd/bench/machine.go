package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// thisMachine says what the numbers were measured on, without naming it.
func thisMachine() (string, error) {
	nodePath := filepath.Join("internal", "kernel", "node_modules", ".bin", "node")
	node, err := exec.Command(nodePath, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", nodePath, err)
	}
	system := runtime.GOOS + "/" + runtime.GOARCH
	if name := field("/etc/os-release", "PRETTY_NAME", "="); name != "" {
		system = strings.Trim(name, `"`) + " (" + system + ")"
	}
	processor := field("/proc/cpuinfo", "model name", ":")
	if processor == "" {
		processor = "processor not named by the system"
	}
	memory := "memory unknown"
	if kib, err := strconv.ParseFloat(strings.TrimSuffix(field("/proc/meminfo", "MemTotal", ":"), " kB"), 64); err == nil {
		memory = fmt.Sprintf("%.0f GiB of memory", kib/1024/1024)
	}
	return fmt.Sprintf("%d cores (%s), %s, %s, %s, Node.js %s", runtime.NumCPU(), processor, memory, system,
		runtime.Version(), strings.TrimSpace(string(node))), nil
}

// field is the first value of a key in a file of lines "key<separator>value";
// "" where there is none.
func field(file, key, separator string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(content)) {
		if name, value, found := strings.Cut(line, separator); found && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
