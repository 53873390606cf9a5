package localaws

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/paperwurks/infra/internal/awsapi"
)

const (
	// DefaultPort is where the local AWS answers unless told otherwise.
	DefaultPort = 4566
	// DefaultAccount is the account that moto has unless told otherwise.
	DefaultAccount = "123456789012"

	hostIP     = "127.0.0.1"
	healthPath = "/_localaws/health"
	lockFile   = "localaws.lock"
	stateFile  = "localaws.pid"
	logFile    = "localaws.log"
	motoLog    = "moto.log"

	launcherFile = "launch.py"

	motoStartLimit = 90 * time.Second // a first start compiles all of moto's Python
	endLimit       = 5 * time.Second  // for moto, and for calls under way, when the local AWS ends
)

//go:embed inmoto/*.py
var inMoto embed.FS

// Options say where a local AWS lives. The zero value of a field is its default.
type Options struct {
	Dir     string // folder for its pid file and logs; required
	Port    int    // port on loopback; DefaultPort
	Python  string // the Python that has moto; <Dir>/venv/bin/python
	Account string // twelve digits; DefaultAccount
	// VPCOriginDelay is how long a VPC origin is Deploying: on AWS up to 15 minutes, here none unless told.
	VPCOriginDelay time.Duration
}

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("no folder given for the local AWS")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, err
	}
	o.Dir = dir
	if o.Port == 0 {
		o.Port = DefaultPort
	}
	if o.Port < 1 || o.Port > 65535 {
		return o, fmt.Errorf("port %d: want 1 to 65535", o.Port)
	}
	if o.Python == "" {
		o.Python = filepath.Join(o.Dir, "venv", "bin", "python")
	}
	if o.Account == "" {
		o.Account = DefaultAccount
	}
	if !regexp.MustCompile(`^[0-9]{12}$`).MatchString(o.Account) {
		return o, fmt.Errorf("account %q: want twelve digits", o.Account)
	}
	return o, nil
}

// State is what a running local AWS writes about itself.
type State struct {
	PID      int    `json:"pid"`
	MotoPID  int    `json:"moto_pid"`
	Endpoint string `json:"endpoint"`
	Account  string `json:"account"`
}

// ErrNotRunning says that no local AWS runs in the folder.
var ErrNotRunning = errors.New("no local AWS runs here")

// Serve runs a local AWS until ctx ends or moto does.
func Serve(ctx context.Context, options Options) (err error) {
	o, err := options.withDefaults()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return err
	}
	unlock, err := lock(o.Dir)
	if err != nil {
		return err
	}
	defer unlock()

	listener, err := net.Listen("tcp", net.JoinHostPort(hostIP, strconv.Itoa(o.Port)))
	if err != nil {
		return err
	}
	defer listener.Close()

	m, err := startMoto(ctx, o)
	if err != nil {
		return err
	}
	defer m.end()

	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	state := State{PID: os.Getpid(), MotoPID: m.pid(), Endpoint: "http://" + listener.Addr().String(), Account: o.Account}
	server := &http.Server{
		Handler:           awsapi.LoopbackOnly(withHealth(state, NewFront(m.address, o.Account, log))),
		ReadHeaderTimeout: 10 * time.Second,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if err := writeState(o.Dir, state); err != nil {
		return errors.Join(err, server.Close())
	}
	defer os.Remove(filepath.Join(o.Dir, stateFile))
	log.Info("ready", "endpoint", state.Endpoint, "pid", state.PID, "moto_pid", state.MotoPID)

	select {
	case <-ctx.Done():
	case err = <-served:
	case <-m.done:
		err = fmt.Errorf("moto ended by itself: %w\n%s", m.err, tail(filepath.Join(o.Dir, motoLog)))
	}
	quiet, cancel := context.WithTimeout(context.Background(), endLimit)
	defer cancel()
	if stopped := server.Shutdown(quiet); stopped != nil {
		server.Close() // calls still under way are cut off
	}
	log.Info("ended")
	return err
}

