// Package flow sets what package rich has read in lines, and knows where each
// letter of what was written has come to stand: to select, to mark, to follow an
// address.
package flow

import (
	"slices"
	"sort"
	"strings"

	"github.com/rivo/uniseg"

	"sotto/ui/kit"
	"sotto/ui/rich"
	"sotto/ui/theme"
)

// Text is a text as set at a width.
type Text struct {
	// W and H are the room it takes, Last how wide its last line is. Below a block
	// of code nothing may stand in the last line: then Last is the whole width.
	W, H, Last float32

	written string
	style   theme.Style
	lines   []line
	wells   []Rect // behind blocks of code
	links   []string
}

// Rect is a part of a Text, measured from its upper left corner.
type Rect struct{ X, Y, W, H float32 }

// line is one line; x of its runs is measured from that of the text.
type line struct {
	y, w     float32 // w: up to the end of the last run
	runs     []run   // from left to right
	from, to int     // in what was written
	bar      bool
	right    bool // it reads from the right
}

// run is a piece of a line that is drawn at once.
type run struct {
	kit.Run
	from  int // in what was written; -1: stands for a sign
	style theme.Style
	part  kit.Part
	link  int     // index in links + 1; 0 is none
	pad   float32 // left and right of it, for the ground of code
}

const (
	quoteIndent = 11
	barWidth    = 3
	itemIndent  = 18
	depthIndent = 16
	wellPadX    = 8
	wellPadY    = 6
	wellGap     = 4 // above and below, where something else is
	codePad     = 3
)

// Set sets a text in a style, in lines no wider than width.
func Set(s string, st theme.Style, width float32) *Text {
	t := &Text{written: s, style: st}
	blocks := rich.Parse(s)
	for i, b := range blocks {
		switch b.Kind {
		case rich.Quote:
			t.set(b.Spans, st, quoteIndent, width, func(l *line) { l.bar = true })
		case rich.Item:
			t.setItem(b, width)
		case rich.CodeBlock:
			if i > 0 {
				t.H += wellGap
			}
			t.setCode(b, width)
			if i < len(blocks)-1 {
				t.H += wellGap
			}
		default:
			t.set(b.Spans, st, 0, width, nil)
		}
	}
	for _, l := range t.lines {
		t.W = max(t.W, l.w)
	}
	for i := range t.wells {
		t.W = max(t.W, t.wells[i].W)
	}
	for i := range t.wells {
		t.wells[i].W = t.W
	}
	for _, l := range t.lines {
		if l.right && len(l.runs) > 0 && l.runs[0].from >= 0 { // the marker of an item stays at the left
			for i := range l.runs {
				l.runs[i].X += t.W - l.w
			}
		}
	}
	t.Last = t.lines[len(t.lines)-1].w
	if t.lines[len(t.lines)-1].right {
		t.Last = t.W
	}
	if blocks[len(blocks)-1].Kind == rich.CodeBlock {
		t.Last = width
	}
	return t
}

// setItem sets an item of a list: its marker, and what follows it beside it.
func (t *Text) setItem(b rich.Block, width float32) {
	left := float32(b.Depth) * depthIndent
	mark := kit.Measure(b.Marker, t.style)
	first := len(t.lines)
	t.set(b.Spans, t.style, left+max(itemIndent, mark+6), width, nil)
	l := &t.lines[first]
	l.runs = append([]run{{Run: kit.Run{Text: b.Marker, X: left, Width: mark}, from: -1, style: t.style}}, l.runs...)
}

