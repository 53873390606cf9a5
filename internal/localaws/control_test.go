package localaws

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test program is also what the tests start: as the command that serves, and as a Python that has moto.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == serveCommand:
		os.Exit(serveForTests(os.Args[2:]))
	case len(os.Args) > 1 && filepath.Base(os.Args[1]) == launcherFile:
		os.Exit(motoForTests(os.Args[2:]))
	}
	code := m.Run()
	if err := stopReal(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func serveForTests(args []string) int {
	var o Options
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	flags.StringVar(&o.Dir, "dir", "", "")
	flags.IntVar(&o.Port, "port", 0, "")
	flags.StringVar(&o.Python, "python", "", "")
	flags.StringVar(&o.Account, "account", "", "")
	flags.DurationVar(&o.VPCOriginDelay, "vpc-origin-delay", 0, "")
	flags.Parse(args)
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	if err := Serve(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// motoForTests answers as moto does when it is ready, and ends as launch.py does. LOCALAWS_TEST_MOTO
// makes it fail instead.
func motoForTests(args []string) int {
	mode := os.Getenv("LOCALAWS_TEST_MOTO")
	if mode == "fails" {
		fmt.Fprintln(os.Stderr, "no module named moto")
		return 3
	}
	flags := flag.NewFlagSet("moto", flag.ExitOnError)
	host := flags.String("H", "", "")
	port := flags.Int("p", 0, "")
	flags.Parse(args)
	go http.ListenAndServe(net.JoinHostPort(*host, strconv.Itoa(*port)), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/die" {
			os.Exit(4)
		}
		fmt.Fprintf(w, "account %s, keys %q", os.Getenv("MOTO_ACCOUNT_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"))
	}))
	if mode == "deaf" {
		signal.Ignore(syscall.SIGTERM)
		select {}
	}
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// testOptions are options for a local AWS whose moto is motoForTests.
func testOptions(t *testing.T) Options {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Dir: t.TempDir(), Port: port, Python: self(t)}
}

func self(t *testing.T) string {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return executable
}

func start(t *testing.T, o Options) State {
	t.Helper()
	state, err := Start(t.Context(), self(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := Stop(context.Background(), o.Dir); err != nil {
			t.Error(err)
		}
	})
	return state
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// waitGone waits until a process that is not a child of this one is gone.
func waitGone(t *testing.T, what string, pid int) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); alive(pid); time.Sleep(10 * time.Millisecond) {
		if isZombie(pid) {
			return // ended; only its parent has not asked how
		}
		if time.Now().After(until) {
			t.Fatalf("%s, process %d, is still there", what, pid)
		}
	}
}

// isZombie reads a process's state where the system shows it.
func isZombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z")
}

func TestStartStatusStop(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "somebody's")
	o := testOptions(t)
	state := start(t, o)
	if want := fmt.Sprintf("http://127.0.0.1:%d", o.Port); state.Endpoint != want {
		t.Errorf("endpoint: got %s, want %s", state.Endpoint, want)
	}
	if state.Account != DefaultAccount {
		t.Errorf("account: got %s", state.Account)
	}
	if got, err := Status(o.Dir); err != nil || got != state {
		t.Errorf("status: got %+v %v, want %+v", got, err, state)
	}
	response, err := http.Get(state.Endpoint + "/anything")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, _ := io.ReadAll(response.Body); string(body) != "account "+DefaultAccount+", keys \"\"" {
		t.Errorf("through the front: got %q", body)
	}
	response, err = http.Get(state.Endpoint + healthPath)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var health State
	if err := json.NewDecoder(response.Body).Decode(&health); err != nil || health != state {
		t.Errorf("health: got %+v %v, want %+v", health, err, state)
	}

	if again, err := Start(t.Context(), self(t), o); err != nil || again != state {
		t.Errorf("start again: got %+v %v, want %+v", again, err, state)
	}
	other := o
	other.Account = "999999999999"
	if _, err := Start(t.Context(), self(t), other); err == nil || !strings.Contains(err.Error(), "runs in "+o.Dir+" already") {
		t.Errorf("start with another account: %v", err)
	}

	if stopped, err := Stop(t.Context(), o.Dir); err != nil || !stopped {
		t.Fatalf("stop: %v %v", stopped, err)
	}
	waitGone(t, "front", state.PID)
	waitGone(t, "moto", state.MotoPID)
	if _, err := os.Stat(filepath.Join(o.Dir, stateFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the pid file is still there: %v", err)
	}
	if stopped, err := Stop(t.Context(), o.Dir); err != nil || stopped {
		t.Errorf("stop again: %v %v", stopped, err)
	}
	if _, err := Status(o.Dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("status after stop: %v", err)
	}
}

func TestStopNeverEndsAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	// A record left behind by a machine that went down, with a pid that is now somebody else's: ours.
	if err := writeState(dir, State{PID: os.Getpid(), Endpoint: "http://127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, lockFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if stopped, err := Stop(t.Context(), dir); err != nil || stopped {
		t.Errorf("stop: %v %v", stopped, err)
	}
	if stopped, err := Stop(t.Context(), filepath.Join(dir, "none")); err != nil || stopped {
		t.Errorf("stop of no folder: %v %v", stopped, err)
	}
}

func TestMotoEndsWithAKilledFront(t *testing.T) {
	o := testOptions(t)
	state := start(t, o)
	if err := syscall.Kill(state.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitGone(t, "moto", state.MotoPID)
	if _, err := Status(o.Dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("status: %v", err)
	}
	next := start(t, o) // the record left behind is in nobody's way
	if next.PID == state.PID {
		t.Errorf("the same pid again: %d", next.PID)
	}
}

func TestDeafMotoIsEndedAllTheSame(t *testing.T) {
	t.Setenv("LOCALAWS_TEST_MOTO", "deaf")
	o := testOptions(t)
	state := start(t, o)
	if _, err := Stop(t.Context(), o.Dir); err != nil {
		t.Fatal(err)
	}
	waitGone(t, "moto", state.MotoPID)
}

func TestFrontEndsWithMoto(t *testing.T) {
	o := testOptions(t)
	state := start(t, o)
	if response, err := http.Get(state.Endpoint + "/die"); err == nil {
		response.Body.Close()
	}
	waitGone(t, "front", state.PID)
	log, err := os.ReadFile(filepath.Join(o.Dir, logFile))
	if err != nil || !strings.Contains(string(log), "moto ended by itself: exit status 4") {
		t.Errorf("log: %v %s", err, log)
	}
}

func TestStartSaysWhyNot(t *testing.T) {
	t.Run("moto fails", func(t *testing.T) {
		t.Setenv("LOCALAWS_TEST_MOTO", "fails")
		_, err := Start(t.Context(), self(t), testOptions(t))
		if err == nil || !strings.Contains(err.Error(), "no module named moto") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no Python", func(t *testing.T) {
		o := testOptions(t)
		o.Python = ""
		_, err := Start(t.Context(), self(t), o)
		if err == nil || !strings.Contains(err.Error(), filepath.Join("venv", "bin", "python")) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("port taken", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		o := testOptions(t)
		o.Port = listener.Addr().(*net.TCPAddr).Port
		if _, err := Start(t.Context(), self(t), o); err == nil || !strings.Contains(err.Error(), "address already in use") {
			t.Errorf("got %v", err)
		}
	})
	for name, o := range map[string]Options{
		"no folder given":          {},
		`port 70000: want`:         {Dir: "x", Port: 70000},
		`account "12": want twelv`: {Dir: "x", Account: "12"},
	} {
		if _, err := Start(t.Context(), self(t), o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: got %v, want %s", o, err, name)
		}
	}
}
