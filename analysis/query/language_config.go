package query

import (
	"strings"

	"github.com/qbls/qbls/analysis/definition"
)

const notEmitted = " This version reads it and does not emit it."

func configShape() *shape {
	return &shape{props: []prop{
		{"name", "The project's name: of the package, of the Worker, and in the API's title.", nil},
		{"template", "What is emitted.", leaf(words(Value, "hono", "A Hono backend"))},
		{"features", "Parts of the whole.", &shape{
			props: []prop{{"organizations", "`true`: users belong to organizations, and rows with an `organizationId` to one of them.", leaf(booleans)}},
			items: leaf(words(Value, "organizations", "Rows belong to organizations")),
		}},
		{"auth", "Roles and context.", &shape{props: []prop{
			{"roleHierarchy", "Roles from the lowest to the highest. `'x+'` in a policy means x and all that stand behind it here. Nobody but the owner gives a role that ranks above their own.", list(unrankedRoles)},
			{"context", "Further `$ctx` paths that conditions may use.", nil},
		}}},
		{"providers", "Where the backend runs, keeps its data, and knows its users from.", &shape{
			props: []prop{
				{"runtime", "What runs the backend: `defineRuntime('bun')`.", nil},
				{"database", "What keeps the rows: `defineDatabase('better-sqlite3')`.", nil},
				{"auth", "What signs users in: `defineAuth('better-auth')`.", nil},
			},
			other: []prop{{"storage", "Where files are kept." + notEmitted, nil}, {"fileStorage", "Where files are kept." + notEmitted, nil}},
		}},
		{"build", "Where the output goes.", &shape{props: []prop{
			{"outputDir", "Folder of the backend, relative to the project. Files that qbls did not write there are left alone.", nil},
			{"packageManager", "Package manager of the scripts.", leaf(words(Value, "npm", "", "bun", "", "pnpm", "", "yarn", ""))},
			{"dependencies", "Packages that your own code needs, as in a package.json: name → version.", nil},
		}}},
		{"compiler", "How definitions are compiled.", compilerShape()},
		{"trustedOrigins", "Origins that browsers may call from, as `https://app.example.org`.", nil},
		{"email", "Who sends the mail of authentication, and in whose name.", &shape{props: []prop{
			{"provider", "What sends it.", leaf(words(Value, "cloudflare", "The send_email binding of a Worker (the default)", "aws-ses", "Amazon SES, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"))},
			{"region", "Of aws-ses: us-east-2 unless it is said.", nil},
			{"from", "The sender's address. EMAIL_FROM wins.", nil},
			{"fromName", "The sender's name. EMAIL_FROM_NAME wins.", nil},
		}}},
		{"openapi", "The OpenAPI document.", &shape{
			props: []prop{
				{"generate", "`false` writes none.", leaf(booleans)},
				{"publish", "`false` writes it and serves it nowhere.", leaf(booleans)},
			},
			other: []prop{{"docs", "A page that shows the document." + notEmitted, nil}},
		}},
		{"schemaRegistry", "A document about tables, for programs.", &shape{props: []prop{{"generate", "`false` leaves it out.", leaf(booleans)}}}},
		{"etag", "ETags: clients that have the newest answer are told so instead of getting it again.", &shape{props: []prop{{"enabled", "`false` leaves them out.", leaf(booleans)}}}},
	}, other: []prop{
		{"cms", "An administration interface." + notEmitted, nil},
		{"account", "Pages for users' accounts." + notEmitted, nil},
		{"domain", "The domain that pages are served at." + notEmitted, nil},
		{"agents", "Files that programs of others look for." + notEmitted, nil},
		{"webhooks", "Calls to other servers after events." + notEmitted, nil},
		{"authz", "Access by relationships between rows." + notEmitted, nil},
	}}
}

