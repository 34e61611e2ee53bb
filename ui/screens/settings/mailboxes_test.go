package settings

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
	"sotto/ui/theme"
)

// openMail shows the page over a messenger that change may alter.
func openMail(t *testing.T, width, height float32, change func(*screentest.Messenger)) (*screentest.Host, *screentest.Messenger) {
	t.Helper()
	h, m := screentest.NewHost(t, width, height), screentest.New("Alice")
	if change != nil {
		change(m)
	}
	h.OpenSettled(Settings(h, m, Program{Version: "1.2.3"}, ""))
	h.Press(wordMailboxes)
	return h, m
}

// drawn is the page of the drawn picture g2-mailboxes.
func drawn(m *screentest.Messenger) {
	alice := m.Add("Alice", nil)
	m.Mail.Summary = model.MailboxSummary{Collected: time.Now(), Mailboxes: []model.Mailbox{
		screentest.Box("1", "Home box", nil),
		screentest.Box("2", "Alice", func(b *model.Mailbox) { b.Kind, b.Contact = model.MailboxContact, alice.ID }),
		screentest.Box("3", "Volunteer", func(b *model.Mailbox) { b.Health, b.Silent = model.HealthSilent, time.Now().AddDate(0, 0, -1) }),
	}}
}

func TestMailboxes(t *testing.T) {
	h, m := openMail(t, 1280, 800, drawn)
	h.WantSees(wordReach, "2 of 3 mailboxes answer. Last collected "+say.When(m.Mail.Summary.Collected, time.Now())+", nothing waiting.",
		"Home box", "Added by its link. 0.4 of 64 MB, kept 30 days", wordAnswers,
		"Alice’s computer", "Lent by a contact. Answers while Alice is online",
		"Volunteer", "No answer since yesterday", wordSilentNote, wordTryNow, wordRemoveIt, wordDays)
	h.Press(wordTryNow)
	if len(m.Mail.Probed) != 1 || m.Mail.Probed[0] != "3" {
		t.Errorf("tried %v", m.Mail.Probed)
	}
	// What changes by itself is shown.
	m.Mail.Summary.Mailboxes[2].Health = model.HealthOK
	m.Mail.Summary.Mailboxes[1].Waiting = 3
	h.Event(model.Event{Kind: model.EventMailbox})
	h.WantSees("All 3 mailboxes answer. Last collected " + say.When(m.Mail.Summary.Collected, time.Now()) + ", 3 messages waiting.")
	if h.Sees(wordSilentNote) {
		t.Error("the note stays")
	}
}

func TestOverview(t *testing.T) {
	box := func(hs ...model.Health) (s model.MailboxSummary) {
		for _, health := range hs {
			s.Mailboxes = append(s.Mailboxes, model.Mailbox{Health: health})
		}
		return s
	}
	one := box(model.HealthOK)
	one.Mailboxes[0].Waiting = 1
	for _, c := range []struct {
		s           model.MailboxSummary
		tone        kit.Tone
		title, text string
	}{
		{box(), kit.Neutral, wordNoBoxes, wordNoBoxesText},
		{one, kit.Good, wordReach, "Your mailbox answers. Not collected yet, 1 message waiting."},
		{box(model.HealthOK, model.HealthLies, model.HealthSilent), kit.Good, wordReach, "1 of 3 mailboxes answers. Not collected yet, nothing waiting."},
		{box(model.HealthUnknown, model.HealthUnknown), kit.Neutral, wordUnasked, wordUnaskedText},
		{box(model.HealthUnknown, model.HealthSilent), kit.Attention, wordNoReach, "None of your 2 mailboxes answers or takes anything. No message is lost: senders keep their own copy until yours confirms."},
		{box(model.HealthSilent), kit.Attention, wordNoReach, wordOneSilent},
	} {
		if got := overviewWords(c.s, time.Now()); got.tone != c.tone || got.title != c.title || got.text != c.text {
			t.Errorf("%+v: %+v", c.s.Mailboxes, got)
		}
	}
}

func TestHealthWords(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local)
	for _, c := range []struct {
		b    model.Mailbox
		tag  string
		tone kit.Tone
		note bool
	}{
		{model.Mailbox{}, wordNotAsked, kit.Neutral, false},
		{model.Mailbox{Health: model.HealthUnknown}, wordNotAsked, kit.Neutral, false},
		{model.Mailbox{Health: model.HealthOK}, wordAnswers, kit.Good, false},
		{model.Mailbox{Health: model.HealthSilent}, wordNoAnswer, kit.Attention, true},
		{model.Mailbox{Health: model.HealthSilent, Silent: now.AddDate(0, 0, -4)}, "No answer since Friday", kit.Attention, true},
		{model.Mailbox{Health: model.HealthSilent, Silent: now.AddDate(0, 0, -12)}, "No answer since 12 November", kit.Attention, true},
		{model.Mailbox{Health: model.HealthFull}, wordFull, kit.Attention, true},
		{model.Mailbox{Health: model.HealthRefuses}, wordRefuses, kit.Wrong, true},
		{model.Mailbox{Health: model.HealthLies}, wordLies, kit.Wrong, true},
	} {
		if tag, tone := healthWords(c.b, now); tag != c.tag || tone != c.tone || (noteWords(c.b) != "") != c.note {
			t.Errorf("%s: %q, %v, %q", c.b.Health, tag, tone, noteWords(c.b))
		}
	}
}

