package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/migrate/migrator"
	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/render"
	"github.com/qbls/qbls/diagnostics/text"
)

func migrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "migrate",
		Short:   "Plan, inspect and apply the migrations of the database",
		Long:    "Migrations lie in quickback/drizzle of the output, in the format of drizzle-kit, whose tools can be used as well. What is there is\nnever written again.",
		Example: "  qbls migrate plan --dry-run\n  qbls migrate apply --database data/app.db",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("there is no %q: migrations are planned, applied or asked for their status", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(migratePlan(), migrateStatus(), migrateApply())
	return cmd
}

// migration is what the commands work on.
type migration struct {
	out       string
	database  string
	asJSON    bool
	w         *workspace
	root      text.Path
	committed *migrate.Committed
	plans     []*migrate.Plan
	others    bool // the migrations of a database that this version does not emit may be applied
}

func (m *migration) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&m.out, "out", "", "folder of the backend")
	cmd.Flags().BoolVar(&m.asJSON, "json", false, "print JSON")
}

// open reads the project and what is committed, and plans. Errors in the definitions are printed, and are an exit of 1.
func (m *migration) open(ctx context.Context, args []string, print io.Writer) error {
	var err error
	if m.w, m.root, err = openProject(args); err != nil {
		return err
	}
	if m.out == "" {
		m.out = outputFolder(m.w.folder, m.w.Current(), m.root)
	}
	if m.out, err = filepath.Abs(m.out); err != nil {
		return failed(err)
	}
	s, _, err := m.w.settle(ctx, m.root, true)
	if err != nil {
		return err
	}
	in, err := m.w.input(ctx, s, m.root)
	if err != nil {
		return err
	}
	if m.committed, err = migrate.Read(os.DirFS(m.out)); err != nil {
		return unreadable("%w", err)
	}
	if m.others && foreign(m.w.Current().Project(m.root).Config.Database) {
		// What is committed is another tool's: it is applied, and nothing is compared with the definitions.
		m.plans = []*migrate.Plan{{Set: migrate.Set{Schema: &schema.Schema{Dialect: schema.Postgres}}}}
		return nil
	}
	if countErrors(in) == 0 {
		var found []diagnostics.Diagnostic
		if m.plans, found, err = compiler.Migrations(s, m.root, m.committed); err != nil {
			return failed(err)
		}
		in.Projects[0].Diagnostics = append(in.Projects[0].Diagnostics, found...)
	}
	if countErrors(in) > 0 {
		if err := show(print, render.Pretty, in); err != nil {
			return err
		}
		return exit{code: exitErrors}
	}
	return nil
}

// foreign says whether a database is PostgreSQL, whose migrations are made by other tools: drizzle-kit, or the project's older compiler.
func foreign(provider string) bool {
	return slices.Contains([]string{"neon", "supabase", "postgres"}, provider)
}

func migratePlan() *cobra.Command {
	var m migration
	var dry bool
	cmd := &cobra.Command{
		Use:   "plan [dir]",
		Short: "Show the next migration with what it may cost, and add it to quickback/drizzle",
		Long:  "Compares the definitions with the committed migrations, shows the SQL of the next one and what it may cost (locks, rebuilds, lost\nvalues), and adds it. With --dry-run nothing is written.\n\nExit codes: 0 planned or nothing to do, 1 errors in the definitions, 2 usage or unreadable files, 3 qbls itself failed.",
		Args:  takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := m.open(cmd.Context(), args, cmd.ErrOrStderr()); err != nil {
				return err
			}
			if !dry {
				if err := migrate.Commit(m.out, compiler.PendingFiles(m.w.Current(), m.root, m.committed, m.plans)); err != nil {
					return failed(err)
				}
			}
			if m.asJSON {
				return printJSON(cmd.OutOrStdout(), planned(m.plans))
			}
			for _, p := range m.plans {
				describePlan(cmd.OutOrStdout(), p, dry)
			}
			return nil
		},
	}
	m.flags(cmd)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "write nothing")
	return cmd
}

