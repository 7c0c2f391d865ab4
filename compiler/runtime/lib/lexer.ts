// What a handler may write in sql``: expressions, no statements. The fragments are joined into one text first and that text is read token by token,
// so neither a keyword in two pieces nor a parenthesis inside a string literal can fool it. SQLite's dialect.
import { Refused } from './transaction.ts';

/** Stands for a value, a column or a statement that went through the gate. */
export const HOLE = '\uE000';
/** Stands for sql.identifier(…). */
export const NAME = '\uE001';

const KEYWORDS = new Set([
  'select', 'from', 'join', 'union', 'intersect', 'except', 'attach', 'detach', 'pragma', 'with', 'into', 'insert', 'update', 'delete',
  'drop', 'alter', 'create', 'truncate', 'vacuum', 'reindex', 'analyze', 'table', 'returning', 'begin', 'commit', 'rollback', 'savepoint', 'release', 'values',
]);
/** Functions that reach outside of the row: files, other tables, the connection. */
const FUNCTIONS = /^(pragma_\w+|load_extension|readfile|writefile|edit|fts3_tokenizer|sqlite_\w+)$/i;
// A comment or character that no expression has, a string, a name in quotes, a word, a number, or any other character. The first are statement ends,
// SQLite's other ways to write parameters and names, and control characters: a NUL would end the text.
const TOKEN = /(--|\/\*|[;`\\$?:@[#\0-\x08\x0e-\x1f])|('(?:[^']|'')*')|"((?:[^"]|"")*)"|([A-Za-z_\u0080-\udfff\uE002-\uffff][\w$\u0080-\udfff\uE002-\uffff]*)|\d[\w.]*|[^\s]/g;

/** Reads an expression to its end. Throws Refused at the first thing that is not part of one. */
export function lex(text: string): void {
  let open = 0, previous = '';
  for (const [token, forbidden, , quoted, name] of text.matchAll(TOKEN)) {
    const word = name?.toLowerCase();
    if (forbidden !== undefined) refuse(`has ${forbidden[0]}`);
    if (token === "'" || token === '"') refuse('leaves a quote open');
    if (previous === 'in' && (quoted !== undefined || word !== undefined || token === NAME)) refuse('names a table after in');
    if (word !== undefined && KEYWORDS.has(word) && !(word === 'from' && previous === 'distinct')) refuse(`needs allowRawSql (${word})`);
    if (token === '(' && FUNCTIONS.test(previous)) refuse(`calls ${previous}`);
    open += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (open < 0) refuse('closes a parenthesis that it did not open');
    previous = quoted ?? word ?? token;
  }
  if (open > 0) refuse('leaves a parenthesis open');
}

function refuse(why: string): never {
  throw new Refused(`raw SQL ${why}`);
}
