package names

import (
	"slices"
	"strings"
)

// expression reads the first operand of an expression and returns what it is and where to go on: further operands are scanned
// by whoever asked.
func (s *scanner) expression(i int) (value, int) {
	switch {
	case i >= len(s.toks):
		return value{}, i
	case s.word(i) == "await":
		v, next := s.expression(i + 1)
		return v.awaited(), next
	case keywords[s.word(i)]:
		return value{}, i
	case s.mark(i) == "{":
		return value{shape: anObject, at: i}, i
	case s.mark(i) == "[":
		return s.tuple(i)
	case s.mark(i) == "(" && s.arrow(i) == 0, s.word(i) != "":
		return s.chain(i)
	}
	return value{}, i
}

func (s *scanner) tuple(open int) (value, int) {
	v := value{shape: aTuple}
	for i := open + 1; i < s.close(open); {
		item, next := s.expression(i)
		v.items = append(v.items, item)
		end := s.expressionEnd(i)
		s.scan(max(next, i), end)
		i = end + 1
	}
	return v, s.close(open) + 1
}

// chain reads a name or brackets with the members, calls and indexes behind.
func (s *scanner) chain(i int) (value, int) {
	v, next, last := value{}, i+1, ""
	if s.mark(i) == "(" {
		inner, end := s.expression(i + 1)
		s.scan(end, s.close(i))
		v, next = inner, s.close(i)+1
	} else {
		name := s.word(i)
		if s.text(i+1) == "=>" {
			s.push(s.bodyEnd(i + 2))
			s.bind(name, value{shape: argument})
			return value{}, i + 2
		}
		s.leave(i)
		v, last = s.lookup(name), name
		if v.shape == aTable && v.table == name {
			s.use(Use{Kind: Table, Table: name, Name: name, At: s.toks[i].Span, Short: s.shorthand(i)})
		}
		if s.mark(next) == "(" {
			v, next = s.called(name, next)
		}
	}
	for next < len(s.toks) && next != s.stop {
		switch s.text(next) {
		case "!":
			if after := s.text(next + 1); after != "." && after != "[" {
				return s.compared(v, next), next
			}
			next++
		case ".", "?.":
			if s.mark(next+1) == "[" || s.mark(next+1) == "(" {
				next++
				continue
			}
			v, last, next = s.member(v, last, next+1)
		case "[":
			v, next = s.index(v, next)
		case "(":
			s.scan(next+1, s.close(next))
			v, next = value{}, s.close(next)+1
		default:
			return s.compared(v, next), next
		}
	}
	return v, next
}

func (s *scanner) bodyEnd(i int) int {
	if s.mark(i) == "{" {
		return s.close(i) + 1
	}
	return s.expressionEnd(i)
}

// shorthand says whether a word is a property { word } of an object.
func (s *scanner) shorthand(i int) bool {
	before, after := s.mark(i-1), s.mark(i+1)
	if before != "{" && before != "," || after != "," && after != "}" {
		return false
	}
	for k := i - 1; k >= 0; k-- {
		if s.toks[k].Close > i {
			return s.mark(k) == "{"
		}
	}
	return false
}

// member reads a word behind a dot, with its call.
func (s *scanner) member(v value, before string, i int) (out value, last string, next int) {
	name := s.word(i)
	if name == "" {
		return value{}, "", i + 1
	}
	if s.mark(i+1) == "(" {
		return s.method(v, before, name, i+1), name, s.close(i+1) + 1
	}
	switch {
	case (v.shape == aTable || v.shape == aRow) && strings.HasPrefix(name, "$"):
	case v.shape == aTable || v.shape == aRow:
		write := s.text(i+1) == "="
		s.use(Use{Kind: Column, Table: v.table, Column: name, At: s.toks[i].Span, Write: write})
		out = value{shape: aColumn, table: v.table, column: name}
	case v.shape == aSpace:
		out = value{shape: aTable, table: v.table + "." + name}
		s.use(Use{Kind: Table, Table: out.table, Name: name, At: s.toks[i].Span})
	case v.shape == queries:
		out = value{shape: relational, table: byQuery + name}
		s.use(Use{Kind: Table, Table: out.table, Name: name, At: s.toks[i].Span})
	case v.shape == argument && name == "record":
		out = value{shape: aRow}
	case name == "query":
		out = value{shape: queries}
	case v.shape == argument:
		out = v
		out.shape = unknown
	}
	return out, name, i + 1
}

func (s *scanner) index(v value, open int) (value, int) {
	out := v.element()
	if name, span, ok := s.str(open + 1); ok && (v.shape == aRow || v.shape == aTable || v.shape == aType) && s.close(open) == open+2 {
		s.use(Use{Kind: Column, Table: v.table, Column: name, At: span})
		out = value{shape: aColumn, table: v.table, column: name}
	} else if v.shape == aTable && ok && s.types[v.table] { // Job['stage'] of an imported type
		s.use(Use{Kind: Column, Table: byType + v.table, Column: name, At: span})
	} else {
		s.scan(open+1, s.close(open))
	}
	return out, s.close(open) + 1
}

// called reads the call of a function by name.
func (s *scanner) called(name string, open int) (value, int) {
	end := s.close(open)
	first, next := s.expression(open + 1)
	out := value{}
	switch name {
	case "sqliteTable", "pgTable", "mysqlTable":
		s.table(open)
		return out, end + 1
	case "getTableColumns", "alias", "aliasedTable":
		out = first
	case "eq", "ne", "inArray", "notInArray", "gt", "gte", "lt", "lte":
		if s.mark(next) == "," {
			s.state(first, next+1)
			if s.mark(next+1) == "[" {
				for k := next + 2; k < s.close(next+1); k++ {
					s.state(first, k)
				}
			}
		}
	}
	s.scan(next, end)
	return out, end + 1
}

