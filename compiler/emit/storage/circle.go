package storage

// InCircle says whether each of two tables leads to the other by foreign keys. A table is in a circle with itself.
func (d *Database) InCircle(a, b *Table) bool {
	d.once.Do(func() { d.circle = circles(d.Tables) })
	return d.circle[a] == d.circle[b]
}

// circles numbers tables so that two of them have the same number when each leads to the other: the strongly connected components of what
// foreign keys refer to, as Tarjan finds them in one walk.
func circles(tables []*Table) map[*Table]int {
	w := &walk{number: make(map[*Table]int, len(tables)), lowest: make(map[*Table]int, len(tables)), circle: make(map[*Table]int, len(tables))}
	for _, t := range tables {
		if w.number[t] == 0 {
			w.visit(t)
		}
	}
	return w.circle
}

type walk struct {
	number map[*Table]int // in the order of visits, from 1
	lowest map[*Table]int // number that can be reached and is open
	circle map[*Table]int
	open   []*Table
}

func (w *walk) visit(t *Table) {
	n := len(w.number) + 1
	w.number[t], w.lowest[t] = n, n
	w.open = append(w.open, t)
	for _, f := range t.ForeignKeys {
		if w.number[f.Parent] == 0 {
			w.visit(f.Parent)
			w.lowest[t] = min(w.lowest[t], w.lowest[f.Parent])
		} else if w.circle[f.Parent] == 0 {
			w.lowest[t] = min(w.lowest[t], w.number[f.Parent])
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
