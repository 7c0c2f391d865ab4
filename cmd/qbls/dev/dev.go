// Package dev runs a project while it is being written: compile, install, start, and again on every save.
//
// One loop owns everything: it compiles, and only when the compilation gave a whole backend does it replace the running one. A
// definition with errors therefore never takes the server down, and what runs is always what was last declared completely.
package dev

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/qbls/qbls/compiler/launch"

	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
)

// Options say how to run a project.
type Options struct {
	Folder string    // of the project, watched
	Out    string    // where the backend is written
	Port   int       // 0: 3000
	Print  io.Writer // for the person at the terminal

	// Reload reads the definitions again and says whether they are others than before. When patient, it takes no notice of anything while
	// definitions are empty that were not, and returns their names. The error names one that cannot be read.
	Reload func(patient bool) (changed bool, emptied []string, err error)
	// Compile writes the backend. It returns false when the definitions have errors, which it has printed.
	Compile            func(ctx context.Context) (ok bool, err error)
	Platform, Provider string // the project's runtime and database
	// Plan plans the migrations of a development database from what is committed of its own, without asking anything.
	Plan func(committed *migrate.Committed) ([]*migrate.Plan, []output.File, error)
	// Sample is a path of the API to show in the sample request, "" for none.
	Sample func() string
}

// Run works until the context ends or something fails that a save cannot mend. The running backend is ended with it.
func Run(ctx context.Context, o Options) error {
	if o.Port == 0 {
		o.Port = 3000
	}
	if err := launch.Free(o.Port); err != nil {
		return err
	}
	changes, err := watch(ctx, o.Folder, o.Out)
	if err != nil {
		return err
	}
	l := &loop{Options: o}
	defer l.stop()
	for {
		switch more, err := l.saved(ctx, changes); {
		case err != nil:
			return err
		case !more:
			l.say("Stopping.")
			return nil
		}
		if err := l.turn(ctx); err != nil {
			return err
		}
	}
}

// emptyFor is how long a definition that has become empty does not count. Some editors and tools empty a file and write it a moment
// later; compiled in between, its table would be gone from the running backend.
const emptyFor = 2 * time.Second

// saved waits until there is something to compile, for the first time at once; false when the context has ended. The error says that the
// backend ended by itself.
func (l *loop) saved(ctx context.Context, changes <-chan struct{}) (more bool, err error) {
	if !l.begun && l.news(true) {
		return true, nil
	}
	for {
		patient := true
		select {
		case <-ctx.Done():
			return false, nil
		case <-l.ended():
			err := l.server.Err()
			l.server = nil
			return false, fmt.Errorf("the backend ended by itself: %w", err)
		case <-changes:
		case <-l.doubt:
			patient = false
		}
		if l.news(patient) {
			return true, nil
		}
	}
}

// news reads the definitions again and says whether there is something to compile. Written files that are no definitions, such as output
// beside them, are none; when nothing runs yet, every save is a new attempt. Who is patient waits a while for what has become empty.
func (l *loop) news(patient bool) bool {
	changed, emptied, err := l.Reload(patient)
	waits := patient && len(emptied) > 0
	if waits && l.doubt == nil {
		l.doubt = time.After(emptyFor)
	}
	if !waits {
		l.doubt = nil
	}
	switch {
	case err != nil:
		l.say("%v. Waiting for the next save …", err)
		return false
	case waits:
		return false
	case !l.begun:
		l.begun = true
	case len(emptied) > 0:
		l.say("Empty now: %s. Compiling without what stood there …", strings.Join(emptied, ", "))
	case changed || l.server == nil:
		l.say("Saved: compiling again …")
	default:
		return false
	}
	return true
}

type loop struct {
	Options
	server         *launch.Server
	begun, greeted bool
	doubt          <-chan time.Time // when what has become empty counts; nil: nothing has
}

func (l *loop) say(format string, args ...any) { fmt.Fprintf(l.Print, format+"\n", args...) }

// ended answers when the running backend ends by itself.
func (l *loop) ended() <-chan struct{} {
	if l.server == nil {
		return nil
	}
	return l.server.Ended()
}

func (l *loop) stop() {
	if l.server != nil {
		_ = l.server.Stop() // ended either way
		l.server = nil
	}
}

// turn compiles once and replaces the backend when that gave one.
func (l *loop) turn(ctx context.Context) error {
	started := time.Now()
	ok, err := l.Compile(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	if !ok {
		if l.server != nil {
			l.say("The backend goes on as it was before these errors.")
		} else {
			l.say("Waiting for the errors to be mended …")
		}
		return nil
	}
	l.say("Compiled in %d ms into %s", time.Since(started).Milliseconds(), l.Out)
	if err := launch.Install(ctx, l.Out, func() { l.say("Installing packages (npm install) …") }); err != nil {
		return err
	}
	env, err := environment(l.Out)
	if err != nil {
		return err
	}
	l.stop()
	if ok, err := l.database(ctx, env); err != nil || !ok {
		return err
	}
	if l.server, err = launch.Start(ctx, launch.Options{Dir: l.Out, Port: l.Port, Vars: env, Output: l.Print}); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	return l.greet(ctx, env)
}

// greet shows, once, everything a person needs to try the API.
func (l *loop) greet(ctx context.Context, env map[string]string) error {
	if l.greeted {
		l.say("Restarted: %s", l.server.URL)
		return nil
	}
	l.greeted = true
	token, err := signIn(ctx, l.server.URL, env)
	if err != nil {
		return err
	}
	l.say("\n  API        %s/api/v1", l.server.URL)
	l.say("  Code       %s", filepath.Join(l.Out, "src"))
	l.say("  Signed in  %s (password in %s)", env["DEV_EMAIL"], filepath.Join(l.Out, secretsFile))
	if path := l.Sample(); path != "" {
		l.say("\n  Try it:\n\n    curl %s%s -H 'Authorization: Bearer %s'", l.server.URL, path, token)
	}
	l.say("\nDefinitions are compiled again on every save. Ctrl-C stops.")
	return nil
}
