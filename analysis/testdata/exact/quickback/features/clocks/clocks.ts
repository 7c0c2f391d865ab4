// 🙈 It's a comment with "quotes", `ticks` and an emoji, and é
import { sqliteTable, text, integer /* ' */ } from 'drizzle-orm/sqlite-core';
import { defineTable } from "@quickback/compiler"; // { [ (

/**
 * Doesn't end here: *\/ 🕰
 */
export const clocks = /* " */ sqliteTable('o\'clocks', {
	id: text('id').primaryKey(), // it's the key
	organizationId: /* 🙈 */ text("organization_id").notNull(),
	"title": text('the "title"').notNull().default("it's 5 o'clock"), /* , */
	'caf\u00e9': text("caf\xe9"), // written with escapes
	note: text(`note`).default('one\\two\n\tthree \u{1F570} 🕰'),
	state: text('state', { enum: ['it\'s', "say \"hi\"", `tick\``, '🙈 see', 'a\tb', '\x41\u0042\u{43}', "con\
tinued", '// no comment', '/* nor this */', "{[("] }).notNull().default('it\'s'),
	count: integer('count' /* ) */, { mode: 'number' }),
}); // }

export default defineTable(clocks, {
	firewall: { organization: {} }, // isn't derived
	guards: { /* 🙈🙉 */ createable: ['title', "caf\u00e9", 'stat\u0065', 'nóte', /* ' */ 'count'],	updatable: [`note`, "o'clock 🕰"] },
	crud: {
		list: { access: { or: [{ roles: ['the "boss"'] }, { roles: ["caf\xe9"], record: { state: { in: ['it\u0027s', "it’s", '🙈 see'] } } }] } }, // ’ is no '
		get: { access: { roles: ['member'] } }, create: { access: { roles: ['member'] } }, /* 🙈 */ update: { access: { rolez: ['member'] } },
	},
	/* masking: { "title": { type: 'email' } }, */ masking: { note: { type: 'redact', show: { roles: ['the "boss"'] } } },
	views: { 'näme': { fields: ['id', "caf\u00e9", '🙈'], access: { roles: [`owner`] } } },
});
