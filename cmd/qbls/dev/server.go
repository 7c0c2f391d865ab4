package dev

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// server is the running backend.
type server struct {
	url     string
	process *exec.Cmd
	done    chan error // receives once, when the process has ended
}

// free says in words when something else listens on the port.
func free(port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d is taken. Choose another one with --port: %w", port, err)
	}
	return l.Close()
}

// start runs the backend and returns when it answers.
func start(ctx context.Context, out string, port int, env map[string]string, print io.Writer) (*server, error) {
	program, err := bun(out)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, filepath.Join("src", "index.ts"))
	cmd.Dir, cmd.Stdout, cmd.Stderr = out, print, print
	cmd.Env = append(os.Environ(), "NODE_ENV=development", "HOST=127.0.0.1", "PORT="+strconv.Itoa(port), "BETTER_AUTH_TELEMETRY=0", "DO_NOT_TRACK=1")
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the backend: %w", err)
	}
	s := &server{url: "http://127.0.0.1:" + strconv.Itoa(port), process: cmd, done: make(chan error, 1)}
	go func() { s.done <- ended(cmd.Wait()) }()
	return s, s.ready(ctx)
}

func ended(err error) error {
	if err == nil {
		return fmt.Errorf("it exited without an error")
	}
	return err
}

// ready waits until the backend answers, has ended, or has not answered for too long.
func (s *server) ready(ctx context.Context) error {
	const patience = 30 * time.Second
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		if response, err := http.Get(s.url + "/health"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			s.stop()
			return ctx.Err()
		case err := <-s.done:
			s.process = nil
			return fmt.Errorf("the backend did not start: %w", err)
		case <-deadline.C:
			s.stop()
			return fmt.Errorf("the backend did not answer on %s/health for %s", s.url, patience)
		case <-again.C:
		}
	}
}

// stop asks the backend to finish its requests, and ends it when it does not.
func (s *server) stop() {
	if s.process == nil {
		return
	}
	if err := s.process.Process.Signal(os.Interrupt); err != nil {
		_ = s.process.Process.Kill() // Windows has no interrupt to send
	}
	select {
	case <-s.done:
	case <-time.After(5 * time.Second):
		_ = s.process.Process.Kill()
		<-s.done
	}
	s.process = nil
}
