// Package iamsim asks the IAM simulator that package.json pins
// (@cloud-copilot/iam-simulate), which runs as a Node program of its own: one
// process, or as many as there are processors, for any number of requests.
package iamsim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/paperwurks/infra/internal/process"
)

// Install is the command that installs the simulator.
const Install = "npm ci --prefix internal/iamsim"

// ErrNotInstalled is returned while the simulator is not installed.
var ErrNotInstalled = errors.New("the IAM simulator is not installed; install it with: " + Install)

// command prepares one of the programs here.
func command(program string) (*exec.Cmd, error) {
	root, err := process.ModuleRoot()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, "internal", "iamsim")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "@cloud-copilot", "iam-simulate")); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotInstalled
	}
	// The Node that internal/kernel pins, or else the machine's.
	cmd := exec.Command(filepath.Join(process.NodeFolder(root), "node"), "--import", "./remember.mjs", program)
	cmd.Dir = dir
	return cmd, nil
}

// run answers one input by one output.
func run(program string, in, out any) error {
	p, err := start(program)
	if err != nil {
		return err
	}
	if err := p.ask(in, out); err != nil {
		return err
	}
	return errors.Join(p.stdin.Close(), p.cmd.Wait())
}

// simulator is a program that answers each line that it is given by a line. It
// ends with its input, and so with this program.
type simulator struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr bytes.Buffer
}

func start(program string) (*simulator, error) {
	cmd, err := command(program)
	if err != nil {
		return nil, err
	}
	p := &simulator{cmd: cmd}
	cmd.Stderr = &p.stderr
	var stdout io.Reader
	p.stdin, err = cmd.StdinPipe()
	if err == nil {
		stdout, err = cmd.StdoutPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	p.stdout = bufio.NewReader(stdout)
	return p, nil
}

// ask sends one line and reads one. After an error the process has ended.
func (p *simulator) ask(in, out any) error {
	line, err := json.Marshal(in)
	if err == nil {
		_, err = p.stdin.Write(append(line, '\n'))
	}
	var answer []byte
	if err == nil {
		answer, err = p.stdout.ReadBytes('\n')
	}
	if err == nil {
		err = json.Unmarshal(answer, out)
	}
	if err != nil {
		p.stdin.Close()
		return errors.Join(fmt.Errorf("%s: %w", filepath.Base(p.cmd.Path), err), p.cmd.Wait(), errors.New(p.stderr.String()))
	}
	return nil
}