// planJSON is one database's plan for scripts.
type planJSON struct {
	Database   string           `json:"database,omitempty"`
	Migration  string           `json:"migration,omitempty"` // empty: nothing to do
	Changes    []migrate.Change `json:"changes,omitempty"`
	Statements []string         `json:"statements,omitempty"`
	Risks      []migrate.Risk   `json:"risks,omitempty"`
	Notes      []string         `json:"notes,omitempty"`
}

func planned(plans []*migrate.Plan) []planJSON {
	out := []planJSON{}
	for _, p := range plans {
		j := planJSON{Database: p.Set.Name, Migration: p.Tag, Changes: p.Changes, Statements: p.Statements, Risks: p.Risks}
		for _, q := range p.Problems {
			j.Notes = append(j.Notes, q.Text)
		}
		out = append(out, j)
	}
	return out
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func describePlan(w io.Writer, p *migrate.Plan, dry bool) {
	if p.Empty() {
		fmt.Fprintln(w, "The migrations are up to date with the definitions.")
		return
	}
	fmt.Fprintf(w, "%s\n\n%s\n", p.Set.Path(p.Tag+".sql"), p.SQL())
	for _, r := range p.Risks {
		fmt.Fprintf(w, "  %-9s  %s\n", r.Kind, r.Text)
	}
	for _, q := range p.Problems {
		fmt.Fprintf(w, "  %-9s  %s\n", "note", q.Text)
	}
	if len(p.Risks) == 0 && len(p.Problems) == 0 {
		fmt.Fprintln(w, "  Nothing waits, nothing is copied, and nothing is lost.")
	}
	if dry {
		fmt.Fprintln(w, "\nNothing was written.")
	} else {
		fmt.Fprintln(w, "\nAdded. Commit it, and apply it with `qbls migrate apply`.")
	}
}

func migrateStatus() *cobra.Command {
	m := migration{others: true}
	cmd := &cobra.Command{
		Use:   "status [dir]",
		Short: "Say which migrations a database has, which wait, and whether anything is wrong with it",
		Long:  "Exit codes: 0 everything is applied or can be, 1 the database refuses further migrations, 2 usage or unreadable files, 3 qbls itself failed.",
		Args:  takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := m.open(cmd.Context(), args, cmd.ErrOrStderr()); err != nil {
				return err
			}
			return m.eachDatabase(cmd.Context(), cmd.OutOrStdout(), false)
		},
	}
	m.flags(cmd)
	cmd.Flags().StringVar(&m.database, "database", "", "path or URL of the database (DATABASE_PATH or DATABASE_URL); of D1, local or remote")
	return cmd
}

func migrateApply() *cobra.Command {
	m := migration{others: true}
	cmd := &cobra.Command{
		Use:   "apply [dir]",
		Short: "Apply the migrations that wait, with drizzle's own migrator",
		Long:  "Applies what is committed in quickback/drizzle; what is only planned is not applied. All migrations that wait are applied in one\ntransaction, or none; D1's by wrangler, each in a transaction of its own.\n\nExit codes: 0 applied, 1 refused, 2 usage or unreadable files, 3 qbls itself failed.",
		Args:  takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := m.open(cmd.Context(), args, cmd.ErrOrStderr()); err != nil {
				return err
			}
			return m.eachDatabase(cmd.Context(), cmd.OutOrStdout(), true)
		},
	}
	m.flags(cmd)
	cmd.Flags().StringVar(&m.database, "database", "", "path or URL of the database (DATABASE_PATH or DATABASE_URL); of D1, local or remote")
	return cmd
}

// databaseJSON is one database's report for scripts.
type databaseJSON struct {
	Database string `json:"database"`
	Pending  string `json:"pending,omitempty"` // a migration that is planned and not committed
	Applied  int    `json:"applied"`           // by this command
	Error    string `json:"error,omitempty"`
	*migrator.Report
}

