import { describe, expect, test } from 'bun:test';
import { HOLE, lex, NAME } from '../lib/gate.ts';

describe('expressions pass', () => {
  for (const text of [
    `${HOLE} = ${HOLE}`, `coalesce(${HOLE}, 'select (it')`, "'it''s; -- fine' || \"col\"", `case when ${HOLE} > 1.5e3 then 'a' else null end`, `${HOLE} in (${HOLE}, ${HOLE})`,
    `${HOLE} is not distinct from ${HOLE}`, `${HOLE} like 'a%' escape '!'`, `cast(${HOLE} as integer) % 2`, `${HOLE} -> 'a' ->> 'b'`, `strftime('%Y-%m', ${HOLE})`, `excluded.title`, `${NAME}`, 'selected', 'updated_at', '1 - -1', '(((1)))',
    `replace(${HOLE}, 'a', 'b')`, `"from"`, 'naïve',
  ]) test(text, () => expect(() => lex(text)).not.toThrow());
});

describe('everything else is refused:', () => {
  for (const text of [
    'select 1', '(SELECT 1)', `${HOLE} in (select id from jobs)`, `${HOLE} union select 1`, 'values (1)', 'from', 'x join y', 'with x', 'delete', 'pragma foreign_keys',
    '1) or (1=1', '(1', `'(' = '(' ) or (1=1 and ')' = ')'`, "'open", '"open', "'it''", '1;', '1 -- x', '1 /* x', '`x`', '[x]', '?', '?1', ':a', '@a', '$a', '#', '\\', '\0',
    `${HOLE} in candidates`, `${HOLE} in "candidates"`, `${HOLE} IN ${NAME}`, `${HOLE} in main.candidates`, "readfile('x')", "load_extension ('x')", "pragma_table_info('x')", 'sqlite_version()', '"load_extension"(1)',
  ]) test(JSON.stringify(text), () => expect(() => lex(text)).toThrow('raw SQL'));
});