// setCode sets a block of code on its ground.
func (t *Text) setCode(b rich.Block, width float32) {
	top, first := t.H, len(t.lines)
	t.H += wellPadY
	if b.Marker != "" {
		st := theme.Caption
		t.lines = append(t.lines, line{y: t.H - (t.style.Line-st.Line)/2, w: wellPadX + kit.Measure(b.Marker, st),
			runs: []run{{Run: kit.Run{Text: b.Marker, X: wellPadX, Width: kit.Measure(b.Marker, st)}, from: -1, style: st}},
			from: t.end(), to: t.end()})
		t.H += st.Line
	}
	s := b.Spans[0]
	for at, code := s.From, s.Text; ; {
		text, rest, more := strings.Cut(code, "\n")
		t.set([]rich.Span{{Text: strings.TrimSuffix(text, "\r"), From: at, Style: rich.Code}}, t.style.Monospace(), wellPadX, width-wellPadX, nil)
		if !more {
			break
		}
		at, code = at+len(text)+1, rest
	}
	t.H += wellPadY
	w := float32(0)
	for _, l := range t.lines[first:] {
		w = max(w, l.w+wellPadX)
	}
	t.wells = append(t.wells, Rect{0, top, w, t.H - top})
}

// end returns where what is set so far ends in what was written.
func (t *Text) end() int {
	if n := len(t.lines); n > 0 {
		return t.lines[n-1].to
	}
	return 0
}

// set sets spans between left and right; change may alter each line.
func (t *Text) set(spans []rich.Span, st theme.Style, left, right float32, change func(*line)) {
	p := t.paragraph(spans, st)
	for _, r := range p.lines(max(right-left, 20)) {
		l := p.line(r[0], r[1], left)
		if len(l.runs) == 0 {
			l.from, l.to = t.end(), t.end()
		}
		if l.y = t.H; change != nil {
			change(&l)
		}
		t.lines = append(t.lines, l)
		t.H += t.style.Line
	}
}

// paragraph is text that is broken into lines as one.
type paragraph struct {
	text  string
	runs  []run
	at    []int // where each run begins in text
	mixed bool  // some of it runs to the left
	right bool  // it reads from the right
}

func (t *Text) paragraph(spans []rich.Span, st theme.Style) *paragraph {
	p := &paragraph{}
	var b strings.Builder
	for _, s := range spans {
		style, link, pad := st, 0, float32(0)
		style.Bold, style.Italic = s.Style&rich.Bold != 0, s.Style&rich.Italic != 0
		if s.Style&rich.Code != 0 && !st.Code {
			style, pad = st.Monospace(), codePad
		}
		if s.Link != "" {
			t.links = append(t.links, s.Link)
			link = len(t.links)
		}
		from := s.From
		for _, r := range kit.Runs(s.Text) {
			p.runs = append(p.runs, run{Run: r, from: from, style: style, link: link, pad: pad})
			p.at = append(p.at, b.Len())
			b.WriteString(r.Text)
			from += len(r.Text)
		}
	}
	p.text = b.String()
	p.mixed, p.right = kit.HasRightToLeft(p.text), !st.Code && kit.BeginsRightToLeft(p.text)
	return p
}

// each calls f with the pieces of runs that lie between two places of the text.
func (p *paragraph) each(from, to int, f func(r run)) {
	i := sort.Search(len(p.at), func(i int) bool { return p.at[i] > from }) - 1
	for ; i >= 0 && i < len(p.runs) && p.at[i] < to; i++ {
		r := p.runs[i]
		a, b := max(from, p.at[i])-p.at[i], min(to-p.at[i], len(r.Text))
		if a < b {
			r.Text, r.from = r.Text[a:b], r.from+a
			f(r)
		}
	}
}

func (p *paragraph) width(from, to int) float32 {
	var w float32
	p.each(from, to, func(r run) { w += measure(r.Text, r) + 2*r.pad })
	return w
}

// measure returns how wide s is in the style of r.
func measure(s string, r run) float32 { return kit.Measure(s, r.style) }

// trimmed returns where a line ends that ends at to, without spaces.
func (p *paragraph) trimmed(from, to int) int {
	return from + len(strings.TrimRight(p.text[from:to], " "))
}

