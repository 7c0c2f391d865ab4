package evaluate

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const endless = "[...(() => { while (true) {} })()]"

// gone says whether a process has ended and was waited for.
func gone(p *process) bool {
	select {
	case <-p.ended:
		return p.cmd.ProcessState != nil && errors.Is(p.cmd.Process.Signal(os.Kill), os.ErrProcessDone)
	default:
		return false
	}
}

func TestAChildIsKeptWarmAndEndedByClose(t *testing.T) {
	e := New()
	s := project(t, hostile("[`na${'me'}`]"))
	for range 2 {
		e.cache = cache{}
		if _, found, err := e.Run(t.Context(), s, ".", Options{}); err != nil || len(found) > 0 {
			t.Fatal(found, err)
		}
	}
	child := e.child
	other := project(t, hostile("[`i${'d'}`]"))
	if _, _, err := e.Run(t.Context(), other, ".", Options{}); err != nil || e.child != child {
		t.Errorf("another run has another child (%v)", err)
	}
	e.Close()
	if !gone(child) {
		t.Error("the child is there after Close")
	}
	if _, _, err := e.Run(t.Context(), s, ".", Options{}); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed evaluator gives %v", err)
	}
	e.Close()
}

func TestAChildThatIsKilledIsReplaced(t *testing.T) {
	e := evaluator(t)
	run := func(columns string) (Facts, int) {
		facts, found, err := e.Run(t.Context(), project(t, hostile(columns)), ".", Options{})
		if err != nil {
			t.Fatal(err)
		}
		return facts, len(found)
	}
	run("[`a${1}`]")
	killed := e.child
	if err := killed.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if facts, problems := run("[`b${1}`]"); problems > 0 || len(facts.Values) != 1 {
		t.Errorf("after the child was killed a run has %d problems", problems)
	}
	if !gone(killed) {
		t.Error("the killed child was not waited for")
	}
	run("new Array(1e9 - 1).reduce((a, b) => a + b).concat((() => { const a: any[] = []; for (;;) a.push([]); })())")
	if facts, problems := run("[`c${1}`]"); problems > 0 || len(facts.Values) != 1 {
		t.Errorf("after the child ran out of memory a run has %d problems", problems)
	}
}

func TestAChildThatIsKilledWhileItRuns(t *testing.T) {
	child, err := start(t.Context(), New().program())
	if err != nil {
		t.Fatal(err)
	}
	plan := newPlan(project(t, hostile(endless)), ".", false)
	j := plan.job(Options{Limits: Limits{Time: time.Minute}})
	if err := send(child.in, j); err != nil {
		t.Fatal(err)
	}
	for m := range child.said {
		if m.Running != nil {
			break
		}
	}
	if err := child.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	out, lost, err := child.run(t.Context(), j, time.Minute)
	if out != nil || lost == nil || err != nil {
		t.Fatalf("a killed child answers %v, %v, %v", out, lost, err)
	}
	if _, found := plan.report(nil, &crash{kind: "ended", running: 0}); len(found) != 1 || found[0].Rule != Threw {
		t.Errorf("its loss is reported as %v", found)
	}
	if !gone(child) {
		t.Error("the child was not waited for")
	}
}

// A parent that is gone leaves no child: it ends when its input does, whatever it is doing.
func TestAChildEndsWithItsParent(t *testing.T) {
	child, err := start(t.Context(), New().program())
	if err != nil {
		t.Fatal(err)
	}
	plan := newPlan(project(t, hostile(endless)), ".", false)
	if err := send(child.in, plan.job(Options{Limits: Limits{Time: time.Hour}})); err != nil {
		t.Fatal(err)
	}
	for m := range child.said {
		if m.Running != nil {
			break
		}
	}
	if err := child.in.Close(); err != nil {
		t.Fatal(err)
	}
	for range child.said {
	}
	if !gone(child) {
		t.Error("the child runs on without its parent")
	}
}

