package definition

import "github.com/qbls/qbls/analysis/syntax"

// What the configuration may ask for and this version does not emit (seeds: compiler__config, Cloudflare, Neon; the reference's
// section on the configuration).

var accountFlags = map[string]setting{
	"password": aSwitch, "emailOTP": aSwitch, "passkey": aSwitch, "signup": aSwitch, "organizations": aSwitch, "admin": aSwitch, "emailVerification": aSwitch,
}

var projectSettings = map[string]setting{
	"cms": switchOr(map[string]setting{"domain": aText, "access": oneWord("user", "admin")}),
	"account": switchOr(map[string]setting{
		"domain": aText, "adminDomain": aText, "name": aText, "companyName": aText, "tagline": aText, "description": aText, "fileUploads": aSwitch, "build": aSwitch,
		"auth": section(accountFlags),
	}),
	"domain": aText,
	"agents": switchOr(map[string]setting{
		"robotsTxt": aSwitch, "llmsTxt": aSwitch, "mcp": aSwitch, "oauthDiscovery": aSwitch, "apiCatalog": aSwitch, "allowAiCrawlers": aSwitch,
	}),
	"webhooks": section(map[string]setting{"allowInsecure": aSwitch}),
	"authz": section(map[string]setting{
		"relationships": anything, "permissions": anything, "arrows": anything, "scopes": anything, "fga": section(map[string]setting{"model": aText}),
	}),
}

var openapiSettings = map[string]setting{
	"docs": {kinds: []syntax.Kind{syntax.Bool, syntax.String}, expects: "false, 'scalar' or 'swagger'", words: []string{"scalar", "swagger"}, same: "false"},
}

var sampling = map[string]setting{"enabled": aSwitch, "headSamplingRate": aNumber, "invocationLogs": aSwitch, "destinations": aList, "persist": aSwitch}

var runtimeSettings = map[string]setting{
	"placement":     section(map[string]setting{"mode": oneWord("smart", "standard")}),
	"observability": section(map[string]setting{"enabled": aSwitch, "headSamplingRate": aNumber, "logs": section(sampling), "traces": section(sampling)}),
	"routes":        {kinds: []syntax.Kind{syntax.Array}, expects: "a list of { pattern, custom_domain }", items: map[string]setting{"pattern": aText, "custom_domain": aSwitch}},
}

// d1Settings are emitted for D1, and for no other database.
var d1Settings = map[string]setting{
	"splitDatabases": aSwitch, "binding": aText, "authBinding": aText, "featuresBinding": aText, "auditBinding": aText,
	"databaseId": aText, "authDatabaseId": aText, "auditDatabaseId": aText, "featuresDatabaseId": aText, "kvNamespaceId": aText,
}

// workersSettings are emitted for Workers, and for no other runtime.
var workersSettings = map[string]setting{"compatibilityDate": aText}

var databaseSettings = map[string]setting{
	"webhooksBinding": aText, "filesDatabaseId": aText, "webhooksDatabaseId": aText,
	"additionalQueues": {kinds: []syntax.Kind{syntax.Array}, expects: "a list of queues", items: map[string]setting{
		"name": aText, "binding": aText, "maxBatchSize": aNumber, "maxBatchTimeout": aNumber, "maxRetries": aNumber,
	}},
	"usePlurals": usually(aSwitch, "false"),
}

// otherSettings are emitted for no database: how Neon is connected to, and the index of vectors beside D1.
var otherSettings = map[string]setting{
	"connectionMode": oneWord("auto", "http", "websocket"), "pooled": aSwitch, "vectorizeIndexName": aText, "vectorizeBinding": aText,
}

var storageSettings = map[string]setting{"managed": aSwitch, "bucketName": aText, "binding": aText}

var providerSettings = map[string]setting{
	"storage":     {kinds: []syntax.Kind{syntax.Call, syntax.Object}, expects: "a provider", free: true},
	"fileStorage": {kinds: []syntax.Kind{syntax.Call, syntax.Object}, expects: "a provider", free: true},
}