func TestBars(t *testing.T) {
	screentest.NewHost(t, 100, 100)
	b := newBars([14]int{-1, 0, 1, 99, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100})
	b.Resize(b.MinSize())
	if m := b.MinSize(); m != fyne.NewSize(96, 20) {
		t.Errorf("14 bars take %v", m)
	}
	for i, want := range []struct {
		height float32
		fill   theme.Token
	}{{4, theme.LineStrong}, {4, theme.Danger}, {12, theme.Warn}, {12, theme.Warn}, {20, theme.OK}} {
		r := b.rects[i]
		if r.Size() != fyne.NewSize(5, want.height) || r.Position() != fyne.NewPos(float32(7*i), 20-want.height) || r.FillColor != theme.Color(want.fill) {
			t.Errorf("bar %d is %v at %v", i, r.Size(), r.Position())
		}
	}
	if got := b.AccessibilityLabel(); got != "In the last 14 days it answered on 10, now and then on 2, and not on 1" {
		t.Errorf("a screen reader says %q", got)
	}
}

func TestRenameAndRemove(t *testing.T) {
	h, m := openMail(t, 1280, 800, drawn)
	h.Press("More about Home box")
	h.Press(wordRename)
	h.Type(0, strings.Repeat("x", 200))
	h.Press(wordSave)
	h.WantSees(say.Problem(model.BadName))
	h.Type(0, " Attic ")
	h.Enter(0)
	h.WantSees("Attic", wordMailText)

	h.Press("More about Attic")
	h.Press(wordRemove)
	h.WantSees("Remove the mailbox Attic?", wordRemoveText)
	h.Press(wordCancel)
	if len(m.Mail.Summary.Mailboxes) != 3 {
		t.Fatal("it was removed without a yes")
	}
	h.Press("More about Attic")
	h.Press(wordRemove)
	h.Press(wordRemove)
	if len(m.Mail.Summary.Mailboxes) != 2 || h.Sees("Attic") {
		t.Errorf("left are %+v", m.Mail.Summary.Mailboxes)
	}
}

func TestAddMailbox(t *testing.T) {
	h, m := openMail(t, 1280, 800, nil)
	h.WantSees(wordNoBoxes)
	h.Press(wordAddBox)
	fyne.CurrentApp().Clipboard().SetContent(" sotto:i/1/abc\n")
	h.Press(wordPaste)
	h.WantSees(wordContactCode)
	h.Enter(0)
	if len(m.Log) > 0 {
		t.Fatalf("a contact's code was taken: %v", m.Log)
	}
	for _, k := range []model.Kind{model.NotAMailbox, model.MailboxLinkDamaged, model.MailboxKnown, model.MailboxRefused,
		model.MailboxUnreachable, model.TooManyMailboxes} {
		m.Mail.AddError = model.E(k, "", nil)
		h.Type(0, "SOTTO:M/1/ABC")
		h.Press(wordAdd)
		h.WantSees(say.Problem(k))
	}
	h.Type(1, "Attic")
	h.Enter(1)
	if got := strings.Join(m.Log, ", "); got != "add SOTTO:M/1/ABC as Attic" {
		t.Errorf("done: %s", got)
	}
	h.WantSees("Attic", wordReach)
}

func TestAddMailboxByPicture(t *testing.T) {
	h, m := openMail(t, 1280, 800, nil)
	dir := t.TempDir()
	code, blank := filepath.Join(dir, "code.png"), filepath.Join(dir, "blank.png")
	q, err := kit.NewQR("SOTTO:M/1/"+strings.Repeat("A2B3C4D5", 8), 6)
	if err != nil {
		t.Fatal(err)
	}
	write(t, code, q.Image(5))
	write(t, blank, image.NewGray(image.Rect(0, 0, 80, 80)))
	h.Press(wordAddBox)
	h.Drop(blank)
	h.WantSees(say.Problem(model.NoCodeInPicture))
	h.Drop(code)
	if got := h.Fields()[0].Text(); !strings.HasPrefix(got, "SOTTO:M/1/A2B3") || h.Sees(say.Problem(model.NoCodeInPicture)) {
		t.Errorf("the field holds %q", got)
	}
	h.Type(0, "")
	h.Press(wordPicture)
	h.Type(0, code)
	h.Press(wordOpen)
	h.WantSees(wordAddText) // the first dialog is on top again
	h.Press(wordAdd)
	if len(m.Log) != 1 || !strings.HasSuffix(m.Log[0], "as "+wordHomeBox) {
		t.Errorf("done: %v", m.Log)
	}
	if h.Drops() {
		t.Error("with the dialog gone pictures are still taken")
	}
}

