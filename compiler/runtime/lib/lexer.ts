// What a handler may write in sql``: expressions, no statements. The fragments are joined into one text first and that text is lexed, so neither
// a keyword in two pieces nor a parenthesis inside a string literal can fool it. SQLite's dialect.
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
const WORD = /[A-Za-z_\u0080-\udfff\uE002-\uffff][\w$\u0080-\udfff\uE002-\uffff]*/y;
const NUMBER = /\d[\w.]*/y;
/** Statement ends and SQLite's other ways to write parameters and names. A NUL, like any control character, would end the text: see punctuation(). */
const FORBIDDEN = new Set([';', '`', '\\', '$', '?', ':', '@', '[', '#']);

/** Reads an expression to its end. Throws Refused at the first thing that is not part of one. */
export function lex(text: string): void {
  let open = 0, previous = '', at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    if (/[\t-\r ]/.test(char)) { at++; continue; }
    const start = at;
    if (char === "'" || char === '"') {
      at = quoted(text, at);
      if (char === '"' && previous === 'in') refuse('names a table after in');
      previous = char === '"' ? text.slice(start + 1, at - 1) : "'";
    } else if ((at = match(WORD, text, start)) > start) {
      const word = text.slice(start, at).toLowerCase();
      if (previous === 'in') refuse('names a table after in');
      if (KEYWORDS.has(word) && !(word === 'from' && previous === 'distinct')) refuse(`needs allowRawSql (${word})`);
      previous = word;
    } else if ((at = match(NUMBER, text, start)) > start) {
      previous = '0';
    } else {
      open += punctuation(char, text.slice(start, start + 2), previous);
      if (open < 0) refuse('closes a parenthesis that it did not open');
      previous = char;
      at = start + 1;
    }
  }
  if (open > 0) refuse('leaves a parenthesis open');
}

/** How one character changes the number of open parentheses. */
function punctuation(char: string, two: string, previous: string): number {
  if (char === NAME && previous === 'in') refuse('names a table after in');
  if (char < ' ' || FORBIDDEN.has(char) || two === '--' || two === '/*') refuse(`has ${char}`);
  if (char === '(' && FUNCTIONS.test(previous)) refuse(`calls ${previous}`);
  return char === '(' ? 1 : char === ')' ? -1 : 0;
}

function quoted(text: string, from: number): number {
  const quote = text[from] as string;
  for (let at = from + 1; ;) {
    const end = text.indexOf(quote, at);
    if (end < 0) refuse('leaves a quote open');
    if (text[end + 1] !== quote) return end + 1;
    at = end + 2;
  }
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found ? at + found[0].length : at;
}

function refuse(why: string): never {
  throw new Refused(`raw SQL ${why}`);
}
