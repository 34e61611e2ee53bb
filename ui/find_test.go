package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/stage"
	"sotto/ui/uitest"
)

// find types into the search field and waits for what is found.
func (r *rig) find(text string) {
	r.t.Helper()
	v := r.w.main
	v.search()
	v.list.search.SetText(text)
	r.until("the search is done", func() bool { return !v.find.busy })
}

// foundRows returns what the list of results shows: heads, people, hits.
func (r *rig) foundRows() (all []string) {
	for _, d := range r.w.main.list.found.data {
		switch {
		case d.head != "":
			all = append(all, strings.TrimSpace("# "+d.head+" "+d.count))
		case d.hit.open != nil:
			all = append(all, d.hit.name+": "+d.hit.text)
		default:
			all = append(all, d.person.name)
		}
	}
	return all
}

func TestSearchFindsPeopleAndMessages(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	r.find("alice")
	want := []string{"# People", "Alice", "# Messages 1 found", "Bob: Is Alice in tonight?"}
	if got := r.foundRows(); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if v.list.rows.Visible() || !v.list.found.Visible() || !v.list.filters.chips.Visible() {
		t.Error("the list is not that of what was found")
	}
	x, y, _, h := r.at(v.list.filters.who)
	if x != 12 || y != 60 || h != 28 {
		t.Errorf("the first filter is at %v,%v, %v high", x, y, h)
	}
	r.wantAt("person", v.list.found.people[0], 8, 128, 303, 64)
	r.wantAt("hit", v.list.found.hits[0], 8, 226, 303, 76)
	r.find("nothing like it")
	if !v.list.hintBox.Visible() || v.list.hint.Text() != wordNoMatch {
		t.Error("nothing says that nothing was found")
	}
	v.escape()
	if v.list.search.Text() != "" || !v.list.rows.Visible() || v.list.found.Visible() {
		t.Error("Esc does not end the search")
	}
}

func TestMarksOfMyOwnWords(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.find("until six")
	for _, d := range r.w.main.list.found.data {
		if d.hit.open != nil {
			var got []string
			for _, m := range d.hit.marks {
				got = append(got, d.hit.text[m.From:m.To])
			}
			if !strings.HasPrefix(d.hit.text, "You: ") || !slices.Equal(got, []string{"until", "six"}) {
				t.Errorf("%q: marked %q", d.hit.text, got)
			}
		}
	}
}

func TestHitOpensInItsPlace(t *testing.T) {
	m := story()
	alice := uitest.ID("Alice")
	var far model.Message
	for i := range 400 {
		msg := m.Write(alice, model.Incoming, model.Read, now.Add(time.Duration(i)*time.Second), fmt.Sprintf("line %d", i))
		if i == 100 {
			far = m.Write(alice, model.Incoming, model.Read, msg.Time, "the buried treasure")
		}
	}
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	r.open2("Bob")
	r.find("treasure")
	v.find.open(0)
	r.until("the place is read", func() bool {
		c, ok := r.talk().timeline.Place(far.ID)
		return ok && c > 0
	})
	if v.talk.id != alice || !v.talk.found.Visible() {
		t.Fatal("the hit's conversation is not open")
	}
	r.wantAt("bar", v.talk.found, 320, 60, 960, 44)
	if got := v.talk.found.place.Text() + " " + v.talk.found.words.Text(); got != "1 of 1 for “treasure” in everything" {
		t.Errorf("the bar says %q", got)
	}
	if hit, words := r.talk().timeline.Searched(); hit != far.ID || !slices.Equal(words[far.ID], []model.Range{{From: 11, To: 19}}) {
		t.Errorf("%s is outlined, %v marked", hit, words)
	}
	v.escape()
	if v.talk.id != uitest.ID("Bob") || v.talk.found.Visible() || v.list.search.Text() != "" {
		t.Error("Esc does not go back to where one was")
	}
	r.find("treasure")
	v.find.open(0)
	v.find.done()
	if v.talk.id != alice || v.talk.found.Visible() || v.find.active() {
		t.Error("Done does not stay at the place")
	}
}

// open2 opens a conversation of which not all is read at once.
func (r *rig) open2(name string) {
	r.t.Helper()
	r.w.main.Converse(uitest.ID(name))
	r.until(name+" is open", func() bool { return r.talk().timeline.Messages() > 0 })
}

