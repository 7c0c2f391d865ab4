package authschema_test

import (
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/qbls/qbls/compiler/emit/authschema"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// The data is what the installed, pinned Better Auth says of itself.
func TestGenerated(t *testing.T) {
	cmd := exec.Command("node", "gen.mjs", workspace.Dir(t))
	cmd.Stderr = os.Stderr
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("tables.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != string(want) {
		t.Error("tables.json is not what Better Auth says: node gen.mjs ../../../testdata/runtime > tables.json")
	}
}

func keys(list []authschema.Table) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.Key)
	}
	return out
}

func column(t *testing.T, list []authschema.Table, table, key string) authschema.Column {
	t.Helper()
	for _, candidate := range list {
		if candidate.Key == table {
			if i := slices.IndexFunc(candidate.Columns, func(c authschema.Column) bool { return c.Key == key }); i >= 0 {
				return candidate.Columns[i]
			}
		}
	}
	t.Fatalf("no %s.%s", table, key)
	return authschema.Column{}
}

func TestTables(t *testing.T) {
	core := []string{"user", "session", "account", "verification"}
	if got := keys(authschema.Tables(authschema.Options{})); !slices.Equal(got, core) {
		t.Errorf("core: %v", got)
	}
	organizations := authschema.Tables(authschema.Options{Organizations: true})
	if got, want := keys(organizations), append(slices.Clone(core), "organization", "member", "invitation"); !slices.Equal(got, want) {
		t.Errorf("organizations: %v", got)
	}
	if c := column(t, organizations, "session", "activeOrganizationId"); c.Name != "active_organization_id" || c.NotNull {
		t.Errorf("active organization: %+v", c)
	}
	if c := column(t, organizations, "member", "userId"); c.References != "user" || c.OnDelete != "cascade" || !c.NotNull {
		t.Errorf("member: %+v", c)
	}
	teams := authschema.Tables(authschema.Options{Organizations: true, Teams: true, Plugins: []string{"deviceAuthorization", "admin", "admin"}})
	column(t, teams, "session", "activeTeamId")
	column(t, teams, "user", "banned")
	if c := column(t, teams, "deviceCode", "userCode"); !c.Unique {
		t.Errorf("user code: %+v", c)
	}
}

// However plugins are combined, every table and column is there once, begins with its id, and refers only to tables before it.
func TestCombinations(t *testing.T) {
	plugins := []string{"admin", "anonymous", "deviceAuthorization", "jwt", "phoneNumber", "twoFactor", "username", "bearer", "magicLink"}
	for _, o := range []authschema.Options{{}, {Organizations: true}, {Plugins: plugins}, {Organizations: true, Teams: true, Plugins: plugins}} {
		known := map[string]bool{}
		for _, table := range authschema.Tables(o) {
			if known[table.Key] || table.Columns[0].Key != "id" {
				t.Errorf("%+v: %s", o, table.Key)
			}
			known[table.Key] = true
			seen := map[string]bool{}
			for _, c := range table.Columns {
				if seen[c.Key] {
					t.Errorf("%+v: %s.%s twice", o, table.Key, c.Key)
				}
				seen[c.Key] = true
				if c.References != "" && !known[c.References] {
					t.Errorf("%+v: %s.%s refers to %s, which comes later", o, table.Key, c.Key, c.References)
				}
			}
			for _, index := range table.Indexes {
				for _, key := range index {
					if !seen[key] {
						t.Errorf("%+v: index of %s on %s", o, table.Key, key)
					}
				}
			}
		}
	}
}

func TestKnown(t *testing.T) {
	for plugin, want := range map[string]bool{"admin": true, "bearer": true, "core": false, "organization": false, "organization+teams": false, "nonsense": false} {
		if got := authschema.Known(plugin); got != want {
			t.Errorf("%s: %v", plugin, got)
		}
	}
}
