package settings

import (
	"slices"
	"strings"
	"testing"

	"sotto/app/model"
	"sotto/ui/screens/screentest"
)

func TestWhoCouldHandOverWhat(t *testing.T) {
	name := func(b model.Mailbox) string { return b.Name }
	if all := parties(nil, nil, name); len(all) != 2 {
		t.Errorf("without contacts and mailboxes: %+v", all)
	}
	all := parties([]model.Contact{{}, {}}, []model.Mailbox{
		{Name: "Home box", Kind: model.MailboxOwn, Waiting: 3}, {Name: "Alice", Kind: model.MailboxContact}}, name)
	for i, want := range []string{"2 people", "Home box", "Alice", wordNeighbours, wordProvider} {
		if all[i].who != want && all[i].about != want {
			t.Errorf("row %d is %+v, not %s", i, all[i], want)
		}
	}
	if !strings.HasPrefix(all[1].holds, "3 sealed messages") || strings.Contains(all[1].holds, "knows you") {
		t.Errorf("a box of one's own holds %q", all[1].holds)
	}
	if !strings.HasSuffix(all[2].holds, "Alice knows you") || all[2].about != "lent by Alice" {
		t.Errorf("a contact's computer is %+v", all[2])
	}
	if slices.ContainsFunc(all, func(p party) bool { return p.holds == "" || p.lacks == "" }) {
		t.Errorf("a row is empty: %+v", all)
	}
}

func TestHandedOverPage(t *testing.T) {
	for _, width := range []float32{1280, 400} {
		h, m := screentest.NewHost(t, width, 800), screentest.New("Alice")
		m.Add("Bob", nil)
		h.OpenSettled(Settings(h, m, Program{}, "eye"))
		h.WantSees(wordHanded, wordProjectHas, wordTheContacts, "1 person", wordNeighbours, wordProvider)
		if h.Sees(wordWho) != (width > 640) {
			t.Errorf("at %v the table has a head: %v", width, h.Sees(wordWho))
		}
		h.Press(wordLockProtects)
		h.WantSees(wordLockNow)
	}
}
