package launch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
)

// Fill writes rows into the databases of a backend that was started with a folder of its own for them: SQL statements for that of the
// people and for that of the project's tables. All of them are written, or none.
func (s *Server) Fill(ctx context.Context, o Options, auth, features []string) error {
	program, err := bun(o.Dir)
	if err != nil {
		return err
	}
	const script = `import { Database } from 'bun:sqlite';
const { file, statements } = JSON.parse(await Bun.stdin.text());
const db = new Database(file);
db.run('pragma busy_timeout = 5000');
db.transaction(() => { for (const sql of statements) { try { db.run(sql); } catch (e) { throw new Error(e.message + ': ' + sql); } } })();`
	input, err := json.Marshal(map[string]any{"file": filepath.Join(o.Data, "app.db"), "statements": append(append([]string{}, auth...), features...)})
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "-e", script)
	cmd.Dir, cmd.Env, cmd.Stdin = o.Dir, base(o.Env), bytes.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("write rows into the database: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}
