// Package syntax is the error-tolerant parser for the TypeScript of definition files.
//
// It never fails: every text has a tree, and a file in mid-edit still has its roles and columns. Trees are values of one file,
// kept as one array of nodes without pointers. Types are skipped; bodies of functions are ranges that are lexed only when
// someone asks (Node.Refs).
package syntax

import "github.com/qbls/qbls/diagnostics/text"

// Kind is the kind of a node.
type Kind uint8

const (
	Missing Kind = iota // where something was expected: an empty span at that place
	Program             // children: statements

	// Statements.
	Import      // import … from 'm'; Module(); children: ImportName
	ImportName  // one binding: Name() local name, Imported() name in the module ("default", "*")
	ExportFrom  // export { a as b } from 'm', export * from 'm'; Module() "" for a local export list; children: ExportName
	ExportName  // Name() exported name, Imported() local or remote name ("*")
	ExportValue // export default <expr>; Value()
	Var         // one declarator of const/let/var; Name(), Value(); Has(Exported|Const). Destructuring has Name() "" and a Value()
	Func        // function declaration; Name(), Has(Exported); body opaque
	Enum        // Name(); children: Property (Value() may be Missing)
	TypeDecl    // type, interface, declare, namespace: skipped; Name() when it has one
	ExprStmt    // an expression as a statement; Value()
	Opaque      // any other statement (if, for, class …): a range

	// Expressions.
	Object   // children: Property, Spread
	Property // Name(), NameSpan(), Value(); Has(Shorthand|Computed|Method). Computed: KeyNode() is the expression
	Spread   // ...x in objects, arrays, arguments; Value()
	Array    // children: elements
	String   // Str()
	Template // Str() when it has no holes; children: the expressions in the holes
	Number   // Num()
	Bool     // Bool()
	Null
	Regex
	Ident  // Name()
	Member // Operand().Name()
	Index  // Operand()[KeyNode()]
	Call   // Callee()(children: arguments); Has(New)
	Lambda // arrow function or function expression, method body: opaque; Body() span
	Class
	Unary     // Operator(), Operand()
	Binary    // Operator(); children: left, right (assignments too)
	Condition // children: test, yes, no
	Wrap      // as T, as const, satisfies T, x!, <T>x, (x), await x: Value() is what it wraps; Operator() "as" "const" "satisfies" "!" "(" "await"
	Tagged    // tag`…`; children: tag, Template
)

// Flag tells more about a node.
type Flag uint8

const (
	Exported Flag = 1 << iota
	Const
	Shorthand
	Computed
	Method
	New
	TypeOnly // import type, export type
	Broken   // the parser recovered from an error inside this node (missing bracket or quote)
)

// Step is one step of the property path to an offset, outermost first.
type Step struct {
	Call  string // callee when the step enters a call, as CallName gives it: "defineTable", "q.text", "references"
	Arg   int    // argument index when Call != ""
	Key   string // property key when the step enters a property
	Index int    // element index when the step enters an array, else -1
	Node  Node   // the Call, Property or Array that is entered
}

// Slot is what stands, or would stand, at an offset.
type Slot uint8

const (
	SlotNothing  Slot = iota
	SlotKey           // a property key of an object
	SlotValue         // a property's value
	SlotElement       // an array element
	SlotArgument      // an argument of a call
	SlotMember        // the name after a dot; Cursor.Node is the Member, or the body the dot is in
)

// Cursor is what Tree.At says about an offset, also in broken files: `createable: ["na` of an unclosed file has the path
// defineTable(1) / guards / createable / [0], the slot SlotElement, Partial "na" and Quote '"'.
type Cursor struct {
	Path    []Step
	Slot    Slot
	Partial string    // text already typed in this string, key or word, up to the offset
	Replace text.Span // what a completion replaces (without quotes)
	Present []string  // sibling keys or string elements, to leave out
	Quote   byte      // the quote the offset is inside of, or 0
	Node    Node      // innermost node at the offset
}

// Ref is an identifier or member chain in an opaque body, e.g. ctx.db.select: Path {"ctx","db","select"}, Call true.
type Ref struct {
	Path  []string
	Span  text.Span
	Call  bool // followed by (
	Write bool // target of an assignment, ++ or --
}
