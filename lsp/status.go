package lsp

import (
	"context"
	"errors"
	"sync"

	"github.com/qbls/qbls/lsp/session"
)

// State says how the output of a project stands to its definitions.
type State string

// The states of a project.
const (
	Unknown   State = "unknown"   // nobody has compared them yet
	Compiling State = "compiling" // a compilation is under way
	UpToDate  State = "upToDate"  // the output is what the definitions say
	Written   State = "written"   // its code is; the documents about it follow (openapi.json, the registry, the report)
	Stale     State = "stale"     // the definitions have changed since
	Failed    State = "failed"    // the last compilation failed; the output is that of the one before
)

// Status is what qbls/status says about a project, as a notification whenever it changes and as the answer to the request.
type Status struct {
	Project string `json:"project"` // URI of its folder
	State   State  `json:"state"`
	Message string `json:"message,omitzero"` // a sentence for the user
}

// statuses remembers the state of each project.
type statuses struct {
	mu sync.Mutex
	by map[string]*projectStatus // by URI of the project
}

type projectStatus struct {
	Status
	made session.Seen // of the last compilation that ended
}

// compiling, written and compiled are told by a compilation.
func (k *statuses) compiling(s *server, job Job) {
	k.set(s, job, Status{State: Compiling}, false)
}

// written is told when the code is on the disk.
func (k *statuses) written(s *server, job Job, result string) {
	k.set(s, job, Status{State: Written, Message: result}, false)
}

func (k *statuses) compiled(s *server, job Job, result string, err error) {
	now := Status{State: UpToDate, Message: result}
	if err != nil {
		now = Status{State: Failed, Message: err.Error()}
	}
	k.set(s, job, now, true)
}

func (k *statuses) set(s *server, job Job, now Status, ended bool) {
	seen, ok := s.session.View().Project(session.URIOf(job.Folder + "/" + string(job.Root)))
	if !ok {
		return
	}
	now.Project = seen.URI()
	k.mu.Lock()
	p := k.of(now.Project)
	was := p.Status
	p.Status = now
	if ended {
		p.made = seen.With(job.Snapshot)
		if now.State == UpToDate && !p.made.SameDefinitions(seen) {
			p.State, p.Message = Stale, ""
		}
	}
	now = p.Status
	k.mu.Unlock()
	if was != now {
		s.tell(now)
	}
}

// of returns the state of a project; the caller holds the lock.
func (k *statuses) of(uri string) *projectStatus {
	if k.by == nil {
		k.by = map[string]*projectStatus{}
	}
	if k.by[uri] == nil {
		k.by[uri] = &projectStatus{Status: Status{Project: uri, State: Unknown}}
	}
	return k.by[uri]
}

// edited compares what was compiled last with what holds now.
func (k *statuses) edited(s *server, v *session.View) {
	var due []Status
	k.mu.Lock()
	for seen := range v.Projects() {
		p := k.by[seen.URI()]
		if p == nil || p.State != UpToDate && p.State != Stale || p.made.Snapshot == nil {
			continue
		}
		now := UpToDate
		if !p.made.SameDefinitions(seen) {
			now = Stale
		}
		if now != p.State {
			p.State, p.Message = now, ""
			due = append(due, p.Status)
		}
	}
	k.mu.Unlock()
	for _, status := range due {
		s.tell(status)
	}
}

// ask answers the request; of a project that was not compiled yet it finds out by comparing what would be written with the disk.
func (k *statuses) ask(ctx context.Context, s *server, p ProjectParams) (*Status, error) {
	seen, ok := view(ctx).Project(p.URI)
	if !ok {
		return nil, noProject(p.URI)
	}
	k.mu.Lock()
	now := k.of(seen.URI()).Status
	k.mu.Unlock()
	if now.State != Unknown || s.config.Changes == nil {
		return &now, nil
	}
	list, err := s.config.Changes(ctx, jobOf(seen))
	switch {
	case errors.Is(err, ErrRefused):
		now.State, now.Message = Stale, err.Error()
	case err != nil:
		return nil, err
	case len(list) > 0:
		now.State = Stale
	default:
		now.State = UpToDate
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if known := k.of(seen.URI()); known.State == Unknown {
		known.Status = now
		if now.State == UpToDate {
			known.made = seen // only what the output was made of can be compared with later: a stale output was made of something unknown
		}
	}
	return &now, nil
}

func (s *server) tell(status Status) {
	if err := s.conn.Notify(s.life, MethodStatus, status); err != nil {
		s.config.Log.Warn("the status could not be told", "error", err)
	}
}

// round is told by the session when a state was published.
func (s *server) round(ctx context.Context, v *session.View) {
	s.status.edited(s, v)
	s.previewsChanged(ctx, v)
}
