package localaws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Whoever runs a local AWS in a folder holds the folder's lock for as long as it lives, and the kernel
// lets go of it however that process ends. So the pid that is recorded belongs to a local AWS of ours
// exactly while the lock is held: no other process is ever signalled.

// lock takes the folder's lock, or says who has it.
func lock(dir string) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("a local AWS runs in %s already", dir)
		}
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	return func() { file.Close() }, nil
}

// locked says whether some process holds the folder's lock.
func locked(dir string) (bool, error) {
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

// writeState records who runs here; a reader sees all of it or nothing.
func writeState(dir string, state State) error {
	content, err := json.Marshal(state)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, stateFile)
	if err := os.WriteFile(path+".new", append(content, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Status tells who runs in the folder, or ErrNotRunning.
func Status(dir string) (State, error) {
	held, err := locked(dir)
	if err != nil {
		return State{}, err
	}
	if !held {
		return State{}, ErrNotRunning
	}
	content, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, os.ErrNotExist) {
		return State{}, fmt.Errorf("a local AWS is starting or ending in %s", dir)
	}
	if err != nil {
		return State{}, err
	}
	var state State
	if err := json.Unmarshal(content, &state); err != nil {
		return State{}, fmt.Errorf("reading %s: %w", stateFile, err)
	}
	return state, nil
}

// Start runs a local AWS in the background and waits until it answers. The executable is a program that
// runs Serve when called as Arguments says. Where one runs already with the same port and account, it is left as it is.
func Start(ctx context.Context, executable string, options Options) (State, error) {
	o, err := options.withDefaults()
	if err != nil {
		return State{}, err
	}
	endpoint := "http://" + hostIP + ":" + strconv.Itoa(o.Port)
	switch state, err := Status(o.Dir); {
	case err == nil && state.Endpoint == endpoint && state.Account == o.Account:
		return state, nil
	case err == nil:
		return State{}, fmt.Errorf("a local AWS runs in %s already, at %s with account %s", o.Dir, state.Endpoint, state.Account)
	case !errors.Is(err, ErrNotRunning):
		return State{}, err
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return State{}, err
	}
	output, err := os.Create(filepath.Join(o.Dir, logFile))
	if err != nil {
		return State{}, err
	}
	defer output.Close() // the new process has its own
	command := exec.Command(executable, Arguments(o)...)
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it lives on when this terminal goes
	if err := command.Start(); err != nil {
		return State{}, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		state, err := Status(o.Dir)
		if err == nil && state.PID == command.Process.Pid && answers(ctx, state.Endpoint+healthPath) {
			return state, nil
		}
		select {
		case err := <-ended:
			return State{}, fmt.Errorf("the local AWS did not start: %w\n%s", err, tail(filepath.Join(o.Dir, logFile)))
		case <-ctx.Done():
			command.Process.Signal(syscall.SIGTERM)
			<-ended
			return State{}, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Arguments are the command line that makes a program with Commands run Serve with these options.
func Arguments(o Options) []string {
	return []string{serveCommand, "-dir", o.Dir, "-port", strconv.Itoa(o.Port), "-python", o.Python, "-account", o.Account, "-vpc-origin-delay", o.VPCOriginDelay.String()}
}

// Stop ends the local AWS of a folder and waits until it is gone. It says whether one was running;
// where none is, there is nothing to do.
func Stop(ctx context.Context, dir string) (bool, error) {
	var state State
	for {
		var err error
		if state, err = Status(dir); err == nil {
			break
		} else if errors.Is(err, ErrNotRunning) {
			return false, nil
		}
		// It is just starting or ending: which one shows in a moment.
		select {
		case <-ctx.Done():
			return false, err
		case <-time.After(50 * time.Millisecond):
		}
	}
	for attempt := 0; ; attempt++ {
		signal := syscall.SIGTERM
		if attempt > 0 {
			signal = syscall.SIGKILL // moto ends with the front all the same
		}
		if err := syscall.Kill(state.PID, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return true, fmt.Errorf("ending process %d: %w", state.PID, err)
		}
		gone, err := waitUnlocked(ctx, dir, 3*endLimit)
		if err != nil || gone {
			return true, errors.Join(err, removeState(dir, gone))
		}
		if attempt > 0 {
			return true, fmt.Errorf("process %d does not end", state.PID)
		}
	}
}

func waitUnlocked(ctx context.Context, dir string, limit time.Duration) (bool, error) {
	for until := time.Now().Add(limit); time.Now().Before(until); {
		held, err := locked(dir)
		if err != nil || !held {
			return !held, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return false, nil
}

// removeState takes away the record of a process that was killed before it could do so itself.
func removeState(dir string, gone bool) error {
	if !gone {
		return nil
	}
	if err := os.Remove(filepath.Join(dir, stateFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
