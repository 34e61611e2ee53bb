package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/screens/part"
	"sotto/ui/stage"
	"sotto/ui/theme"
	"sotto/ui/uitest"
)

func owned(t *testing.T) *rig {
	m := story()
	uitest.Own(m, now)
	return newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
}

// names returns the names in the list, from above.
func (r *rig) names() (all []string) {
	for _, d := range r.w.main.list.rows.data {
		all = append(all, d.name)
	}
	return all
}

// row returns the row of that name.
func (r *rig) row(name string) *listRow {
	r.t.Helper()
	for _, row := range r.w.main.list.rows.rows {
		if row.Visible() && row.data.name == name {
			return row
		}
	}
	r.t.Fatalf("no row %q among %q", name, r.names())
	return nil
}

func (r *rig) wantNames(want ...string) {
	r.t.Helper()
	if got := r.names(); !slices.Equal(got, want) {
		r.t.Errorf("the list is %q, want %q", got, want)
	}
}

func (r *rig) contact(name string) model.Contact {
	all, _ := r.m.Conversations(r.t.Context())
	for _, c := range all {
		if c.Contact.ID == uitest.ID(name) {
			return c.Contact
		}
	}
	return model.Contact{}
}

func TestPinnedStandsFirstAndArchivedAway(t *testing.T) {
	r := owned(t)
	r.wantNames(wordArchive, "Bob", "Alice", "Alice Archer", "Bob Friend")
	if bob := r.row("Bob"); !bob.pin.Visible() || bob.badge.Visible() {
		t.Error("the pin is not where the badge would be")
	}
	muted := r.row("Alice Archer")
	if !muted.bell.Visible() || !muted.badge.Visible() || r.row("Alice").bell.Visible() {
		t.Error("the bell is not on what is muted alone")
	}
	if x, _, _, _ := r.at(muted.bell); x <= 80 {
		t.Errorf("the bell is at %v", x)
	}
	if d := r.row("Bob Friend").data; d.lead != wordDraft || d.preview != "Or at eleven" {
		t.Errorf("the draft is shown as %q %q", d.lead, d.preview)
	}
	test.Tap(r.row(wordArchive))
	r.wantNames(wordArchive, "Bob Baker")
	r.w.main.escape()
	r.wantNames(wordArchive, "Bob", "Alice", "Alice Archer", "Bob Friend")
	r.find("baker")
	if got := r.foundRows(); !slices.Contains(got, "Bob Baker") {
		t.Errorf("what is archived is not found: %q", got)
	}
}

func TestMenuOfARow(t *testing.T) {
	r := owned(t)
	alice := uitest.ID("Alice")
	choose := func(name, item string) {
		t.Helper()
		r.row(name).TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(100, 100)})
		r.press(r.top(), item)
	}
	choose("Alice", wordPin)
	r.until("Alice is pinned", func() bool { return r.names()[1] == "Alice" })

	choose("Alice", wordMute)
	before := time.Now()
	r.press(r.top(), "For 8 hours")
	r.until("Alice is muted", func() bool { return r.row("Alice").data.muted })
	if d := r.contact("Alice").MutedUntil.Sub(before); d < 8*time.Hour || d > 9*time.Hour {
		t.Errorf("muted for %v", d)
	}
	choose("Alice", part.WordUnmute)
	r.until("Alice is heard", func() bool { return !r.row("Alice").data.muted })

	choose("Alice", wordMarkRead)
	r.until("all is read", func() bool { return r.row("Alice").data.unread == 0 })

	r.row("Alice").TypedKey(key(desktop.KeyMenu))
	r.w.window.Canvas().Focused().TypedKey(key(fyne.KeyEscape))
	r.row("Alice").TypedKey(key(fyne.KeyF10))
	r.nothingOpen()
	hold(t, fyne.KeyModifierShift)
	r.row("Alice").TypedKey(key(fyne.KeyF10))
	hold(t, 0)
	r.press(r.top(), wordToArchive)
	r.until("Alice is away", func() bool { return !slices.Contains(r.names(), "Alice") })
	if !r.contact("Alice").Archived {
		t.Error("Alice is not archived")
	}
	r.w.main.list.showArchive(true)
	choose("Alice", wordFromArchive)
	choose("Bob Baker", wordFromArchive)
	r.until("the archive is left when it is empty", func() bool { return slices.Contains(r.names(), "Bob Friend") })

	r.open("Alice")
	choose("Alice", part.WordRemoveAsk)
	if !sees(r.top(), "Remove Alice from your contacts?") {
		t.Error("it does not ask")
	}
	r.press(r.top(), "Cancel")
	if r.contact("Alice").ID != alice {
		t.Fatal("removed without an answer")
	}
	choose("Alice", part.WordRemoveAsk)
	r.press(r.top(), "Remove")
	r.until("Alice is gone", func() bool { return !slices.Contains(r.names(), "Alice") })
	if r.talk().id != "" || r.contact("Alice").ID != "" {
		t.Error("something of Alice is left")
	}
}

// A contact can be removed from elsewhere than the list, with the conversation open.
func TestRemovedElsewhere(t *testing.T) {
	r := owned(t)
	r.open("Alice")
	if err := r.m.RemoveContact(t.Context(), r.talk().id); err != nil {
		t.Fatal(err)
	}
	r.until("the conversation is left", func() bool { return r.talk().id == "" })
}

func TestCompactRows(t *testing.T) {
	r := owned(t)
	l := r.w.main.list
	r.wantAt("comfortable row", l.rows.rows[2], 8, 226, 303, 64)
	theme.Use(r.w.app, theme.Look{Mode: theme.Light, Compact: true})
	r.w.window.Canvas().Content().Refresh()
	l.rows.Refresh()
	row := l.rows.rows[2]
	r.wantAt("compact row", row, 8, 194, 303, 48)
	r.wantAt("compact avatar", row.avatar, 16, 202, 32, 32)
	if _, y, _, h := r.at(row.preview); y+h > 242 || row.preview.Text() == "" {
		t.Errorf("the preview ends at %v", y+h)
	}
}