func compilerShape() *shape {
	columnsOf := &shape{names: tables, each: &shape{names: columnsOfTable}}
	return &shape{props: []prop{
		{"diagnostics", "How bad findings are: a code or a family → `'error'`, `'warning'`, `'info'` or `'off'`.", &shape{names: levelled, each: leaf(words(Value, "error", "Stops compilation", "warning", "", "info", "", "off", "Not shown"))}},
		{"migrations", "What two schemas alone cannot tell.", &shape{props: []prop{
			{"renames", "New names → old names, so that a migration renames instead of dropping and adding.", &shape{props: []prop{
				{"tables", "New name of a table → its old name.", &shape{names: tables}},
				{"columns", "Table → new name of a column → its old name.", columnsOf},
			}}},
			{"drops", "What may be dropped with all that is in it: without a word here, nothing is.", &shape{props: []prop{
				{"tables", "Tables that are gone, by their SQL names.", nil},
				{"columns", "Table → columns that are gone, by their SQL names.", &shape{names: tables}},
			}}},
			{"backfills", "Table → column → the SQL expression that existing rows get.", columnsOf},
		}}},
		{"features", "Switches of the compiler.", &shape{props: []prop{{"auditFields", "`false`: no audit columns and no soft delete.", leaf(booleans)}}}},
		{"env", "Variables of the environment that definitions may read while they are evaluated. They see no others.", nil},
		{"securityContracts", "After emitting, the policy is read back from the files and compared with the definitions.", &shape{props: []prop{
			{"failMode", "What a violation does.", leaf(words(Value, "error", "Nothing is written", "warn", "It is told, and written all the same"))},
			{"report", "The report of it.", &shape{props: []prop{
				{"enabled", "`false` writes none.", leaf(booleans)},
				{"path", "Where it lies, relative to the output's `quickback` folder.", nil},
				{"signature", "Who vouches for the report.", &shape{props: []prop{
					{"enabled", "`false` never signs.", leaf(booleans)},
					{"required", "`true`: without a key nothing is compiled.", leaf(booleans)},
					{"key", "The key, written out. Better name a variable.", nil},
					{"keyEnv", "The variable of the environment that holds the key.", nil},
					{"keyId", "What the key is called in the signature.", nil},
					{"path", "Where the signature lies, relative to the output's `quickback` folder.", nil},
				}}},
			}}},
		}}},
	}}
}

func runtimeShape() *shape {
	return &shape{
		props: []prop{{"compatibilityDate", "Of Workers: the day whose behaviour of the runtime is asked for, as `2025-01-31`.", nil}},
		fits:  only("cloudflare", "compatibilityDate"),
		other: []prop{
			{"placement", "Of Workers: where they run." + notEmitted, nil},
			{"observability", "Of Workers: logs and traces." + notEmitted, nil},
			{"routes", "Of Workers: the addresses that they answer." + notEmitted, nil},
		},
	}
}

func databaseShape() *shape {
	return &shape{
		props: []prop{
			{"generateId", "How ids are made.", leaf(words(Value, "prefixed", "cnd_… (the default)", "uuid", "", "cuid", "", "nanoid", "", "serial", "Counted by the database"))},
			{"namingConvention", "Names of columns in SQL.", leaf(words(Value, "snake_case", "The default", "camelCase", ""))},
			{"splitDatabases", "Of D1: `false` keeps users and rows in one database.", leaf(booleans)},
			{"binding", "Of D1: the binding of the one database.", nil},
			{"authBinding", "Of D1: the binding of the database of users.", nil},
			{"auditBinding", "Of D1: the binding of the database of the audit trail.", nil},
			{"featuresBinding", "Of D1: the binding of the database of rows.", nil},
			{"databaseId", "Of D1: the id of the one database.", nil},
			{"authDatabaseId", "Of D1: the id of the database of users.", nil},
			{"auditDatabaseId", "Of D1: the id of the database of the audit trail.", nil},
			{"featuresDatabaseId", "Of D1: the id of the database of rows.", nil},
			{"kvNamespaceId", "Of Workers: the id of the KV namespace that keeps sessions.", nil},
		},
		fits: only("cloudflare-d1", "splitDatabases", "binding", "authBinding", "auditBinding", "featuresBinding", "databaseId", "authDatabaseId", "auditDatabaseId", "featuresDatabaseId", "kvNamespaceId"),
		other: []prop{
			{"usePlurals", "Names of tables of users in the plural." + notEmitted, nil},
			{"webhooksBinding", "The binding of the database of webhooks." + notEmitted, nil},
			{"filesDatabaseId", "The id of the database of files." + notEmitted, nil},
			{"webhooksDatabaseId", "The id of the database of webhooks." + notEmitted, nil},
			{"additionalQueues", "Further queues." + notEmitted, nil},
			{"connectionMode", "Of Neon: how it is connected to." + notEmitted, nil},
			{"pooled", "Of Neon: whether connections are shared." + notEmitted, nil},
			{"vectorizeIndexName", "Of D1: the index of vectors beside it." + notEmitted, nil},
			{"vectorizeBinding", "Of D1: the binding of the index of vectors." + notEmitted, nil},
		},
	}
}

