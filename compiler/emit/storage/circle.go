package storage

// InCircle says whether each of two tables leads to the other by foreign keys. A table is in a circle with itself.
func (d *Database) InCircle(a, b *Table) bool {
	c := d.Circles()
	c.once.Do(func() { c.of = numbered(d.Tables) })
	return c.of[a.place()] == c.of[b.place()]
}

// place is where a table is declared, which is the same in all its versions.
type place struct{ module, name string }

func (t *Table) place() place { return place{t.Module, t.Const} }

// numbered numbers tables so that two of them have the same number when each leads to the other: the strongly connected components of what
// foreign keys refer to, as Tarjan finds them in one walk.
func numbered(tables []*Table) map[place]int {
	n := len(tables)
	w := &walk{now: make(map[place]*Table, n), number: make(map[place]int, n), lowest: make(map[place]int, n), circle: make(map[place]int, n)}
	for _, t := range tables {
		w.now[t.place()] = t
	}
	for _, t := range tables {
		if w.number[t.place()] == 0 {
			w.visit(t.place())
		}
	}
	return w.circle
}

type walk struct {
	now    map[place]*Table
	number map[place]int // in the order of visits, from 1
	lowest map[place]int // number that can be reached and is open
	circle map[place]int
	open   []place
}

func (w *walk) visit(t place) {
	n := len(w.number) + 1
	w.number[t], w.lowest[t] = n, n
	w.open = append(w.open, t)
	for _, f := range w.now[t].ForeignKeys {
		parent := f.Parent.place()
		if w.number[parent] == 0 {
			w.visit(parent)
			w.lowest[t] = min(w.lowest[t], w.lowest[parent])
		} else if w.circle[parent] == 0 {
			w.lowest[t] = min(w.lowest[t], w.number[parent])
		}
	}
	if w.lowest[t] != n {
		return
	}
	for {
		last := w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		w.circle[last] = n
		if last == t {
			return
		}
	}
}
