package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// names checks that the refusal says which parameter or column it is about.
func (a answer) names(t *testing.T, name string) {
	t.Helper()
	if !strings.Contains(a.raw, name) {
		t.Errorf("the refusal does not name %s: %v", name, a)
	}
}

// catalogue is an organization with six jobs, a to f.
func catalogue(t *testing.T, b *backend) *tenant {
	t.Helper()
	home := newTenant(t, b, recruiter, interviewer)
	boss := home.as(owner)
	department := boss.department(t)
	for i, fields := range []object{
		{"title": "a 100% remote clerk", "remote": true, "headcount": 1, "salaryMin": 30000},
		{"title": "b_clerk", "headcount": 2, "salaryMin": 40000, "closesAt": "2030-01-31T12:00:00.000Z"},
		{"title": "c driver", "remote": true, "headcount": 2, "description": "drives a CLERK around"},
		{"title": "d driver", "headcount": 3, "salaryMin": 40000, "closesAt": "2031-01-31T12:00:00.000Z"},
		{"title": "e, with comma", "headcount": 4},
		{"title": "f bxclerk", "headcount": 5, "salaryMin": 60000},
	} {
		fields["departmentId"] = department
		id := boss.create(t, "/jobs", fields)
		if i%2 == 0 {
			boss.call(t, http.MethodPost, "/jobs/"+id+"/publish", object{}).want(t, "200")
		}
	}
	return home
}

// queries are lists of the catalogue: the initials of the titles that must come back, in order.
var queries = []struct{ query, want string }{
	{"", "abcdef"}, // the resource's defaultSort
	{"status=open", "ace"},
	{"status.eq=draft", "bdf"},
	{"status.ne=open", "bdf"},
	{"status.in=open,draft&limit=2", "ab"},
	{"headcount.gt=3", "ef"},
	{"headcount.gte=3", "def"},
	{"headcount.lt=2", "a"},
	{"headcount.lte=2", "abc"},
	{"headcount=2&remote=true", "c"},
	{"remote=false", "bdef"},
	{"salaryMin.isNull=true", "ce"},
	{"salaryMin.isNull=false&sort=-salaryMin,title", "fbda"},
	{"description.ne=x", "c"}, // as in SQL: of null nothing is known
	{"closesAt.gt=2030-06-01T00:00:00.000Z", "d"},
	{"closesAt=2030-01-31T12:00:00.000Z", "b"},
	{"closesAt=2030-01-31T13:00:00.000%2B01:00", "b"}, // the same instant
	{"title.like=driver", "cd"},
	{"title.like=%25driver", "cd"},  // one % at an end is dropped
	{"title.like=100%25%20re", "a"}, // any other is itself
	{"title.like=a%25clerk", ""},
	{"title.like=b_clerk", "b"}, // and so is _
	{"title.in=c%20driver,d%20driver", "cd"},
	{"search=clerk", "abcf"},
	{"search=clerk&remote=true", "ac"},
	{"search=nothing", ""},
	{"sort=-title", "fedcba"},
	{"sort=title&order=desc", "fedcba"},
	{"sort=title:desc", "fedcba"},
	{"sort=status:desc,title:asc", "acebdf"},
	{"sort=status,-title", "fdbeca"},
	{"sort=-remote,title", "acbdef"},
	{"limit=2&offset=3", "de"},
	{"offset=6", ""},
	{"_=17&utm_source=mail", "abcdef"},
	{"fields=title,nothing", "abcdef"},
}

func TestQueries(t *testing.T) {
	home := catalogue(t, start(t))
	for _, c := range queries {
		t.Run(c.query, func(t *testing.T) {
			got := home.as(owner).get(t, "/jobs?"+c.query).want(t, "200")
			initials := ""
			for _, title := range got.column(t, "title") {
				initials += title[:1]
			}
			equal(t, "titles", initials, c.want)
			equal(t, "count", got.at("pagination", "count"), len(c.want))
		})
	}
}

// invalid are queries that must be refused, with what the refusal must name.
var invalid = []struct{ path, names string }{
	{"/jobs?colour=red", "colour"},
	{"/jobs?colour.gt=1", "colour"},
	{"/jobs?title.near=clerk", "near"},
	{"/jobs?title.=x", "title"},
	{"/jobs?sort=colour", "colour"},
	{"/jobs?sort=title,-colour", "colour"},
	{"/jobs?sort=title:sideways", "sideways"},
	{"/jobs?headcount=many", "headcount"},
	{"/jobs?headcount.in=1,many", "headcount"},
	{"/jobs?remote=perhaps", "remote"},
	{"/jobs?closesAt.gt=soon", "closesAt"},
	{"/jobs?status=opened", "status"}, // not of the enum
	{"/jobs?salaryMin.isNull=perhaps", "salaryMin"},
	{"/jobs?limit=many", "limit"},
	{"/jobs?view=nothing", "nothing"},
	{"/jobs/views/board?salaryMin.gt=1", "salaryMin"}, // a column, but not of this view
	{"/jobs/views/board?sort=headcount", "headcount"},
	{"/jobs?view=board&headcount=1", "headcount"},
	{"/candidates/views/pipeline?email.like=x", "email"},
}

