package launch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Rows are SQL statements that write rows, for the database of the people and for that of the project's tables. Both may be one.
type Rows struct {
	Auth     []string `json:"auth"`
	Features []string `json:"features"`
}

// write writes rows into the database of a backend whose schema is there, its file or the server that DATABASE_URL names: all of them, or
// none.
func (r *Rows) write(ctx context.Context, runtime Runtime, o Options) error {
	const bunScript = `import { Database } from 'bun:sqlite';
const { file, statements } = JSON.parse(await Bun.stdin.text());
const db = new Database(file);
db.run('pragma busy_timeout = 5000');
db.transaction(() => { for (const sql of statements) db.run(sql); })();`
	const nodeScript = `import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { createClient } = createRequire(process.cwd() + '/package.json')('@libsql/client');
const { file, server, token, statements } = JSON.parse(readFileSync(0, 'utf8'));
const db = createClient({ url: server || 'file:' + file, authToken: token });
if (!server) await db.execute('pragma busy_timeout = 5000');
await db.batch(statements, 'write');`
	program, args, err := "node", []string{"--input-type=module", "-e", nodeScript}, error(nil)
	if runtime == Bun && o.Vars["DATABASE_URL"] == "" {
		program, err = bun(o.Dir)
		args = []string{"-e", bunScript}
	}
	if err != nil {
		return err
	}
	input, err := json.Marshal(map[string]any{
		"file": filepath.Join(o.Data, "app.db"), "server": o.Vars["DATABASE_URL"], "token": o.Vars["DATABASE_AUTH_TOKEN"],
		"statements": append(append([]string{}, r.Auth...), r.Features...),
	})
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = o.Dir, base(o.Env), bytes.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("write rows into the database: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// file leaves the rows for the process of a Worker, which writes them after the migrations and before it serves.
func (r *Rows) file(dir string) (string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("write the rows down: %w", err)
	}
	path := filepath.Join(dir, "rows.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", fmt.Errorf("write the rows down: %w", err)
	}
	return path, nil
}