func TestSearchPagesAndSteps(t *testing.T) {
	m := story()
	for i := range 120 {
		m.Write(uitest.ID("Bob"), model.Incoming, model.Read, now.Add(time.Duration(i)*time.Second), fmt.Sprintf("pebble %d", i))
	}
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	r.find("pebble")
	if got := r.foundRows()[0]; got != "# Messages 50+ found" {
		t.Errorf("the head says %q", got)
	}
	for i := range 119 {
		v.list.search.Entry().TypedKey(key(fyne.KeyDown))
		r.until("more is read", func() bool { return !v.find.busy })
		if v.find.at != i {
			t.Fatalf("step %d led to hit %d", i, v.find.at)
		}
	}
	if got := r.foundRows()[0]; got != "# Messages 120 found" {
		t.Errorf("after all pages the head says %q", got)
	}
	v.list.search.Entry().TypedKey(key(fyne.KeyUp))
	if v.find.at != 117 {
		t.Errorf("Up leads to %d", v.find.at)
	}
}

func TestSearchHereAndWithLink(t *testing.T) {
	m := story()
	m.Write(uitest.ID("Bob"), model.Incoming, model.Read, now, "Alice sent https://sotto.example/")
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	r.open2("Bob")
	v.searchHere()
	r.find("i")
	for _, d := range v.list.found.data {
		if d.head == "" && (d.hit.open == nil || d.hit.contact != uitest.ID("Bob")) {
			t.Errorf("%+v is not of this conversation", d)
		}
	}
	v.list.filters.what.Tapped(nil)
	r.press(r.top(), wordFilterLink)
	r.until("the search is done", func() bool { return !v.find.busy })
	if got := r.foundRows(); !slices.Equal(got, []string{"# Messages 1 found", "Bob: Alice sent https://sotto.example/"}) {
		t.Errorf("found %q", got)
	}
	v.find.done()
	if v.find.who != "" || v.find.links {
		t.Error("filters outlive the search")
	}
}

// TestLateAnswerIsNotShown: the answer to a search that was replaced comes last.
func TestLateAnswerIsNotShown(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	slow := &slowSearch{Messenger: r.m, begun: make(chan string, 2), over: make(chan string, 2), hold: make(chan struct{})}
	v.m = slow
	v.search()
	v.list.search.SetText("bookshop")
	<-slow.begun
	v.list.search.SetText("atlas")
	r.until("the quick one answers", func() bool { return !v.find.busy })
	close(slow.hold)
	for range 2 {
		<-slow.over
	}
	settled := false
	v.Run(func(context.Context) error { return nil }, func(error) { settled = true })
	r.until("all that is answered is taken", func() bool { return settled })
	for _, s := range r.foundRows() {
		if strings.Contains(s, "bookshop") {
			t.Errorf("%q is shown for another search", s)
		}
	}
}

// F3 walks from hit to hit wherever the keyboard is.
func TestKeysOfASearch(t *testing.T) {
	m := story()
	for i := range 5 {
		m.Write(uitest.ID("Bob"), model.Incoming, model.Read, now.Add(time.Duration(i)*time.Second), fmt.Sprintf("pebble %d", i))
	}
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	canvas := r.w.window.Canvas()
	r.open("Alice")
	press := func(key fyne.KeyName, mod fyne.KeyModifier) {
		t.Helper()
		hold(t, mod)
		if canvas.Focused() == nil {
			canvas.OnTypedKey()(&fyne.KeyEvent{Name: key})
		} else {
			canvas.Focused().TypedKey(&fyne.KeyEvent{Name: key})
		}
	}
	at := func(want int, where string) {
		t.Helper()
		if v.find.at != want {
			t.Errorf("%s: hit %d, want %d", where, v.find.at, want)
		}
	}
	press(fyne.KeyF3, 0)
	at(-1, "without a search")
	r.find("pebble")
	press(fyne.KeyReturn, 0)
	at(0, "Enter in the field")
	for _, focus := range []fyne.Focusable{v.list.search.Entry(), v.talk.composer.entry, v.talk.timeline, v.talk.panel, v.list.found.hits[0], v.list.filters.who, nil} {
		if focus == nil {
			canvas.Unfocus()
		} else {
			canvas.Focus(focus)
		}
		press(fyne.KeyF3, 0)
		at(1, fmt.Sprintf("F3 with the keyboard at %T", focus))
		press(fyne.KeyF3, fyne.KeyModifierShift)
		at(0, fmt.Sprintf("Shift F3 with the keyboard at %T", focus))
	}
	press(fyne.KeyF3, fyne.KeyModifierShift)
	at(0, "before the first")
}