func write(t *testing.T, path string, im image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im); err != nil {
		t.Fatal(err)
	}
}

func TestOffers(t *testing.T) {
	h, m := openMail(t, 1280, 800, func(m *screentest.Messenger) {
		bob := m.Add("Bob", nil)
		m.Mail.Summary.Offers = []model.MailboxOffer{{Contact: bob.ID, Name: "Bob", Quota: 64 << 20}}
	})
	h.WantSees("Bob offers to hold messages for you", "Up to 64 MB, while Bob’s computer is on. They stay sealed")
	h.Press(wordUse)
	h.WantSees("Bob’s computer", wordReach)
	if h.Sees("Bob offers to hold messages for you") || len(m.Mail.Summary.Mailboxes) != 1 {
		t.Errorf("taken up: %+v", m.Mail.Summary)
	}
}

func TestHosting(t *testing.T) {
	h, m := openMail(t, 1280, 800, func(m *screentest.Messenger) {
		m.Add("Alice", nil)
		m.Add("Bob", nil)
		m.Add("Nobody yet", func(c *model.Contact) { c.Trust = model.TrustUnconfirmed })
	})
	if len(m.Mail.Lent.Contacts) != 0 || h.Sees(wordForOthers) {
		t.Fatal("it is on without having been switched on")
	}
	h.Press(wordHost)
	h.WantSees(wordHostText)
	if h.Sees("Bob") {
		t.Error("there is a choice of contacts although it is off")
	}
	h.Press(wordHostSwitch)
	h.WantSees("Alice", "Bob", wordLimit)
	if h.Sees("Nobody yet") {
		t.Error("somebody who is not confirmed can be chosen")
	}
	if !h.Disabled(wordSave) {
		t.Error("it can be switched on for nobody")
	}
	h.Press("Bob")
	h.Press("256 MB")
	h.Press(wordSave)
	bob := m.Mail.Lent
	if len(bob.Contacts) != 1 || m.People[bob.Contacts[0]].Name != "Bob" || bob.Quota != 256<<20 {
		t.Fatalf("lent: %+v", bob)
	}
	m.Mail.Lent.Cells, m.Mail.Lent.Used = 12, 5<<18
	h.Event(model.Event{Kind: model.EventMailbox})
	h.WantSees("You hold messages for Bob", "12 messages, 1.2 MB now; at most 256 MB for each")
	h.Press(wordChange)
	h.WantSees("Bob", wordLimit)
	h.Press(wordHostSwitch)
	h.Press(wordSave)
	if len(m.Mail.Lent.Contacts) != 0 || h.Sees(wordForOthers) {
		t.Errorf("switched off, it holds for %v", m.Mail.Lent.Contacts)
	}
}

// The page and its dialogs lay out where it is narrow and where it is low, with
// long names and without anything.
func TestMailboxesFitSmallWindows(t *testing.T) {
	long := strings.Repeat("A long name ", 10)
	for _, size := range [][2]float32{{360, 480}, {420, 800}, {800, 500}, {1600, 1000}} {
		h, _ := openMail(t, size[0], size[1], func(m *screentest.Messenger) {
			drawn(m)
			for i := range m.Mail.Summary.Mailboxes {
				m.Mail.Summary.Mailboxes[i].Name = long
			}
			for i := range 20 {
				m.Add(long+string(rune('a'+i)), nil)
			}
		})
		for _, dialog := range []string{wordAddBox, wordHost} {
			h.Press(dialog)
			if dialog == wordHost {
				h.Press(wordHostSwitch)
			}
			if top, low := h.Span(wordCancel); top < 0 || low > size[1] {
				t.Errorf("%v: in “%s” Cancel lies from %v to %v", size, dialog, top, low)
			}
			h.Press(wordCancel)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 1: "<0.1", 420 << 10: "0.4", 1 << 20: "1", 5 << 18: "1.2", 64 << 20: "64", 100<<20 + 1: "100"} {
		if got := size(n); got != want {
			t.Errorf("%d bytes: %q, want %q", n, got, want)
		}
	}
	if got := usage(1, 1<<30) + usage(420<<10, 3<<29) + usage(1<<20, 64<<20); got != ". <0.1 MB of 1 GB. 0.4 MB of 1.5 GB. 1 of 64 MB" {
		t.Errorf("usage is said as %q", got)
	}
}
