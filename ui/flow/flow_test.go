package flow

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

func set(t testing.TB, s string, width float32) *Text {
	t.Helper()
	test.NewTempApp(t)
	theme.Use(fyne.CurrentApp(), theme.Look{Mode: theme.Light})
	return Set(s, theme.Body, width)
}

// shown returns the words of each line.
func (t *Text) shown() []string {
	var out []string
	for _, l := range t.lines {
		var b strings.Builder
		for _, r := range l.runs {
			b.WriteString(r.Text)
		}
		out = append(out, b.String())
	}
	return out
}

func TestPlainTextIsSetAsBefore(t *testing.T) {
	s := "Here is the recording from the harbour, the one with the bell. 🔔 And one\nmore."
	x := set(t, s, 200)
	lines := kit.Wrap(s, theme.Body, 200)
	if x.Lines() != len(lines) || x.H != float32(len(lines))*20 {
		t.Fatalf("%d lines, %v high; want %d", x.Lines(), x.H, len(lines))
	}
	for i, l := range lines {
		if d := x.lines[i].w - l.Width; d > .01 || d < -.01 {
			t.Errorf("line %d is %v wide, want %v", i, x.lines[i].w, l.Width)
		}
	}
}

func TestLinesOfManyStyles(t *testing.T) {
	x := set(t, "A **bold word that goes on** and _slanted_ `code with spaces` at the end of it all", 120)
	all := strings.Join(x.shown(), " ")
	if all != "A bold word that goes on and slanted code with spaces at the end of it all" {
		t.Errorf("the lines read %q", all)
	}
	for i, l := range x.lines {
		if l.w > 120 {
			t.Errorf("line %d is %v wide", i, l.w)
		}
	}
	long := set(t, strings.Repeat("a*b**c`d` ", 3)+strings.Repeat("x", 500), 120)
	for i, l := range long.lines {
		if l.w > 120 {
			t.Errorf("line %d of a long word is %v wide", i, l.w)
		}
	}
}

func TestBlocks(t *testing.T) {
	x := set(t, "Words\n> quoted\n- one\n10. ten\n```go\nx\n\ny\n```", 300)
	if got := strings.Join(x.shown(), "|"); got != "Words|quoted|•one|10.ten|go|x||y" {
		t.Errorf("the lines read %q", got)
	}
	if len(x.wells) != 1 || x.H != 4*20+4+6+16+3*20+6 || x.Last != 300 {
		t.Errorf("wells %v, %v high, last line %v", x.wells, x.H, x.Last)
	}
	if !x.lines[1].bar || x.lines[1].runs[0].X != quoteIndent || x.lines[2].runs[1].X != itemIndent || x.lines[3].runs[1].X <= itemIndent {
		t.Errorf("quote and items stand at %+v", x.lines[1:4])
	}
	grounds := x.Grounds(nil, 0, 0, 0, x.Lines())
	if len(grounds) != 2 || grounds[0].(*canvas.Rectangle).FillColor != theme.Color(theme.Well) {
		t.Errorf("%d grounds", len(grounds))
	}
}

func TestPlaces(t *testing.T) {
	s := "A **bold** word\n- and 👩‍🔬 `c`"
	x := set(t, s, 300)
	for _, word := range []string{"A", "bold", "word", "and", "👩‍🔬", "c"} {
		from := strings.Index(s, word)
		to := from + len(word)
		rects := x.Rects(from, to, 0, x.Lines())
		if len(rects) != 1 {
			t.Fatalf("%q is in %d places", word, len(rects))
		}
		r := rects[0]
		if got := x.At(r.X+.5, r.Y+10); got != from {
			t.Errorf("%q begins at %d, and there is %d", word, from, got)
		}
		if got := x.At(r.X+r.W-.5, r.Y+10); got != to && x.written[got-1] != '*' {
			// the end of a run is the beginning of the next
			if rest := strings.Trim(s[min(to, got):max(to, got)], "*` "); rest != "" {
				t.Errorf("%q ends at %d, and there is %d", word, to, got)
			}
		}
		w := x.Word(from)
		if s[w.From:w.To] != word {
			t.Errorf("the word at %d is %q, want %q", from, s[w.From:w.To], word)
		}
	}
	if a, b := x.At(-5, -5), x.At(500, 500); a != 0 || b != len(s) {
		t.Errorf("beyond the ends lie %d and %d", a, b)
	}
	if n := len(x.Rects(0, len(s), 0, x.Lines())); n != 2 {
		t.Errorf("all of it is in %d parts", n)
	}
	if n := len(x.Rects(4, 4, 0, x.Lines())); n != 0 {
		t.Errorf("nothing is in %d parts", n)
	}
}

