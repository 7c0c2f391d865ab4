package launch

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed workerd.mjs
var workerd string

// settings are what workerd.mjs takes.
type settings struct {
	Bundle    string            `json:"bundle"`
	Port      int               `json:"port"`
	Name      string            `json:"name"`
	Date      string            `json:"date"`
	Databases []d1              `json:"databases"`
	KV        map[string]string `json:"kv"`
	Mail      []string          `json:"mail"` // bindings that send mail
	Vars      map[string]string `json:"vars"`
	Data      string            `json:"data"` // where the databases are; as wrangler has it by default
	Rows      string            `json:"rows"` // a file of Rows; "" for none
}

type d1 struct {
	Binding    string `json:"binding"`
	ID         string `json:"id"`
	Migrations string `json:"migrations"` // folder
}

// worker is the process that runs a Worker's bundle, with the bindings of its wrangler.toml.
func worker(o Options, port int) (*exec.Cmd, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("node is not there, and Workers run in it here. Install Node.js 20 or newer: %w", err)
	}
	s, err := bindings(o.Dir)
	if err != nil {
		return nil, err
	}
	s.Port, s.Data = port, o.Data
	if folder := o.Vars["MIGRATIONS"]; folder != "" {
		for i, d := range s.Databases {
			below, err := filepath.Rel(filepath.Join(o.Dir, "quickback", "drizzle"), d.Migrations)
			if err != nil {
				return nil, fmt.Errorf("find the migrations of %s: %w", d.Binding, err)
			}
			s.Databases[i].Migrations = filepath.Join(folder, below)
		}
	}
	if s.Data == "" {
		s.Data = filepath.Join(o.Dir, ".wrangler", "state", "v3")
	}
	s.Bundle = filepath.Join(o.Dir, ".wrangler", "launch", "index.mjs")
	if err := bundle(o.Dir, s.Bundle, Workers); err != nil {
		return nil, err
	}
	for key, value := range o.Vars {
		s.Vars[key] = value
	}
	if _, set := o.Vars["NODE_ENV"]; !set {
		s.Vars["NODE_ENV"] = "development" // what runs here is not deployed
	}
	if o.Rows != nil {
		if s.Rows, err = o.Rows.file(s.Data); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write the settings of the Worker: %w", err)
	}
	// A file, not --eval: the threads of Miniflare take the arguments over.
	script := filepath.Join(filepath.Dir(s.Bundle), "workerd.mjs")
	if err := replace(script, []byte(workerd)); err != nil {
		return nil, err
	}
	cmd := exec.Command(node, script)
	cmd.Env = append(base(o.Env), "WORKER="+string(text), "WRANGLER_SEND_METRICS=false", "DO_NOT_TRACK=1")
	return cmd, nil
}

// bindings reads the wrangler.toml that qbls has emitted: one `key = "text"` a line, in [sections] and [[lists]] of them.
func bindings(dir string) (*settings, error) {
	content, err := os.ReadFile(filepath.Join(dir, "wrangler.toml"))
	if err != nil {
		return nil, fmt.Errorf("read the bindings of the Worker: %w", err)
	}
	s := &settings{Mail: []string{}, KV: map[string]string{}, Vars: map[string]string{}}
	section, namespace := "", ""
	for _, line := range strings.Split(string(content), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			if section = strings.Trim(line, "[]"); section == "d1_databases" {
				s.Databases = append(s.Databases, d1{})
			}
			continue
		}
		key, quoted, ok := strings.Cut(line, " = ")
		value, err := strconv.Unquote(quoted)
		if !ok || err != nil {
			continue
		}
		switch section + "." + key {
		case ".name":
			s.Name = value
		case ".compatibility_date":
			s.Date = value
		case "d1_databases.binding":
			s.Databases[len(s.Databases)-1].Binding = value
		case "d1_databases.database_id":
			s.Databases[len(s.Databases)-1].ID = value
		case "d1_databases.migrations_dir":
			s.Databases[len(s.Databases)-1].Migrations = filepath.Join(dir, filepath.FromSlash(value))
		case "send_email.name":
			s.Mail = append(s.Mail, value)
		case "kv_namespaces.binding":
			namespace = value
		case "kv_namespaces.id":
			s.KV[namespace] = value
		default:
			if section == "vars" && value != "" {
				s.Vars[key] = value
			}
		}
	}
	return s, nil
}
