package definition

import "testing"

// A default export that is no definition to the reader would be a policy that nobody enforces, so it is an error.
func TestDefaultExportsAreReadOrReported(t *testing.T) {
	const policy = "{ firewall: { organization: {} }, crud: { list: { access: { roles: ['owner'] } } } }"
	const path = "features/things/things.ts"
	read := map[string]string{
		"renamed import": table + "import { defineTable as dt } from '@quickback/compiler';\nexport default dt(things, " + policy + ");",
		"whole module":   table + "import * as api from '@quickback/compiler';\nexport default api.defineTable(things, " + policy + ");",
		"a constant":     table + "const policy = defineTable(things, " + policy + ");\nexport default policy;",
	}
	for name, source := range read {
		if f, found := readText(path, source); f.Table == nil || len(f.Table.Operations) != 1 || len(found) > 0 {
			t.Errorf("%s: %+v %v", name, f.Table, found)
		}
	}
	reported := map[string]string{
		"made by a function": table + "function make() { return defineTable(things, " + policy + "); }\nexport default make();",
		"imported":           table + "import { policy } from './other';\nexport default policy;",
		"conditional":        table + "export default open ? defineTable(things, " + policy + ") : null;",
		"member":             table + "export default policies.things;",
		"another module":     table + "import * as api from './other';\nexport default api.defineTable(things, " + policy + ");",
	}
	for name, source := range reported {
		f, found := readText(path, source)
		if len(found) != 1 || found[0].Rule != NotReadable || len(f.Gaps) != 1 {
			t.Errorf("%s: %v", name, found)
		}
	}
	if _, found := readText("features/things/lib/client.ts", "import { connect } from 'somewhere';\nexport default connect();"); len(found) > 0 {
		t.Errorf("a module that declares nothing: %v", found)
	}
}