// The person that is searched with is anybody, not only whose conversation is open.
func TestSearchWithAPerson(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	r.open("Alice")
	r.find("i")
	who := v.list.filters.who
	if who.AccessibilityLabel() != wordEveryone {
		t.Errorf("the filter says %q", who.AccessibilityLabel())
	}
	who.Tapped(nil)
	r.press(r.top(), "Bob")
	r.until("the search is done", func() bool { return !v.find.busy })
	for _, d := range v.list.found.data {
		if d.head == "" && (d.hit.open == nil || d.hit.contact != uitest.ID("Bob")) {
			t.Errorf("%+v is not Bob's", d)
		}
	}
	if len(v.find.hits) == 0 || who.AccessibilityLabel() != "Only Bob" {
		t.Errorf("%d hits, the filter says %q", len(v.find.hits), who.AccessibilityLabel())
	}
	who.Tapped(nil)
	r.press(r.top(), wordEveryone)
	if v.find.who != "" {
		t.Error("the person stays")
	}
}

func TestSwitcher(t *testing.T) {
	m := story()
	uitest.Crowd(m, 30)
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	v.switchTo()
	s := v.switching
	if s.found != switchLong || len(s.choices) != switchLong+3 {
		t.Fatalf("%d conversations, %d choices", s.found, len(s.choices))
	}
	r.wantAt("switcher", s.content, 360, 112, 560, s.content.Size().Height)
	s.entry.SetText("bob")
	if s.choices[0].tile.AccessibilityLabel() != "Bob" {
		t.Errorf("%q comes first", s.choices[0].tile.AccessibilityLabel())
	}
	s.entry.TypedKey(key(fyne.KeyDown))
	second := s.choices[1].tile.AccessibilityLabel()
	s.entry.TypedKey(key(fyne.KeyReturn))
	if v.talk.contact.Name != second || r.w.window.Canvas().Overlays().Top() != nil {
		t.Errorf("Enter opened %q, want %q", v.talk.contact.Name, second)
	}
	v.switchTo()
	v.switching.entry.SetText("zzz")
	if v.switching.found != 0 {
		t.Error("something fits what nobody is called")
	}
	v.switching.entry.TypedKey(key(fyne.KeyUp))
	v.switching.entry.TypedKey(key(fyne.KeyReturn)) // the last action: lock
	if r.locks != 1 {
		t.Error("the last action does not lock")
	}
}

func TestScore(t *testing.T) {
	for _, c := range []struct{ typed, better, worse string }{
		{"bob", "Bob", "Alice Bob"}, {"ab", "Alice Bob", "Scab"}, {"al", "Alice", "Sally"}, {"alb", "Alice Bob", "Bob Alice"}, {"", "Bob", ""},
		{"bob", "Bob", "Bob at sea"},
	} {
		if b, w := score(c.typed, c.better), score(c.typed, c.worse); b == 0 || b < w || b == w && c.worse != "" {
			t.Errorf("%q: %d for %q, %d for %q", c.typed, b, c.better, w, c.worse)
		}
	}
}

func TestBestNameComesFirst(t *testing.T) {
	var all []model.Conversation
	for _, name := range []string{"Alice Bob", "Alice", "Bob"} {
		all = append(all, model.Conversation{Contact: model.Contact{Name: name}})
	}
	var got []string
	for _, c := range switchable("bob", all) {
		got = append(got, c.Contact.Name)
	}
	if !slices.Equal(got, []string{"Bob", "Alice Bob"}) {
		t.Errorf("%q fit", got)
	}
}

func TestAround(t *testing.T) {
	for _, c := range []struct {
		text, word, want string
	}{
		{"the sea", "sea", "the [sea]"},
		{strings.Repeat("many words ", 20) + "before the sea\nand after", "sea", "… many words many words before the [sea] and after"},
		{strings.Repeat("海", 40) + "sea", "sea", "… " + strings.Repeat("海", 12) + "[sea]"},
		{"sea " + strings.Repeat("ö", 400) + " sea", "sea", "[sea] " + strings.Repeat("ö", 148)},
	} {
		var marks []model.Range
		for at := 0; ; {
			i := strings.Index(c.text[at:], c.word)
			if i < 0 {
				break
			}
			marks = append(marks, model.Range{From: at + i, To: at + i + len(c.word)})
			at += i + len(c.word)
		}
		text, marks := around(c.text, marks)
		for _, m := range slices.Backward(marks) {
			text = text[:m.From] + "[" + text[m.From:m.To] + "]" + text[m.To:]
		}
		if text != c.want {
			t.Errorf("%.30q: %q", c.text, text)
		}
	}
}

// slowSearch answers the search for "bookshop" when it is let go.
type slowSearch struct {
	*uitest.Messenger
	begun, over chan string
	hold        chan struct{}
}

func (s *slowSearch) Search(ctx context.Context, q model.Query) (model.Hits, error) {
	defer func() { s.over <- q.Text }()
	s.begun <- q.Text
	if q.Text == "bookshop" {
		<-s.hold
	}
	return s.Messenger.Search(ctx, q)
}
