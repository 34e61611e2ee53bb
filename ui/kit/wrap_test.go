package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"sotto/ui/theme"
)

func use(t testing.TB) {
	a := test.NewApp()
	t.Cleanup(func() { test.NewApp() })
	theme.Use(a, theme.Look{Mode: theme.Light})
}

// flat returns the text of lines with / between them, emoji in brackets.
func flat(lines []Line) string {
	var out []string
	for _, l := range lines {
		s := ""
		for _, r := range l.Runs {
			if r.Emoji {
				s += "[" + r.Text + "]"
			} else {
				s += r.Text
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, "/")
}

func TestWrap(t *testing.T) {
	use(t)
	for _, c := range []struct {
		text  string
		width float32
		want  string
	}{
		{"", 100, ""},
		{"one two three", 0, "one two three"},
		{"one two three", 60, "one two/three"},
		{"one\ntwo\r\n\nthree", 300, "one/two//three"},
		{"one     two", 40, "one/two"},
		{"good 👍 work", 300, "good [👍] work"},
		{"2 keys: 2️⃣ ©", 300, "2 keys: [2️⃣] ©"},
		{"👩‍👩‍👧‍👦🇩🇪", 300, "[👩‍👩‍👧‍👦🇩🇪]"},
		{"❤ and ❤️ and ☎︎", 300, "❤ and [❤️] and ☎︎"},
		{"aaaaaaaaaaaaaaaa", 60, "aaaaaaa/aaaaaaa/aa"},
	} {
		if got := flat(Wrap(c.text, theme.Body, c.width)); got != c.want {
			t.Errorf("%q at %v: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestEmojiOnly(t *testing.T) {
	for text, want := range map[string]int{"👍": 1, "👍 👍\n👍": 3, "🌧️☕📚": 3, "👍 ok": 0, "1": 0, "": 0, "👍👍👍👍👍👍👍": 0, "👩‍👩‍👧‍👦": 1, "7️⃣": 1} {
		if got := EmojiOnly(text, 6); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestElide(t *testing.T) {
	use(t)
	long := "Alice of the very long name"
	got := Elide(long, theme.Body, 100)
	if !strings.HasSuffix(got, "…") || Measure(got, theme.Body) > 100 || Measure(got, theme.Body) < 80 {
		t.Errorf("%q is %v wide", got, Measure(got, theme.Body))
	}
	if got := Elide("two\nlines", theme.Body, 400); got != "two lines" {
		t.Errorf("%q", got)
	}
}

// FuzzWrap: nothing is lost but white space at the ends of lines, no line is
// wider than the room unless it is one character, and whatever the text is, it
// ends soon.
func FuzzWrap(f *testing.F) {
	use(f)
	for _, s := range []string{"one two three", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a\u0301\u0301\u0301\u200d", "👩‍👩‍👧‍👦🇩🇪🇩", "\xff\x00\u202e", strings.Repeat("ab\u0308", 300)} {
		f.Add(s, uint8(90))
	}
	f.Fuzz(func(t *testing.T, s string, w uint8) {
		if len(s) > 4000 {
			return
		}
		width := float32(w) + 20
		squeeze := func(s string) string {
			return strings.NewReplacer(" ", "", "\n", "", "\r", "").Replace(s)
		}
		got := ""
		for _, l := range Wrap(s, theme.Body, width) {
			text := ""
			for _, r := range l.Runs {
				text += r.Text
			}
			got += text
			if trimmed := strings.TrimRight(text, " "); Measure(trimmed, theme.Body) > width+1 && len(fit(trimmed, theme.Body, width)) != len(trimmed) && Piece(trimmed) == trimmed {
				t.Errorf("%q is %v wide in a room of %v", text, l.Width, width)
			}
		}
		if squeeze(got) != squeeze(s) {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// A text of the longest kind there is, without a place to break it, is wrapped
// in work proportional to its length.
func TestEndlessWord(t *testing.T) {
	use(t)
	lines := Wrap(strings.Repeat("a", 60_000), theme.Body, 456)
	for _, l := range lines[:len(lines)-1] {
		if l.Width < 440 || l.Width > 456 {
			t.Fatalf("a line of %v", l.Width)
		}
	}
}

func TestBaselines(t *testing.T) {
	for _, c := range []struct {
		st   theme.Style
		want float32
	}{{theme.Micro, 11}, {theme.Caption, 12}, {theme.Small, 14}, {theme.Body, 15}, {theme.Title, 17}, {theme.Heading, 21}, {theme.Display, 28}} {
		if got := c.st.Baseline(); got != c.want {
			t.Errorf("size %v: baseline at %v, want %v", c.st.Size, got, c.want)
		}
	}
}