func TestQueriesThatAreRefused(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	for _, c := range invalid {
		t.Run(c.path[1:], func(t *testing.T) {
			boss.get(t, c.path).want(t, "400 QUERY_INVALID").names(t, c.names)
		})
	}
}

// TestPagination walks through all pages, whose sizes are the definitions'.
func TestPagination(t *testing.T) {
	home := catalogue(t, start(t))
	boss := home.as(owner)

	first := boss.get(t, "/jobs").want(t, "200")
	equal(t, "pagination", first.at("pagination"), object{"limit": 20, "offset": 0, "count": 6})
	counted := boss.get(t, "/jobs?limit=2&offset=4&total=true").want(t, "200")
	equal(t, "pagination", counted.at("pagination"), object{"limit": 2, "offset": 4, "count": 2, "total": 6})
	filtered := boss.get(t, "/jobs?status=open&limit=1&count=true").want(t, "200")
	equal(t, "total follows the filter", filtered.at("pagination", "total"), 3)
	equal(t, "X-Total-Count", filtered.header.Get("X-Total-Count"), "3")
	equal(t, "the largest page of candidates", boss.get(t, "/candidates?limit=5000").want(t, "200").at("pagination", "limit"), 50)
	equal(t, "the default page of candidates", boss.get(t, "/candidates").want(t, "200").at("pagination", "limit"), 25)
	equal(t, "the largest page", boss.get(t, "/departments?limit=5000").want(t, "200").at("pagination", "limit"), 100)

	seen := map[string]bool{}
	for offset := range 6 { // equal headcounts: the primary key keeps the order total
		page := boss.get(t, fmt.Sprintf("/jobs?sort=remote&limit=1&offset=%d", offset)).want(t, "200")
		seen[page.column(t, "id")[0]] = true
	}
	equal(t, "each row is on one page", len(seen), 6)
}

// TestProjection shows ?fields= on lists and single rows.
func TestProjection(t *testing.T) {
	home := catalogue(t, start(t))
	boss := home.as(owner)
	listed := boss.get(t, "/jobs?fields=id,title,createdAt&limit=1").want(t, "200").rows(t)[0]
	equal(t, "list", keys(listed), sorted("id", "title", "createdAt"))
	one := boss.get(t, "/jobs/"+listed["id"].(string)+"?fields=status,nothing").want(t, "200").record(t)
	equal(t, "get", keys(one), []string{"status"})
	all := boss.get(t, "/jobs/"+listed["id"].(string)+"?fields=nothing").want(t, "200").record(t)
	if len(all) < 10 {
		t.Errorf("without a known field all come back: %v", all)
	}
}

// TestNarrowedFields shows that crud.list.fields and crud.get.fields are all that ever comes back.
func TestNarrowedFields(t *testing.T) {
	home := newTenant(t, start(t), interviewer)
	author := home.as(interviewer)
	application := home.as(owner).application(t, "interview")
	inList := sorted("id", "applicationId", "ownerId", "rating", "recommendation", "createdAt")
	inGet := sorted("id", "applicationId", "ownerId", "content", "rating", "recommendation", "privateRemarks", "createdAt")

	made := author.call(t, http.MethodPost, "/interview-notes", object{"applicationId": application, "content": "c"}).want(t, "201").record(t)
	id := made["id"].(string)
	changed := author.call(t, http.MethodPatch, "/interview-notes/"+id, object{"rating": 2}).want(t, "200").record(t)
	for _, row := range []object{made, changed} {
		for _, name := range keys(row) {
			if !slices.Contains(inGet, name) {
				t.Errorf("%s is not among the fields of get: %v", name, row)
			}
		}
	}
	equal(t, "list", keys(author.get(t, "/interview-notes").want(t, "200").rows(t)[0]), inList)
	equal(t, "get", keys(author.get(t, "/interview-notes/"+id).want(t, "200").record(t)), inGet)
	asked := author.get(t, "/interview-notes?fields=id,content,organizationId").want(t, "200").rows(t)[0]
	equal(t, "asking for more", keys(asked), []string{"id"})
}