// table reads the third argument of a table: its function gets the table itself.
func (s *scanner) table(open int) {
	var own value
	for k := open - 2; k > max(0, open-4); k-- {
		if s.text(k) == "=" && s.tables[s.word(k-1)] {
			own = value{shape: aTable, table: s.word(k - 1)}
		}
	}
	argument := 0
	for i := open + 1; i < s.close(open); {
		end := s.expressionEnd(i)
		if arrow := 0; argument == 2 && s.mark(i) == "(" {
			if arrow = s.arrow(i); arrow > 0 {
				i = s.function(i, arrow+1, []value{own})
			}
		} else if argument == 2 && s.text(i+1) == "=>" {
			s.push(end)
			s.bind(s.word(i), own)
			i += 2
		}
		s.scan(i, end)
		i, argument = end+1, argument+1
	}
}

// method reads the call of a member: the brackets are at open.
func (s *scanner) method(v value, before, name string, open int) value {
	end := s.close(open)
	empty := end == open+1
	switch {
	case v.shape == aList:
		return s.ofList(v, name, open)
	case v.shape == relational:
		return s.ofRelation(v, name, open)
	case name == "then" && v.shape == aQuery:
		s.callback(open, v.awaited())
		return value{}
	case v.shape == aQuery && (name == "set" || name == "values"):
		s.assigned(open+1, end, v.table)
		return v
	case v.shape == aQuery && strings.HasPrefix(name, "onConflict"):
		s.conflict(open, v.table)
		return v
	case name == "includes" && before == "roles":
		if role, span, ok := s.str(open + 1); ok {
			s.use(Use{Kind: Role, Name: role, At: span})
		}
		return value{}
	case name == "all" && before == "Promise":
		items, next := s.expression(open + 1)
		s.scan(next, end)
		for i := range items.items {
			items.items[i] = items.items[i].awaited()
		}
		return items
	}
	first, next := s.expression(open + 1)
	if s.mark(open+1) == "{" || s.mark(open+1) == "(" && s.arrow(open+1) > 0 {
		next = open + 1
	}
	s.scan(next, end)
	return answers(v, first, name, empty)
}

// answers says what a method of the database or of a statement gives.
func answers(v, first value, name string, empty bool) value {
	switch {
	case (name == "update" || name == "insert" || name == "delete") && first.shape == aTable:
		return value{shape: aQuery, table: first.table}
	case (name == "select" || name == "selectDistinct") && empty:
		return value{shape: selecting}
	case name == "from" && v.shape == selecting && first.shape == aTable:
		return value{shape: aQuery, table: first.table}
	case v.shape != aQuery:
		return value{}
	case strings.HasSuffix(name, "Join"), name == "returning" && !empty:
		return value{shape: partial}
	case name == "get":
		return value{shape: aRow, table: v.table}
	case name == "all":
		return value{shape: aList, table: v.table}
	}
	return v
}

var keepLists = []string{"filter", "slice", "sort", "reverse", "toSorted", "toReversed", "concat"}

// ofList reads a method of an array of rows: callbacks get a row.
func (s *scanner) ofList(v value, name string, open int) value {
	row := v.element()
	if name == "reduce" || name == "reduceRight" {
		s.callback(open, value{}, row)
	} else {
		s.callback(open, row, row)
	}
	switch {
	case slices.Contains(keepLists, name):
		return v
	case name == "find" || name == "findLast" || name == "at" || name == "pop" || name == "shift":
		return row
	}
	return value{}
}

// callback scans arguments whose first one may be a function, with what its parameters are.
func (s *scanner) callback(open int, known ...value) {
	i, end := open+1, s.close(open)
	if s.word(i) == "async" {
		i++
	}
	switch {
	case i < end && s.mark(i) == "(" && s.arrow(i) > 0:
		i = s.function(i, s.arrow(i)+1, known)
	case s.text(i+1) == "=>" && s.word(i) != "":
		s.push(s.bodyEnd(i + 2))
		s.bind(s.word(i), known[0])
		i += 2
	}
	s.scan(i, end)
}

// ofRelation reads db.query.jobs.findMany({ columns, where, orderBy }).
func (s *scanner) ofRelation(v value, name string, open int) value {
	table := value{shape: aTable, table: v.table}
	end := s.close(open)
	if s.mark(open+1) == "{" {
		s.push(end)
		for k := open + 2; k < s.close(open+1); {
			next := s.expressionEnd(k)
			from := k + 2
			switch {
			case s.word(k) == "columns" && s.mark(from) == "{":
				s.assigned(from, next, v.table)
			case (s.word(k) == "where" || s.word(k) == "orderBy") && s.mark(from) == "(" && s.arrow(from) > 0:
				s.scan(s.function(from, s.arrow(from)+1, []value{table}), next)
			default:
				s.scan(from, next)
			}
			k = next + 1
		}
	}
	if name == "findFirst" {
		return value{shape: aRow, table: v.table}
	}
	return value{shape: aQuery, table: v.table}
}

// conflict reads onConflictDoUpdate({ target, set: { … } }).
func (s *scanner) conflict(open int, table string) {
	end := s.close(open)
	if s.mark(open+1) != "{" {
		s.scan(open+1, end)
		return
	}
	for k := open + 2; k < s.close(open+1); {
		next := s.expressionEnd(k)
		if s.word(k) == "set" {
			s.assigned(k+2, next, table)
		} else {
			s.scan(k+2, next)
		}
		k = next + 1
	}
}
