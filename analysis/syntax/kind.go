package syntax

var kindNames = [...]string{
	Missing: "Missing", Program: "Program", Import: "Import", ImportName: "ImportName", ExportFrom: "ExportFrom",
	ExportName: "ExportName", ExportValue: "ExportValue", Var: "Var", Func: "Func", Enum: "Enum", TypeDecl: "TypeDecl",
	ExprStmt: "ExprStmt", Opaque: "Opaque", Object: "Object", Property: "Property", Spread: "Spread", Array: "Array",
	String: "String", Template: "Template", Number: "Number", Bool: "Bool", Null: "Null", Regex: "Regex", Ident: "Ident",
	Member: "Member", Index: "Index", Call: "Call", Lambda: "Lambda", Class: "Class", Unary: "Unary", Binary: "Binary",
	Condition: "Condition", Wrap: "Wrap", Tagged: "Tagged",
}

// String returns the name of the kind, for tests and logs.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Kind?"
}