// TestViews shows that both ways to a view answer the same, with exactly its fields.
func TestViews(t *testing.T) {
	home := catalogue(t, start(t))
	for _, c := range []struct {
		resource, view string
		fields         []string
	}{
		{"jobs", "board", []string{"id", "title", "departmentId", "status", "remote"}},
		{"jobs", "compensation", []string{"id", "title", "salaryMin", "salaryMax"}},
		{"candidates", "pipeline", []string{"id", "name", "source", "yearsExperience"}},
		{"candidates", "contact", []string{"id", "name", "email", "phone"}},
		{"applications", "pipeline", []string{"id", "jobId", "candidateId", "stage", "createdAt"}},
	} {
		t.Run(c.resource+" "+c.view, func(t *testing.T) {
			boss := home.as(owner)
			if c.resource != "jobs" {
				boss.application(t, "applied")
			}
			direct := boss.get(t, "/"+c.resource+"/views/"+c.view+"?total=true").want(t, "200")
			equal(t, "view", direct.at("view"), c.view)
			equal(t, "fields", direct.at("fields"), c.fields)
			equal(t, "the other way", boss.get(t, "/"+c.resource+"?total=true&view="+c.view).want(t, "200").json, direct.json)
			rows := direct.rows(t)
			equal(t, "total", direct.at("pagination", "total"), len(rows))
			for _, row := range rows {
				equal(t, "columns", keys(row), sorted(append([]string{}, c.fields...)...))
			}
			boss.get(t, "/"+c.resource+"/views/"+c.view+"?sort=-createdAt&createdAt.gt="+url.QueryEscape("2020-01-01T00:00:00.000Z")).want(t, "200")
		})
	}
	home.as(owner).get(t, "/jobs/views/nothing").want(t, "404 NOT_FOUND")
}

// TestLabels shows that a foreign key comes with what its target is called, in lists, single rows, views and answers to writes.
func TestLabels(t *testing.T) {
	home := newTenant(t, start(t), interviewer)
	boss := home.as(owner)
	department := boss.create(t, "/departments", with(departmentFields(), object{"name": "Engineering"}))
	job := boss.openJob(t, object{"title": "Engineer", "departmentId": department})
	candidate, friend := boss.candidate(t, object{"name": "Ada"}), boss.candidate(t, object{"name": "Grace"})

	for _, path := range []string{"/jobs", "/jobs/views/board"} {
		equal(t, path, boss.get(t, path).want(t, "200").at("data", 0, "department_label"), "Engineering")
	}
	equal(t, "get", home.as(interviewer).get(t, "/jobs/"+job).want(t, "200").at("department_label"), "Engineering")

	made := boss.call(t, http.MethodPost, "/applications", object{"jobId": job, "candidateId": candidate, "referredById": friend}).want(t, "201").record(t)
	equal(t, "job", made["job_label"], "Engineer")
	equal(t, "candidate", made["candidate_label"], "Ada")
	equal(t, "a reference by definition", made["referredBy_label"], "Grace")
	for _, name := range []string{"createdBy_label", "organization_label"} {
		if _, labelled := made[name]; labelled {
			t.Errorf("%s is no label of a foreign key", name)
		}
	}
	boss.call(t, http.MethodDelete, "/candidates/"+friend, nil).want(t, "200")
	gone := boss.get(t, "/applications/"+made["id"].(string)).want(t, "200")
	equal(t, "the name of a deleted row is not told", gone.at("referredBy_label"), nil)
}

// TestETags shows that an unchanged answer is not sent twice, and that each caller's own answer counts.
func TestETags(t *testing.T) {
	home := newTenant(t, start(t), interviewer)
	id := home.as(owner).candidate(t)
	ask := func(role, path, tag string) answer {
		t.Helper()
		return home.as(role).send(t, http.MethodGet, "/api/v1"+path, nil, http.Header{"If-None-Match": {tag}})
	}
	for _, path := range []string{"/candidates/" + id, "/candidates", "/candidates/views/pipeline"} {
		first := home.as(owner).get(t, path).want(t, "200")
		tag := first.header.Get("ETag")
		if !strings.HasPrefix(tag, `W/"`) {
			t.Fatalf("%s has no weak tag: %q", path, tag)
		}
		same := ask(owner, path, tag).want(t, "304")
		equal(t, "no body", same.raw, "")
		if !strings.HasSuffix(path, "pipeline") { // which shows nothing that is masked
			ask(interviewer, path, tag).want(t, "200")
		}
		home.as(owner).call(t, http.MethodPatch, "/candidates/"+id, object{"name": unique("Candidate")}).want(t, "200")
		ask(owner, path, tag).want(t, "200")
	}
}