// withHealth answers who this is next to the AWS API.
func withHealth(state State, front http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == healthPath {
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(state)
			return
		}
		front.ServeHTTP(w, r)
	})
}

// moto is the running moto server.
type moto struct {
	command *exec.Cmd
	stdin   io.Closer
	address *url.URL
	done    chan struct{}
	err     error // set once done is closed
}

func (m *moto) pid() int { return m.command.Process.Pid }

// startMoto starts moto on a free port and waits until it answers.
func startMoto(ctx context.Context, o Options) (*moto, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	output, err := os.Create(filepath.Join(o.Dir, motoLog))
	if err != nil {
		return nil, err
	}
	defer output.Close() // moto has its own
	if err := writeInMoto(o.Dir); err != nil {
		return nil, err
	}
	command := exec.Command(o.Python, filepath.Join(o.Dir, "inmoto", launcherFile), "-H", hostIP, "-p", strconv.Itoa(port))
	command.Dir = o.Dir
	command.Env = append(plainEnvironment(),
		"MOTO_ACCOUNT_ID="+o.Account,
		"MOTO_ACM_VALIDATION_WAIT=0",          // a certificate is issued as soon as its record is there
		"MOTO_IAM_LOAD_MANAGED_POLICIES=true", // AWS's own policies can be attached
		"MOTO_EC2_LOAD_DEFAULT_AMIS=false",    // nobody starts instances here, and reading them takes time
		"PYTHONUNBUFFERED=1",
		fmt.Sprintf("LOCALAWS_VPC_ORIGIN_DELAY=%g", o.VPCOriginDelay.Seconds()),
	)
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's ^C is for the front, which then ends moto
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting moto: %w", err)
	}
	m := &moto{command: command, stdin: stdin, done: make(chan struct{}),
		address: &url.URL{Scheme: "http", Host: net.JoinHostPort(hostIP, strconv.Itoa(port))}}
	go func() {
		m.err = command.Wait()
		if m.err == nil {
			m.err = errors.New("exit status 0")
		}
		close(m.done)
	}()
	if err := m.waitReady(ctx); err != nil {
		m.end()
		return nil, fmt.Errorf("%w\n%s", err, tail(filepath.Join(o.Dir, motoLog)))
	}
	return m, nil
}

// writeInMoto writes what runs in moto's process into the folder inmoto.
func writeInMoto(dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, "inmoto")); err != nil {
		return err
	}
	return os.CopyFS(dir, inMoto)
}

// plainEnvironment is this process's environment without what would make moto another one than intended,
// and without anybody's keys.
func plainEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "AWS_") || strings.HasPrefix(variable, "MOTO_")
	})
}

func (m *moto) waitReady(ctx context.Context) error {
	limit := time.After(motoStartLimit)
	for {
		if answers(ctx, m.address.JoinPath("moto-api", "data.json").String()) {
			return nil
		}
		select {
		case <-m.done:
			return fmt.Errorf("moto did not start: %w", m.err)
		case <-limit:
			return fmt.Errorf("moto did not answer within %s", motoStartLimit)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// end ends moto and waits until it is gone.
func (m *moto) end() {
	m.stdin.Close() // moto ends by itself when this closes; the signals are for one that does not
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		select {
		case <-m.done:
			return
		case <-time.After(endLimit / 2):
		}
		syscall.Kill(-m.pid(), signal) // its own process group, which only this process can have made
	}
	<-m.done
}

// freePort asks the system for a port that nobody listens on.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(hostIP, "0"))
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// answers says whether a GET is answered with 200.
func answers(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// tail is the end of a log, for an error message.
func tail(path string) string {
	const most = 2000
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	if len(content) > most {
		content = content[len(content)-most:]
	}
	return strings.TrimSpace(string(content))
}
