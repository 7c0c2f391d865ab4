// Package lsp serves the Language Server Protocol (3.17 and what 3.18 adds to it) over one connection.
//
// Notifications are handled one after the other on the reading goroutine, so that no edit overtakes another. A request takes
// its View of the session there too and then runs concurrently: it answers for the text that the editor had when it asked.
// Handlers are thin, one file a method; what they answer is made in analysis/query. A panic in a handler is logged and
// answered as an error; it never ends the connection.
package lsp

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/grant"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// Config is what a server needs from the command that starts it.
type Config struct {
	In      io.Reader // requests of the client; closed by its end
	Out     io.Writer // answers
	Version string    // of the program

	Disk      func(root string) source.Disk                      // disk of a folder by its absolute path; source.OS when nil
	Workspace func(*source.Set) *analysis.Workspace              // makes a workspace; analysis.NewWorkspace when nil
	Compile   Compile                                            // nil: compiling on save is not offered
	Documents Compile                                            // writes what Compile left for later, after a pause, and returns what the user has to know of it; nil: Compile leaves nothing
	Settle    session.Settle                                     // evaluates a project after a save, if trusted; nil: nothing is evaluated
	Emit      func(context.Context, Job) ([]output.File, error)  // what Compile would write, in memory; nil: no previews of it
	Changes   func(context.Context, Job) ([]Change, error)       // what Compile would change on the disk; nil: no preview of it
	Pending   func(context.Context, Job) (string, error)         // the migration that a Job asks for, as SQL; nil: no preview of it
	Policy    func(context.Context, Job) ([]grant.Change, error) // what a Job changes in what was granted by the last commit; asks git, so only with trust; may be nil
	Explain   func(code string) (markdown string, ok bool)       // documentation of a code; may be nil
	HelpURL   func(code string) string                           // page of a diagnostic's code, "" for none; may be nil
	Alive     func(pid int) bool                                 // whether a process runs; asks the system when nil
	Watch     Watch                                              // of the disk, for clients that do not; fsnotify when Disk and it are nil
	Record    io.Writer                                          // takes a recording of everything that is said and read; may be nil
	Log       *slog.Logger                                       // may be nil

	// intercept runs before a request is handled; tests use it to fail and to wait.
	intercept func(ctx context.Context, method string) error
}

// Job is one project to compile.
type Job struct {
	Snapshot *analysis.Snapshot
	Folder   string                   // absolute path of the workspace folder
	Root     text.Path                // folder of the project in it
	Found    []diagnostics.Diagnostic // what is wrong by evaluation, which the snapshot does not know

	report func([]diagnostics.Diagnostic) // nil where nothing is shown
}

// Report shows what only compiling the job found, at its places, until the texts change or it is compiled again.
func (j Job) Report(found []diagnostics.Diagnostic) {
	if j.report != nil {
		j.report(found)
	}
}

// Compile compiles a project that is settled and writes its output, or its code first where there is Config.Documents. The result is a short sentence for the user. The context
// ends when the project is saved again or the client leaves.
type Compile func(ctx context.Context, job Job) (string, error)

// ErrRefused says that a project was not compiled because its definitions have errors. What wraps it is a sentence for the user.
var ErrRefused = errors.New("not compiled: the definitions have errors")

// ErrNoShutdown says that the client left without asking the server to shut down; the program then exits with 1 (LSP 3.17,
// "exit").
var ErrNoShutdown = errors.New("the client left without shutting the server down")

// Serve talks to one client until it leaves, its process ends or the context ends. It returns nil after an orderly end.
func Serve(ctx context.Context, c Config) error {
	c = c.withDefaults()
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	out := &lockedWriter{out: c.Out}
	in := newFrames(c.In, func(code jsonrpc2.Code, id jsontext.Value, why string) {
		c.Log.Warn("what is no message was refused", "why", why)
		out.refuse(code, id, why)
	})
	var record *recorder
	if c.Record != nil {
		record = &recorder{out: c.Record}
		in.seen, out.sent, c.Disk = record.received, record.sent, record.disk(c.Disk)
	}
	conn := jsonrpc2.NewConn(jsonrpc2.NewStream(stream{in, out}), jsonrpc2.WithCodec(Codec{}))
	s := &server{config: c, conn: conn, client: protocol.ClientDispatcher(conn), life: ctx, left: make(chan error, 1)}
	conn.Go(ctx, s.handler())

	var err error
	select {
	case err = <-s.left:
	case <-conn.Done():
		// The client's exit is read before its end of stream.
		select {
		case err = <-s.left:
		default:
			err = s.ended(conn.Err())
		}
	case <-ctx.Done():
		err = ctx.Err()
	}
	stop()
	s.jobs.Wait()
	if err := record.failed(); err != nil {
		c.Log.Error("the recording is not whole", "error", err)
	}
	return err
}

func (c Config) withDefaults() Config {
	if c.Disk == nil {
		c.Disk = source.OS
		if c.Watch == nil {
			c.Watch = watchDisk
		}
	}
	if c.Workspace == nil {
		c.Workspace = analysis.NewWorkspace
	}
	if c.HelpURL == nil {
		c.HelpURL = func(string) string { return "" }
	}
	if c.Alive == nil {
		c.Alive = alive
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// stream joins the two ends; closing it closes what can be closed, so that a blocked read ends.
type stream struct {
	io.Reader
	io.Writer
}

func (s stream) Close() error {
	var errs []error
	for _, end := range []any{s.Reader, s.Writer} {
		if c, ok := end.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}
