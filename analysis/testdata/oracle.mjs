// Reads [{ name, text }] from standard input, and writes for every text what TypeScript sees in it: whether it parses, and the
// property keys and string literals outside of types and function bodies, with offsets in UTF-16. With "comments" it writes the
// same for the text with a comment behind every separator.
// Usage: node oracle.mjs <folder of typescript>
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const ts = createRequire(process.argv[2] + '/package.json')('typescript');

function look(text) {
  const file = ts.createSourceFile('things.ts', text, ts.ScriptTarget.Latest, true);
  const keys = [], strings = [];
  const inQuotes = (n) => (ts.isStringLiteral(n) || ts.isNoSubstitutionTemplateLiteral(n) ? [n.getStart() + 1, n.getEnd() - 1] : [n.getStart(), n.getEnd()]);
  const key = (name) => {
    if (ts.isComputedPropertyName(name)) visit(name.expression);
    else keys.push([...inQuotes(name), name.text]);
  };
  const visit = (n) => {
    if (!n || ts.isTypeNode(n) && !ts.isExpressionWithTypeArguments(n) || ts.isFunctionLike(n) || ts.isClassLike(n)) return;
    if (ts.isStringLiteral(n) || ts.isNoSubstitutionTemplateLiteral(n)) return void strings.push([n.getStart(), n.getEnd(), n.text]);
    if (ts.isObjectLiteralElementLike(n) || ts.isEnumMember(n)) {
      if (n.name) key(n.name);
      visit(n.initializer ?? n.expression);
      return visit(n.objectAssignmentInitializer);
    }
    ts.forEachChild(n, visit);
  };
  for (const s of file.statements) {
    if (ts.isVariableStatement(s)) s.declarationList.declarations.forEach((d) => visit(d.initializer));
    else if (ts.isExpressionStatement(s) || ts.isExportAssignment(s)) visit(s.expression);
    else if (ts.isImportDeclaration(s) || ts.isExportDeclaration(s)) s.moduleSpecifier && visit(s.moduleSpecifier);
    else if (ts.isEnumDeclaration(s)) s.members.forEach(visit);
  }
  return { file, seen: { text, errors: file.parseDiagnostics.length, keys, strings } };
}

function commented(file) {
  const at = [];
  const walk = (n) => {
    const separators = [ts.SyntaxKind.CommaToken, ts.SyntaxKind.OpenBraceToken, ts.SyntaxKind.OpenBracketToken, ts.SyntaxKind.OpenParenToken];
    if (separators.includes(n.kind)) at.push(n.getEnd());
    n.getChildren().forEach(walk);
  };
  walk(file);
  let text = file.text;
  for (const i of at.reverse()) text = text.slice(0, i) + "/* 🙈 it's { [ ( ` // */" + text.slice(i);
  return text;
}

const out = [];
for (const { name, text } of JSON.parse(readFileSync(0, 'utf8'))) {
  const { file, seen } = look(text);
  out.push({ name, ...seen });
  if (seen.errors === 0) out.push({ name: name + ' with comments', ...look(commented(file)).seen });
}
process.stdout.write(JSON.stringify(out));
