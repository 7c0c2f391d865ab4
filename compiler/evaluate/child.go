package evaluate

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"github.com/qbls/qbls/diagnostics/text"
)

// ChildCommand is the argument with which a program that holds this package runs itself as the sandbox.
const ChildCommand = "__evaluate"

// exitMemory is the exit code of a child that has used more memory than it may.
const exitMemory = 78

// The sandbox is one function in three files.
var (
	//go:embed world.js
	worldSource string
	//go:embed record.js
	recordSource string
	//go:embed data.js
	dataSource string
)

var sandbox = worldSource + recordSource + dataSource

// epoch is what every clock in the sandbox says.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Child serves evaluations on a pair of pipes until the first one closes, and returns the exit code. It gives up what it may do
// before it reads anything: memory beyond the limit, files, the time zone.
func Child(in io.Reader, out io.Writer) int {
	time.Local = time.UTC
	runtime.GOMAXPROCS(2)
	debug.SetMaxStack(64 << 20)
	debug.SetMemoryLimit(memoryLimit * 3 / 4)
	debug.SetGCPercent(50) // memory is what a large project is short of here
	if err := confine(); err != nil {
		fmt.Fprintln(os.Stderr, "confining:", err)
		return 1
	}
	c := &child{out: out}
	go c.watch()
	jobs := make(chan *job)
	go func() { // reads on while a job runs: a parent that is gone must end it
		for {
			j := &job{}
			if err := receive(in, j); err != nil {
				os.Exit(0)
			}
			jobs <- j
		}
	}()
	if c.say(message{Ready: true}) != nil {
		return 1
	}
	for j := range jobs {
		if err := c.say(message{Result: c.run(j)}); err != nil {
			fmt.Fprintln(os.Stderr, "answering:", err)
			return 1
		}
		debug.FreeOSMemory()
	}
	return 0
}

// watch ends the process when the Go heap grows beyond the limit, or a job takes too long; where the system has a limit of memory of its
// own, that one is for what happens between two looks.
func (c *child) watch() {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(5 * time.Millisecond) {
		metrics.Read(sample)
		if sample[0].Value.Uint64()-sample[1].Value.Uint64() > memoryLimit {
			os.Exit(exitMemory)
		}
		c.budget.look()
	}
}

type child struct {
	mu     sync.Mutex
	out    io.Writer
	budget budget
}

func (c *child) say(m message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return send(c.out, m)
}

// run bundles the modules and runs them in a world of their own.
func (c *child) run(j *job) *outcome {
	limit := time.Duration(j.LimitMS) * time.Millisecond
	c.budget.begin(limit, nil)
	defer c.budget.end()
	made, unread := bundle(j)
	if len(unread) > 0 {
		return &outcome{Unread: unread}
	}
	if err := c.say(message{Bundled: true}); err != nil {
		os.Exit(1)
	}
	program, err := compile("bundle", string(made.text))
	if err != nil {
		return &outcome{Unread: []failure{{Module: -1, Message: err.Error()}}}
	}
	w := &world{vm: goja.New(), child: c, running: -1}
	if err := w.prepare(j.Env, j.Unset); err != nil {
		return &outcome{Unread: []failure{{Module: -1, Message: "preparing the sandbox: " + err.Error()}}}
	}
	c.budget.begin(limit, func() { w.vm.Interrupt("time") })
	out := w.evaluate(program, j.Modules)
	for i := range out.Failures {
		out.Failures[i].Stack = made.translate(out.Failures[i].Stack)
	}
	return out
}

// compile parses a script. What it says about source maps is not followed: that would read files.
func compile(name, script string) (*goja.Program, error) {
	tree, err := goja.Parse(name, script, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	program, err := goja.CompileAST(tree, true)
	if err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	return program, nil
}

// world is one JavaScript runtime. It serves one job.
type world struct {
	vm           *goja.Runtime
	child        *child
	running      int
	lock, finish goja.Callable
}

func (w *world) prepare(env map[string]string, unset []string) error {
	w.vm.SetMaxCallStackSize(4000)
	w.vm.SetTimeSource(func() time.Time { return epoch })
	w.vm.SetRandSource(rand.New(rand.NewPCG(1, 2)).Float64)
	host := w.vm.NewObject()
	declared := w.vm.NewObject()
	for name, value := range env {
		if err := declared.Set(name, value); err != nil {
			return err
		}
	}
	for _, name := range unset {
		if err := declared.Set(name, goja.Undefined()); err != nil {
			return err
		}
	}
	start := func(i int) {
		w.running = i
		if w.child.say(message{Running: &i}) != nil {
			os.Exit(1)
		}
	}
	if err := host.Set("env", declared); err != nil {
		return err
	}
	if err := host.Set("start", start); err != nil {
		return err
	}
	made, err := w.vm.RunScript("sandbox", "(function (host) {"+sandbox+"\n})")
	if err != nil {
		return err
	}
	build, _ := goja.AssertFunction(made)
	inner, err := build(goja.Undefined(), host)
	if err != nil {
		return err
	}
	var ok bool
	if w.lock, ok = goja.AssertFunction(inner.ToObject(w.vm).Get("lock")); !ok {
		return fmt.Errorf("there is no lock")
	}
	w.finish, _ = goja.AssertFunction(inner.ToObject(w.vm).Get("finish"))
	_, err = w.lock(goja.Undefined())
	return err
}

func (w *world) evaluate(program *goja.Program, modules bool) *outcome {
	_, err := w.vm.RunProgram(program)
	if err == nil {
		var answer goja.Value
		if answer, err = w.finish(goja.Undefined(), w.vm.ToValue(modules)); err == nil {
			o := &outcome{}
			if err = json.Unmarshal([]byte(answer.String()), o); err == nil {
				return o
			}
		}
	}
	f := failure{Module: w.running, Message: err.Error()}
	switch e := err.(type) {
	case *goja.InterruptedError:
		f.Kind, f.Stack, f.Message = "interrupted", frames(e.Stack()), ""
	case *goja.StackOverflowError:
		f.Kind, f.Stack, f.Message = "recursion", frames(e.Stack()), ""
	case *goja.Exception:
		f.Stack = frames(e.Stack())
	}
	return &outcome{Failures: []failure{f}}
}

// frames writes the innermost frames of a stack, as JavaScript's own stacks are written.
func frames(stack []goja.StackFrame) string {
	var out strings.Builder
	for i, f := range stack {
		if i == 20 {
			break
		}
		at := f.Position()
		fmt.Fprintf(&out, "at (%s:%d:%d(0))\n", text.Path(at.Filename), at.Line, at.Column)
	}
	return out.String()
}
