package phrase

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
)

func openPage(t *testing.T, width float32) (*screentest.Host, *screentest.Messenger) {
	t.Helper()
	h, m := screentest.NewHost(t, width, 740), screentest.New("Alice")
	h.OpenSettled(Page(h, m, nil))
	h.Type(0, "not the passphrase")
	h.Enter(0)
	h.WantSees(say.Problem(model.WrongPassphrase))
	h.Type(0, screentest.Passphrase)
	h.Enter(0)
	return h, m
}

func TestWordsAreShownHiddenAndConfirmed(t *testing.T) {
	h, m := openPage(t, 960)
	words := screentest.Words()
	h.WantSees(words...)
	h.Press(wordHideWords)
	for _, w := range words {
		if h.Sees(w) {
			t.Fatalf("%q is seen although the words are hidden", w)
		}
	}
	h.Press(wordShowWords)
	h.WantSees(words...)
	h.Press(wordWritten)
	if h.Sees(words[0]) && h.Sees(words[1]) {
		t.Error("the words are on show while they are asked for")
	}
	h.Press(wordLookAgain)
	h.WantSees(words...)
	h.Press(wordWritten)
	answer(t, h, words, "wrong")
	h.Press(wordDone)
	if m.Written || h.Page == nil {
		t.Error("a wrong word was taken")
	}
	answer(t, h, words, "")
	h.Press(wordDone)
	if !m.Written {
		t.Error("the right words were not taken")
	}
	if h.Page != nil {
		t.Error("the page stays")
	}
}

// answer fills in the three words that are asked for; a second one that is not
// "" takes the place of the right one.
func answer(t *testing.T, h *screentest.Host, words []string, second string) {
	t.Helper()
	n := 0
	for i := range words {
		if h.Sees(nameOfWord(i + 1)) {
			w := words[i]
			if n == 1 && second != "" {
				w = second
			}
			h.Type(n, " "+w+" ")
			n++
		}
	}
	if n != 3 {
		t.Fatalf("%d words are asked for:\n%s", n, h.All())
	}
}

func TestWordsHideWhenTheWindowLosesTheFocus(t *testing.T) {
	h, _ := openPage(t, 420)
	h.WantSees("velvet", "bridge")
	hooks := fyne.CurrentApp().Lifecycle().(interface{ OnExitedForeground() func() })
	hooks.OnExitedForeground()()
	if h.Sees("velvet") {
		t.Error("the words are seen after the window lost the focus")
	}
	h.Close()
	if hooks.OnExitedForeground() != nil {
		t.Error("the page still watches the window after it went")
	}
}

func TestPick(t *testing.T) {
	seen := map[int]bool{}
	for range 200 {
		p := pick(24, 3)
		if len(p) != 3 || !slices.IsSorted(p) || p[0] == p[1] || p[1] == p[2] || p[0] < 0 || p[2] > 23 {
			t.Fatalf("picked %v", p)
		}
		for _, i := range p {
			seen[i] = true
		}
	}
	if len(seen) != 24 {
		t.Errorf("only %d of 24 words are ever asked for", len(seen))
	}
}