// lines breaks the paragraph where Unicode allows it (UAX #14) and, for a word
// that is too long, between characters.
func (p *paragraph) lines(width float32) [][2]int {
	var out [][2]int
	from, to, wide := 0, 0, float32(0) // the line at hand
	rest, state := p.text, -1
	for rest != "" {
		var word string
		word, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		// A word without end is taken in pieces, so that the work stays in
		// proportion to the text whatever somebody sends.
		for first := true; word != ""; first = false {
			n := len(kit.Piece(word))
			word = word[n:]
			w := p.width(to, to+n)
			if wide+w <= width || wide+p.width(to, p.trimmed(to, to+n)) <= width {
				to, wide = to+n, wide+w
				continue
			}
			if first && to > from {
				out = append(out, [2]int{from, to})
				from, wide = to, 0
			}
			to, wide = to+n, wide+w
			for wide > width && p.width(from, p.trimmed(from, to)) > width {
				cut := p.fit(from, to, width)
				if cut == to {
					break // one character wider than the room
				}
				out = append(out, [2]int{from, cut})
				from, wide = cut, p.width(cut, to)
			}
		}
	}
	return append(out, [2]int{from, to})
}

// fit returns where a line has to end that begins at from: as late as the width
// allows, at least one character later.
func (p *paragraph) fit(from, to int, width float32) int {
	ends := clusters(p.text[from:to])
	n := sort.Search(len(ends)-1, func(i int) bool { return p.width(from, from+ends[i+1]) > width })
	return from + ends[n]
}

// clusters returns where the characters of s end.
func clusters(s string) []int {
	var ends []int
	g := uniseg.NewGraphemes(s)
	for g.Next() {
		_, to := g.Positions()
		ends = append(ends, to)
	}
	return ends
}

// line puts the pieces of runs between two places of the text beside each other.
func (p *paragraph) line(from, to int, left float32) line {
	l := line{w: left, right: p.right}
	to = p.trimmed(from, to)
	parts := []kit.Part{{To: to - from}}
	if p.mixed {
		parts = kit.Visual(p.text[from:to], p.right)
	}
	for _, part := range parts {
		first := len(l.runs)
		p.each(from+part.From, from+part.To, func(r run) {
			r.part = part
			for _, r := range r.bare() {
				r.Width = measure(r.Text, r)
				l.runs = append(l.runs, r)
			}
		})
		if part.Right {
			slices.Reverse(l.runs[first:])
		}
	}
	for i := range l.runs {
		r := &l.runs[i]
		r.X = l.w + r.pad
		l.w = r.X + r.Width + r.pad
		if end := r.from + len(r.Text); i == 0 {
			l.from, l.to = r.from, end
		} else {
			l.from, l.to = min(l.from, r.from), max(l.to, end)
		}
	}
	return l
}

// bare cuts the spaces at both ends of words that run to the left off, where the
// words lie in several styles: the toolkit draws them on the wrong side.
func (r run) bare() []run {
	if !r.part.Right || r.part.Signs {
		return []run{r}
	}
	var out []run
	begin := len(r.Text) - len(strings.TrimLeft(r.Text, " "))
	end := max(begin, len(strings.TrimRight(r.Text, " ")))
	for _, cut := range [][2]int{{0, begin}, {begin, end}, {end, len(r.Text)}} {
		if cut[0] < cut[1] {
			one := r
			one.Text, one.from = r.Text[cut[0]:cut[1]], r.from+cut[0]
			out = append(out, one)
		}
	}
	return out
}

// Lines returns how many lines there are.
func (t *Text) Lines() int { return len(t.lines) }

// Visible returns which lines are to be drawn where a window begins at top,
// measured from the text's, and is that high: all of them, or of a very long text
// those on the screen and some more, in steps so that not every pixel asks for
// others.
func (t *Text) Visible(top, height float32) (from, to int) {
	const few, step = 120, 50
	n := len(t.lines)
	if n <= few {
		return 0, n
	}
	from = (t.lineAt(top)/step - 1) * step
	to = (t.lineAt(top+height)/step + 2) * step
	from = max(0, min(from, n))
	return from, max(from, min(to, n))
}

// lineAt returns the line at that height, or the one nearest to it.
func (t *Text) lineAt(y float32) int {
	return max(0, sort.Search(len(t.lines), func(i int) bool { return t.lines[i].y > y })-1)
}
