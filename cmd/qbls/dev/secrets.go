package dev

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// secretsFile is ignored by git (the emitted .gitignore names it) and read by Bun itself.
const secretsFile = ".env.local"

// environment reads the development secrets and creates those that are missing.
func environment(out string) (map[string]string, error) {
	path := filepath.Join(out, secretsFile)
	env, err := readEnv(path)
	if err != nil {
		return nil, err
	}
	added := ""
	add := func(key string, make func() string) {
		if env[key] == "" {
			env[key] = make()
			added += key + "=" + env[key] + "\n"
		}
	}
	add("BETTER_AUTH_SECRET", secret)
	add("DEV_EMAIL", func() string { return "dev@example.com" })
	add("DEV_PASSWORD", secret)
	env["NODE_ENV"] = "development"
	if added == "" {
		return env, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write the development secrets: %w", err)
	}
	if _, err := f.WriteString(added); err != nil {
		f.Close()
		return nil, fmt.Errorf("write the development secrets: %w", err)
	}
	return env, f.Close()
}

func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand aborts the program instead
	return hex.EncodeToString(b)
}

// readEnv reads KEY=value lines; a file that is not there is empty.
func readEnv(path string) (map[string]string, error) {
	env := map[string]string{}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return env, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the development secrets: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if ok && !strings.HasPrefix(key, "#") {
			env[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return env, lines.Err()
}