func (m *migration) eachDatabase(ctx context.Context, w io.Writer, write bool) error {
	var all []databaseJSON
	refused := false
	for _, p := range m.plans {
		r, err := m.one(ctx, p, write)
		if err != nil {
			return err
		}
		refused = refused || r.Error != "" || r.Report != nil && len(r.Refused) > 0
		all = append(all, *r)
	}
	if m.asJSON {
		if err := printJSON(w, all); err != nil {
			return err
		}
	} else {
		for _, r := range all {
			r.print(w)
		}
	}
	if refused {
		return exit{code: exitErrors}
	}
	return nil
}

// one reports on one database, and applies what waits when nothing speaks against it.
func (m *migration) one(ctx context.Context, p *migrate.Plan, write bool) (*databaseJSON, error) {
	folder := filepath.Dir(filepath.Join(m.out, filepath.FromSlash(string(p.Set.Path("x")))))
	config := m.w.Current().Project(m.root).Config
	provider := config.Database
	if provider == "cloudflare-d1" {
		return m.wrangler(ctx, p, write)
	}
	address := m.database
	if address == "" {
		address = os.Getenv(map[bool]string{true: "DATABASE_PATH", false: "DATABASE_URL"}[provider == "better-sqlite3" || provider == ""])
	}
	t, err := migrator.For(m.out, folder, config.Runtime, provider, address)
	if err != nil {
		return nil, unreadable("%w", err)
	}
	r := &databaseJSON{Database: withoutPassword(t.Database), Pending: p.Tag}
	history := m.committed.History(p.Set)
	state, err := migrator.Read(ctx, t)
	if r.failed(err) || err != nil {
		return r, internal(err)
	}
	r.Report = migrator.Compare(history, state)
	if !write || len(r.Refused) > 0 || r.Waiting() == 0 {
		return r, nil
	}
	after, err := migrator.Run(ctx, t)
	if r.failed(err) || err != nil {
		return r, internal(err)
	}
	r.Applied, r.Report = after.Added, migrator.Compare(history, after)
	return r, nil
}

// withoutPassword is the address of a database for people and logs.
func withoutPassword(address string) string {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		return u.Redacted()
	}
	return address
}

// failed keeps what a database refused with.
func (r *databaseJSON) failed(err error) bool {
	refusal, ok := errors.AsType[*migrator.Failed](err)
	if ok {
		r.Error = refusal.Reason
		if refusal.Statement != "" {
			r.Error += "\nin " + strings.TrimSpace(refusal.Statement)
		}
	}
	return ok
}

// internal is an error that is no refusal of the database.
func internal(err error) error {
	if _, refusal := errors.AsType[*migrator.Failed](err); refusal || err == nil {
		return nil
	}
	return failed(err)
}

func (r *databaseJSON) print(w io.Writer) {
	fmt.Fprintln(w, r.Database)
	if r.Report != nil {
		for _, l := range r.Lines {
			fmt.Fprintf(w, "  %-8s  %s\n", l.Standing, l.Tag)
		}
		if len(r.Lines) == 0 {
			fmt.Fprintln(w, "  There are no migrations yet: `qbls migrate plan` makes the first.")
		}
	}
	if r.Pending != "" {
		fmt.Fprintf(w, "  %-8s  %s (the definitions have changed; `qbls migrate plan` adds it)\n", "pending", r.Pending)
	}
	if r.Error != "" {
		fmt.Fprintf(w, "\nRefused: %s\n", r.Error)
		switch {
		case r.Report == nil:
			fmt.Fprintln(w, "The database did not say what it has. Nothing was changed.")
		case r.Applied == 0:
			fmt.Fprintln(w, "Nothing was applied: what failed was rolled back. Run it again when this is mended.")
		}
		return
	}
	if r.Report != nil {
		for _, why := range r.Refused {
			fmt.Fprintf(w, "\nRefused: %s\n", why)
		}
	}
	if r.Applied > 0 {
		fmt.Fprintf(w, "Applied %d.\n", r.Applied)
	}
}
