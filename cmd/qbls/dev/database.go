package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/migrate/migrator"
	"github.com/qbls/qbls/compiler/output"
)

// chain is the folder of the development database's own migrations, below the folder of output. They begin with the committed ones, and
// a save adds to them what it needs, so that half-finished definitions never reach quickback/drizzle.
const chain = ".qbls/dev"

// ahead is added to the times of the chain's own migrations. The running backend applies what is newer than the newest that its database
// has; the development database is always ahead of what is committed, which it already holds in its own way.
const ahead = 1 << 50

// database brings the development database to the definitions with its rows. False means that it cannot, which was said: the next save
// tries again.
func (l *loop) database(ctx context.Context, env map[string]string) (bool, error) {
	folder := filepath.Join(l.Out, filepath.FromSlash(chain))
	if err := l.begin(folder); err != nil {
		return false, err
	}
	committed, err := migrate.Read(os.DirFS(folder))
	if err != nil {
		return false, err
	}
	plans, files, err := l.Plan(committed)
	if err != nil {
		return false, err
	}
	for _, p := range plans {
		for _, q := range p.Problems {
			if q.Forbids() {
				l.say("The development database cannot follow: %s", q.Text)
				return false, nil
			}
		}
	}
	if err := migrate.Commit(folder, later(files)); err != nil {
		return false, err
	}
	env["MIGRATIONS"] = "applied" // the backend's own would look at quickback/drizzle, which this database does not follow
	if l.Platform == "cloudflare" {
		env["MIGRATIONS"] = filepath.Join(folder, filepath.FromSlash(migrate.Folder)) // what runs the Worker brings its databases along
		return true, nil
	}
	address := env["DATABASE_PATH"]
	if l.Provider == "libsql" {
		address = env["DATABASE_URL"]
	}
	target, err := migrator.For(l.Out, filepath.Join(folder, filepath.FromSlash(migrate.Folder)), l.Platform, l.Provider, address)
	if err != nil {
		return false, err
	}
	if err := l.fit(ctx, folder, target); err != nil {
		return false, err
	}
	_, err = migrator.Run(ctx, target)
	if refused, ok := errors.AsType[*migrator.Failed](err); ok {
		l.say("The development database %s refuses the change, and is as it was: %s", target.Database, refused.Reason)
		return false, nil
	}
	if err == nil {
		for _, p := range plans {
			if !p.Empty() {
				l.say("The development database has followed: %s. Its rows are kept.", p.Tag)
			}
		}
	}
	return err == nil, err
}

// begin starts the chain with what is committed, when there is none.
func (l *loop) begin(folder string) error {
	if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(migrate.Folder))); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	committed, err := migrate.Read(os.DirFS(l.Out))
	if err != nil {
		return err
	}
	return migrate.Commit(folder, migrate.Unchanged(committed))
}

// later moves the chain's own migrations behind all that will ever be committed.
func later(files []output.File) []output.File {
	for i, f := range files {
		files[i].Content = migrate.Postpone(f, ahead)
	}
	return files
}

// fit puts a database aside that the chain does not know, and lets a new one be made: its rows are kept in the old file.
func (l *loop) fit(ctx context.Context, folder string, t migrator.Target) error {
	state, err := migrator.Read(ctx, t)
	if _, refused := errors.AsType[*migrator.Failed](err); refused || err != nil {
		return err
	}
	committed, err := migrate.Read(os.DirFS(folder))
	if err != nil || !state.Exists {
		return err
	}
	if committed.Knows(when(state)) {
		return nil
	}
	file := strings.TrimPrefix(t.Database, "file:")
	if strings.Contains(file, "://") {
		return fmt.Errorf("the development database %s was made with other migrations. Name an empty one in .env.local", t.Database)
	}
	aside := fmt.Sprintf("%s.%s", file, time.Now().Format("20060102-150405"))
	l.say("The development database was made with other migrations. It is put aside as %s, and a new one is made.", aside)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(file+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("put the development database aside: %w", err)
		}
	}
	return nil
}

func when(s *migrator.State) []int64 {
	var out []int64
	for _, a := range s.Applied {
		out = append(out, a.When)
	}
	return out
}