func authShape() *shape {
	return &shape{
		props: []prop{
			{"emailAndPassword", "Sign-in by e-mail and password.", &shape{props: []prop{{"enabled", "`true` allows it.", leaf(booleans)}}}},
			{"plugins", "Plugins of Better Auth: names, or `{ name, config }` with options.", &shape{items: &shape{
				values: plugins,
				props: []prop{
					{"name", "The plugin.", leaf(plugins)},
					{"config", "Its options.", &shape{props: []prop{
						{"rateLimit", "Of apiKey: how often a key may be used.", &shape{props: []prop{
							{"max", "Requests in a window: 600 unless it is said.", nil},
							{"window", "Seconds: 60 unless it is said.", nil},
						}}},
						{"verificationUri", "Of deviceAuthorization: the page where users confirm a device.", nil},
						{"interval", "Of deviceAuthorization: seconds between two questions of a device.", nil},
						{"rpID", "Of passkey: the domain that passkeys belong to, by default that of BETTER_AUTH_URL.", nil},
						{"rpName", "Of passkey: what browsers call it, by default the project's name.", nil},
						{"origin", "Of passkey: where passkeys are used, by default the trusted origins.", nil},
					}}},
				},
			}}},
			{"trustedOrigins", "Origins that may sign in.", nil},
			{"session", "How long sessions last.", &shape{props: []prop{
				{"expiresInDays", "Days without a request after which a session ends: 7 unless it is said.", nil},
				{"updateAgeInDays", "Days after which a request extends it: 1 unless it is said.", nil},
			}}},
			{"rateLimit", "How often one address may ask a path of Better Auth.", &shape{
				props: []prop{
					{"enabled", "`true`: in development, too. `false`: never.", leaf(booleans)},
					{"window", "Seconds: 10 unless it is said.", nil},
					{"max", "Requests in a window: 100 unless it is said, and fewer where one signs in.", nil},
				},
				other: []prop{{"customRules", "Others for some paths." + notEmitted, nil}},
			}},
			{"socialProviders", "Sign-in with accounts of others: `{ github: true }`. Id and secret are read from GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET when the backend starts, or from the variables that `process.env.NAME` names.", socialShape()},
		},
	}
}

// plugins are those that are emitted.
var plugins = words(Value,
	"organization", "Organizations and members", "admin", "Platform administrators: users, bans, roles of users", "apiKey", "API keys, in x-api-key",
	"emailOtp", "Codes by mail", "magicLink", "Links by mail", "comboAuth", "A code and a link in one mail", "passkey", "Passkeys",
	"deviceAuthorization", "Devices without a browser", "anonymous", "Users without an account, and what they made when they get one", "bearer", "Bearer tokens, which every backend takes")

func socialShape() *shape {
	var props []prop
	for _, name := range definition.SocialProviders() {
		props = append(props, prop{name, "`true`, or which variables hold id and secret.", &shape{props: []prop{
			{"clientId", "`process.env.NAME`: the variable that holds the id.", nil},
			{"clientSecret", "`process.env.NAME`: the variable that holds the secret.", nil},
			{"scope", "What is asked for besides.", nil},
		}}})
	}
	return &shape{props: props}
}

// only lets some keys stand beside one provider alone: the first argument of the call.
func only(provider string, keys ...string) func(*scene, string) bool {
	some := " " + strings.Join(keys, " ") + " "
	return func(sc *scene, key string) bool {
		if !strings.Contains(some, " "+key+" ") {
			return true
		}
		for i := len(sc.cursor.Path) - 1; i >= 0; i-- {
			if sc.cursor.Path[i].Call != "" {
				name, _ := sc.cursor.Path[i].Node.Child(0).Inner().Str()
				return name == provider
			}
		}
		return true
	}
}
