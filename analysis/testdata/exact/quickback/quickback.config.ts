/* it's "the" configuration 🙈 */ export default /* { */ defineConfig({ 'agénts 🙈': "don't", // {
	name: 'o\'clock 🕰', // the name isn't "name"
	template: "hono",	/* ' */
	features: { organizations: true }, // } ' "
	auth: { roleHierarchy: ['member', /* [ */ "the \"boss\"", 'caf\u00e9', `owner`] },
	providers: { runtime: defineRuntime('bun'), database: defineDatabase("better-sqlite3"), auth: defineAuth(`better-auth`) },
});

import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler'; // imports may stand anywhere