// drawn returns the words of each line as they are drawn, run by run.
func (t *Text) drawn() []string {
	var out []string
	for _, l := range t.lines {
		var runs []string
		for _, r := range l.runs {
			runs = append(runs, r.part.Drawn(r.Text))
		}
		out = append(out, strings.Join(runs, "|"))
	}
	return out
}

// TestRightToLeft: words that run to the left stand in the order in which they are
// read, and are known by where they stand.
func TestRightToLeft(t *testing.T) {
	for s, want := range map[string]string{
		"Page 40, مرحبا يا صديقي, that is all": "Page 40, |مرحبا يا صديقي|, that is all",
		"محفوظة في 2 من 3":                     "3| |من| |2| |محفوظة في",
		"مرحبا **يا صديقي** 🌧️ نعم":            "نعم| |🌧️| |يا صديقي| |مرحبا",
		"one\nنعم، انتظر.":                     "one\n.|انتظر| ،|نعم",
		"`مرحبا abc`":                          "abc| |مرحبا",
	} {
		if got := strings.Join(set(t, s, 400).drawn(), "\n"); got != want {
			t.Errorf("%q is drawn as %q, want %q", s, got, want)
		}
	}

	s := "abc مرحبا def نعم"
	x := set(t, s, 400)
	at := func(word string) Rect {
		return x.Rects(strings.Index(s, word), strings.Index(s, word)+len(word), 0, 1)[0]
	}
	for _, word := range []string{"abc", "مرحبا", "def", "نعم"} {
		from, r := strings.Index(s, word), at(word)
		left, right := x.At(r.X+.5, 5), x.At(r.X+r.W-.5, 5)
		if word[0] > 0x7f {
			left, right = right, left
		}
		if left != from || right != from+len(word) {
			t.Errorf("%q lies at %d..%d, and there is %d..%d", word, from, from+len(word), left, right)
		}
	}
	// The first letter that runs to the left is at the right of its word.
	word := at("مرحبا")
	letter := x.Rects(strings.Index(s, "مرحبا"), strings.Index(s, "مرحبا")+2, 0, 1)[0]
	if letter.X+letter.W != word.X+word.W || letter.W >= word.W {
		t.Errorf("the first letter is at %+v of %+v", letter, word)
	}
	// What is chosen may lie in two places: the end of abc, and the beginning of the word.
	if parts := x.Rects(1, strings.Index(s, "مرحبا")+2, 0, 1); len(parts) != 2 {
		t.Errorf("two places are %+v", parts)
	}

	// A paragraph from the right stands at the right, also the line of it that is short.
	x = set(t, "مرحبا يا صديقي العزيز انتظر نعم abc", 150)
	last := x.lines[len(x.lines)-1]
	end := last.runs[len(last.runs)-1]
	if len(x.lines) < 2 || last.w >= x.W || end.X+end.Width < x.W-.01 || x.Last != x.W {
		t.Errorf("the last line ends at %v of %v and takes %v", end.X+end.Width, x.W, x.Last)
	}
	if got := x.At(500, x.H-5); got != last.from {
		t.Errorf("beyond the right end lies %d, want the beginning %d", got, last.from)
	}
}

func TestLinkAtAPoint(t *testing.T) {
	x := set(t, "see https://x.example/a and more", 300)
	r := x.Rects(4, 10, 0, 1)[0]
	if n, a := x.Link(r.X+2, 5); n != 1 || a != "https://x.example/a" {
		t.Errorf("there is %d, %q", n, a)
	}
	for _, p := range []fyne.Position{{X: 2, Y: 5}, {X: r.X + 2, Y: 30}, {X: 299, Y: 5}} {
		if n, a := x.Link(p.X, p.Y); n != 0 || a != "" {
			t.Errorf("at %v there is %q", p, a)
		}
	}
	plain, under := x.Words(nil, 0, 0, 0, 1, 0), x.Words(nil, 0, 0, 0, 1, 1)
	if len(under) != len(plain)+1 {
		t.Errorf("%d objects, underlined %d", len(plain), len(under))
	}
}

func TestALongTextIsDrawnInPart(t *testing.T) {
	x := set(t, strings.Repeat("**A** line of words\n", 3000), 300)
	from, to := x.Visible(20_000, 700)
	if from > 1000 || to < 1035 || to-from > 250 {
		t.Errorf("lines %d to %d", from, to)
	}
}

func BenchmarkSet(b *testing.B) {
	for name, s := range map[string]string{"plain": strings.Repeat("Words and words. ", 3500), "stars": strings.Repeat("*", 60_000), "styles": strings.Repeat("*a* ", 15_000), "blocks": strings.Repeat("```\n", 15_000)} {
		for _, n := range []int{len(s) / 10, len(s)} {
			b.Run(name+"/"+string(rune('0'+len(s)/n/10))+"", func(b *testing.B) {
				set(b, "", 10)
				for range b.N {
					Set(s[:n], theme.Body, 456)
				}
			})
		}
	}
}
