//go:build unix

package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// atOnce starts `qbls migrate apply` several times at the same moment, and returns how many migrations each says that it has applied. Whoever
// comes too late waits and finds it done, or is refused because the database is taken: nobody applies a second time.
func (s *shop) atOnce(args ...string) (applied []int) {
	s.t.Helper()
	const commands = 4
	applied = make([]int, commands)
	var all sync.WaitGroup
	for i := range applied {
		all.Go(func() {
			cmd := exec.Command(binary, append([]string{"migrate", "apply", "--json", s.folder}, args...)...)
			out, err := cmd.Output()
			var said []struct {
				Applied int
				Error   string
			}
			if json.Unmarshal(out, &said) != nil || len(said) != 1 {
				s.t.Errorf("apply: %v\n%s", err, out)
				return
			}
			if taken := strings.Contains(said[0].Error, "locked") || strings.Contains(said[0].Error, "Another process"); (err != nil || said[0].Error != "") && !taken {
				s.t.Errorf("apply: %v: %s", err, said[0].Error)
			}
			applied[i] = said[0].Applied
		})
	}
	all.Wait()
	return applied
}

// once fails unless one of the commands has applied everything, and all others nothing.
func once(t *testing.T, what string, applied []int, want int) {
	t.Helper()
	did := 0
	for _, n := range applied {
		if n != 0 && n != want {
			t.Errorf("%s: one command applied %d of %d", what, n, want)
		}
		if n == want {
			did++
		}
	}
	if did != 1 {
		t.Errorf("%s: %d commands applied it: %v", what, did, applied)
	}
}

// TestMigrateAtOnce applies the same migrations by several commands at the same moment. The second migration would do its work again if it ran
// again, without any error.
func TestMigrateAtOnce(t *testing.T) {
	for name, replace := range map[string][]string{"sqlite": {}, "libsql": {"'bun'", "'node'", "'better-sqlite3'", "'libsql'"}} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			write(t, s.config, strings.NewReplacer(replace...).Replace(shopConfig))
			address := s.database()
			if name == "libsql" {
				address = "file:" + filepath.ToSlash(s.database())
			}
			s.run(0, "plan")
			once(t, "the first", s.atOnce("--database", address), 1)
			s.declare("kind: text('kind'), size: text('size'),")
			s.run(0, "plan")
			second, err := filepath.Glob(filepath.Join(s.folder, "quickback/drizzle/0001_*.sql"))
			if err != nil || len(second) != 1 {
				t.Fatalf("the second migration is %v, %v", second, err)
			}
			write(t, second[0], "INSERT INTO things (id, organization_id) SELECT 'row ' || count(*), 'o' FROM things;\n")
			once(t, "the second", s.atOnce("--database", address), 1)
			if got := s.value("select count(*) || ' rows, ' || (select count(*) from __drizzle_migrations) || ' in the journal' from things"); got != "1 rows, 2 in the journal" {
				t.Errorf("the database has %s", got)
			}
			has(t, s.run(0, "status", "--database", address), "applied   0001_")
		})
	}
}

// TestMigratePostgresAtOnce does the same on PostgreSQL, and meets a migration that takes longer than others want to wait.
func TestMigratePostgresAtOnce(t *testing.T) {
	e := newElephant(t)
	at := []string{"--database", e.address("?lock_timeout=600000")}
	e.kit("kind: text('kind')", "", "generate", "--name", "first")
	once(t, "the first", e.atOnce(at...), 1)
	e.kit("kind: text('kind'), size: text('size')", "", "generate", "--name", "second")
	write(t, filepath.Join(e.folder, "quickback/drizzle/0001_second.sql"), "INSERT INTO things (id) SELECT 'row ' || count(*) FROM things;\n")

	// Somebody else is at it: whoever does not wait that long is told so, and has done nothing.
	const taken = "select pg_advisory_lock(hashtext('qbls migrate')), pg_sleep(600)"
	other := exec.Command(e.psql, "-X", "-q", "-c", taken, e.name)
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	const held = " from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())"
	e.until("select count(*)"+held, "1")
	has(t, e.run(1, "apply", "--database", e.address("?lock_timeout=50")), "Another process is applying migrations", "Nothing was applied")
	e.query("select pg_terminate_backend(pid)" + held)
	_ = other.Wait() // it was ended
	once(t, "the second", e.atOnce(at...), 1)
	if got := e.query("select count(*) || ' rows, ' || (select count(*) from drizzle.__drizzle_migrations) || ' in the journal' from things"); got != "1 rows, 2 in the journal" {
		t.Errorf("the database has %s", got)
	}
}