func TestACancelledRunLeavesNoChild(t *testing.T) {
	e := evaluator(t)
	if _, _, err := e.Run(t.Context(), project(t, hostile("[`a${1}`]")), ".", Options{}); err != nil {
		t.Fatal(err)
	}
	child := e.child
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for len(e.turn) > 0 { // until the run has the child
			runtime.Gosched()
		}
		cancel()
	}()
	_, _, err := e.Run(ctx, project(t, hostile(endless)), ".", Options{Limits: Limits{Time: time.Minute}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run gives %v", err)
	}
	if !gone(child) || e.child != nil {
		t.Error("the child of a cancelled run is kept")
	}
}

func TestRunsWaitForEachOther(t *testing.T) {
	e := evaluator(t)
	var all sync.WaitGroup
	for _, columns := range []string{"[`a${1}`]", "[`b${1}`]", "[`c${1}`]", "[`d${1}`]"} {
		s := project(t, hostile(columns))
		all.Go(func() {
			facts, found, err := e.Run(t.Context(), s, ".", Options{})
			if err != nil || len(found) > 0 || len(facts.Values) != 1 {
				t.Error(columns, facts, found, err)
			}
		})
	}
	all.Wait()
}

func TestAChildThatIsNoSandbox(t *testing.T) {
	e := New(filepath.Join(t.TempDir(), "missing"))
	defer e.Close()
	if _, _, err := e.Run(t.Context(), project(t, hostile(endless)), ".", Options{}); err == nil {
		t.Error("a program that is not there runs")
	}
}

func TestNothingIsStartedWithoutGaps(t *testing.T) {
	e := New(filepath.Join(t.TempDir(), "missing"))
	defer e.Close()
	if facts, found, err := e.Run(t.Context(), project(t, hostile("['name']")), ".", Options{}); err != nil || len(found) > 0 || len(facts.Values) > 0 {
		t.Error(facts, found, err)
	}
}

// The environment, the time zone and the chance of this machine are not those of definitions.
func TestTheSameEverywhere(t *testing.T) {
	t.Setenv("COLUMN", "secret")
	t.Setenv("TZ", "Asia/Tokyo")
	source := hostile("[`${Math.random()} ${Date.now()} ${new Date(0).getHours()} ${'COLUMN' in process.env} ${process.env.DECLARED}`]")
	s := project(t, source)
	var first Facts
	for i := range 3 {
		facts, found := run(t, s, Options{Env: map[string]string{"DECLARED": "yes"}})
		if len(found) > 0 || len(facts.Values) != 1 {
			t.Fatal(found)
		}
		if i == 0 {
			first = facts
		} else if !reflect.DeepEqual(first, facts) {
			t.Errorf("run %d gives %v, the first gave %v", i, facts, first)
		}
	}
	for _, f := range first.Values {
		if !strings.HasSuffix(f.Source, ` 946684800000 0 false yes"`) {
			t.Errorf("the value is %s", f.Source)
		}
	}
	if other, _ := run(t, s, Options{Env: map[string]string{"DECLARED": "no"}}); other.Key == first.Key {
		t.Error("another environment has the same key")
	}
}

func TestMessages(t *testing.T) {
	var pipe bytes.Buffer
	if err := send(&pipe, message{Ready: true}); err != nil {
		t.Fatal(err)
	}
	m := message{}
	if err := receive(&pipe, &m); err != nil || !m.Ready {
		t.Errorf("received %v, %v", m, err)
	}
	for name, text := range map[string]string{
		"a length without a message": "\x05\x00\x00\x00{}", "half a length": "\x05\x00", "no JSON": "\x02\x00\x00\x00}{", "nothing": "",
		"more than anybody needs": "\xff\xff\xff\xff{}",
	} {
		if err := receive(strings.NewReader(text), &m); err == nil {
			t.Errorf("%s is received", name)
		}
	}
}
