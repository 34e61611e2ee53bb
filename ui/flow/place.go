package flow

import (
	"strings"

	"github.com/rivo/uniseg"

	"sotto/app/model"
)

// At returns the place in what was written that is nearest to a point.
func (t *Text) At(x, y float32) int {
	if y < 0 {
		return 0
	}
	if y >= t.H {
		return len(t.written)
	}
	l := t.lines[t.lineAt(y)]
	for _, r := range l.runs {
		if r.from < 0 || x >= r.X+r.Width {
			continue
		}
		return r.from + r.nearest(x-r.X)
	}
	if l.right {
		return l.from
	}
	return l.to
}

// nearest returns the place between two characters of a run that is nearest to x.
func (r run) nearest(x float32) int {
	if r.part.Right {
		x = r.Width - x
	}
	before, left := 0, float32(0)
	for _, end := range clusters(r.Text) {
		right := measure(r.Text[:end], r)
		if x < (left+right)/2 {
			break
		}
		before, left = end, right
	}
	return before
}

// x returns how far to the right a place of the run lies.
func (r run) x(at int) float32 {
	in := measure(r.Text[:max(0, min(at-r.from, len(r.Text)))], r)
	if r.part.Right {
		return r.X + r.Width - in
	}
	return r.X + in
}

// Rects returns where what was written from..to stands in some of the lines: one
// part a line, or several where some of it runs to the left and some to the right.
func (t *Text) Rects(from, to, first, last int) []Rect {
	var out []Rect
	for _, l := range t.lines[first:last] {
		if l.from >= to || l.to <= from {
			continue
		}
		rect, open := Rect{}, false
		for _, r := range l.runs {
			if r.from < 0 || r.from >= to || r.from+len(r.Text) <= from {
				if open {
					out = append(out, rect)
				}
				open = false
				continue
			}
			a, b := r.x(from), r.x(to)
			a, b = min(a, b), max(a, b)
			if !open || a > rect.X+rect.W+2*codePad {
				if open {
					out = append(out, rect)
				}
				rect, open = Rect{X: a, Y: l.y, H: t.style.Line}, true
			}
			rect.W = b - rect.X
		}
		if open {
			out = append(out, rect)
		}
	}
	return out
}

// Link returns the address at a point, and a number by which it is known; 0 is
// none.
func (t *Text) Link(x, y float32) (number int, address string) {
	if y < 0 || y >= t.H {
		return 0, ""
	}
	for _, r := range t.lines[t.lineAt(y)].runs {
		if r.link > 0 && x >= r.X && x < r.X+r.Width {
			return r.link, t.links[r.link-1]
		}
	}
	return 0, ""
}

// Links returns the addresses in the text.
func (t *Text) Links() []string { return t.links }

// Word returns the word at a place of what was written.
func (t *Text) Word(at int) model.Range {
	begin := strings.LastIndexByte(t.written[:at], '\n') + 1
	rest, state := t.written[begin:], -1
	for rest != "" {
		var word string
		word, rest, state = uniseg.FirstWordInString(rest, state)
		if end := begin + len(word); at < end || rest == "" {
			return model.Range{From: begin, To: end}
		}
		begin += len(word)
	}
	return model.Range{From: at, To: at}
}
