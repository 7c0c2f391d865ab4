//go:build unix

// Package pgtest gives tests a PostgreSQL server of their own: one for each test binary, on a Unix socket in a temporary folder, gone
// when the tests end.
package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

const missing = "PostgreSQL is not installed (initdb, pg_ctl, psql). Install it: apt-get install postgresql"

// Main runs a package's tests and stops the server after them. Use it as TestMain.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

var (
	server  = sync.OnceValues(start)
	running atomic.Pointer[instance]
	count   atomic.Int64
)

type instance struct {
	bin, folder string
	as          *syscall.Credential // nil: whoever runs the tests
}

// Database makes an empty database and returns how to reach it: the folder of the socket and the database's name. Where PostgreSQL is
// not installed the test is skipped with what to install, and fails when CI is set.
func Database(t testing.TB) (psql, socket, name string) {
	t.Helper()
	if _, ok := find("initdb"); !ok {
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	s, err := server()
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	name = fmt.Sprintf("t%d", count.Add(1))
	if out, err := s.command("createdb", "-h", s.folder, "-U", "postgres", "-T", "template0", name).CombinedOutput(); err != nil {
		t.Fatalf("createdb: %v\n%s", err, out)
	}
	return filepath.Join(s.bin, "psql"), s.folder, name
}

// find looks on the path and where Debian puts the programs that only the server needs.
func find(program string) (string, bool) {
	list, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
	slices.Sort(list)
	if len(list) > 0 {
		return list[len(list)-1], true
	}
	path, err := exec.LookPath(program)
	return path, err == nil
}

func start() (*instance, error) {
	path, _ := find("initdb")
	folder, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, err
	}
	s := &instance{bin: filepath.Dir(path), folder: folder}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		if s.as, err = credential("postgres"); err != nil {
			return nil, err
		}
		if err := errors.Join(os.Chmod(folder, 0o755), os.Chown(folder, int(s.as.Uid), int(s.as.Gid))); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(folder, "data")
	if out, err := s.command("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	options := "-c listen_addresses='' -c unix_socket_directories='" + folder + "' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
	if out, err := s.command("pg_ctl", "-D", data, "-w", "-t", "1200", "-l", filepath.Join(folder, "log"), "-o", options, "start").CombinedOutput(); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "log"))
		return nil, fmt.Errorf("pg_ctl: %w\n%s\n%s", err, out, log)
	}
	running.Store(s)
	return s, nil
}

// Stop ends the server, if one was started: for packages that have a TestMain of their own.
func Stop() {
	if s := running.Load(); s != nil {
		_ = s.command("pg_ctl", "-D", filepath.Join(s.folder, "data"), "-m", "immediate", "-w", "stop").Run()
		_ = os.RemoveAll(s.folder)
	}
}

func credential(name string) (*syscall.Credential, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("run as root, PostgreSQL needs its user: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *instance) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = s.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return cmd
}
