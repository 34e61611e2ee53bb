package settings

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/keys"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
	"sotto/ui/theme"
)

func open(t *testing.T, width, height float32) (*screentest.Host, *screentest.Messenger) {
	t.Helper()
	h, m := screentest.NewHost(t, width, height), screentest.New("Alice")
	h.OpenSettled(Settings(h, m, Program{Version: "1.2.3"}, ""))
	return h, m
}

func TestListOfPagesTakesTheRoomOfItsTitles(t *testing.T) {
	test.NewTempApp(t)
	for title, fits := range map[string]func(w float32) bool{
		"You":                              func(w float32) bool { return w == navLeast },
		"Was könnte herausgegeben werden?": func(w float32) bool { return w > navLeast && w < navMost },
		strings.Repeat("long ", 20):        func(w float32) bool { return w == navMost },
	} {
		s := &settings{pages: []*page{{title: title}}}
		if w := s.navWidth(); !fits(w) {
			t.Errorf("for %q the list is %v wide", title, w)
		}
	}
}

func TestName(t *testing.T) {
	h, m := open(t, 1280, 800)
	h.WantSees(wordYou, wordNotPaper, wordWriteDown)
	h.Type(0, " ")
	h.Press(wordSave)
	h.WantSees(say.Problem(model.BadName))
	h.Type(0, "Alice B.")
	h.Enter(0)
	if m.Name != "Alice B." {
		t.Errorf("the name is %q", m.Name)
	}
}

func TestChangePassphrase(t *testing.T) {
	h, m := open(t, 1280, 800)
	h.Press(wordChange)
	h.Type(0, "not the passphrase")
	h.Type(1, "four unrelated words here")
	h.Type(2, "four unrelated words here")
	h.Press(wordChange)
	h.WantSees(say.Problem(model.WrongPassphrase))
	h.Type(0, screentest.Passphrase)
	h.Press(wordChange)
	if got := strings.Join(m.Log, " "); got != "passphrase four unrelated words here" {
		t.Errorf("what was done: %s", got)
	}
	h.WantSees(wordSettings) // the dialog is gone
}

func TestPrivacy(t *testing.T) {
	h, m := open(t, 1280, 800)
	h.Press(wordPrivacy)
	h.Press(wordReceipts)
	if m.Chosen.ReadReceipts {
		t.Error("read receipts are still on")
	}
	h.Press("30 min")
	if m.Chosen.LockAfter != 30*time.Minute || m.Chosen.ReadReceipts {
		t.Errorf("the choices are %+v", m.Chosen)
	}
	h.Press(wordNever)
	if m.Chosen.LockAfter != 0 {
		t.Errorf("never locks after %v", m.Chosen.LockAfter)
	}
	h.Press(wordLockNow)
	if !h.Locked {
		t.Error("not locked")
	}
}

func TestAppearance(t *testing.T) {
	h, _ := open(t, 1280, 800)
	h.Press(wordAppearance)
	h.Press(wordDark)
	h.Press("Plum")
	if l := theme.Current(); l.Mode != theme.Dark || l.Accent != "Plum" {
		t.Errorf("chosen is %+v", l)
	}
	theme.Use(fyne.CurrentApp(), theme.Look{Mode: theme.Light})
	theme.Restore(fyne.CurrentApp())
	if l := theme.Current(); l.Mode != theme.Dark || l.Accent != "Plum" {
		t.Errorf("remembered is %+v", l)
	}
}

// Sizes and motion are taken over at once and remembered; the keyboard moves the
// slider.
func TestSizes(t *testing.T) {
	h, _ := open(t, 1280, 800)
	h.Press(wordAppearance)
	h.WantSees(fmt.Sprintf(wordTextSizeText, theme.TextDefault))
	slider := screentest.Find[*kit.Slider](h)[0]
	slider.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	h.WantSees(fmt.Sprintf(wordTextSizeText, theme.TextDefault+1))
	slider.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	slider.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	h.Press(wordStill)
	h.Press(wordCompact)
	h.Press("100 %")
	h.Window().Canvas().Capture()
	h.Press("125 %")
	h.WantSees("125 %")
	if got := fyne.CurrentApp().Preferences().Int(theme.PrefScale); got != 125 {
		t.Errorf("the scale is %d", got)
	}
	theme.Restore(fyne.CurrentApp())
	if l := theme.Current(); l.Text != theme.TextMost || !l.Still || !l.Compact || theme.Message().Size != theme.TextMost {
		t.Errorf("remembered is %+v", l)
	}
	theme.Choose(fyne.CurrentApp(), theme.Look{Mode: theme.Light})
}

// Every shortcut of the window stands on the page of shortcuts.
func TestShortcuts(t *testing.T) {
	h := screentest.NewHost(t, 1280, 2000)
	h.OpenSettled(Settings(h, screentest.New("Alice"), Program{Version: "1.2.3"}, AtShortcuts))
	h.WantSees("Ctrl K", "Ctrl Shift F", "Alt Up", "Ctrl ,", "Ctrl /", keys.Lock.Does, keys.Quit.Does)
}

func TestNetworkAndAbout(t *testing.T) {
	h, m := open(t, 1280, 800)
	m.SetStatus(func(s *model.Status, _ *model.Self) {
		s.Addresses = []string{"/ip4/192.0.2.7/udp/4001/quic-v1", "/ip4/127.0.0.1/tcp/4001", "/ip6/::1/tcp/4001"}
		s.Connections = []model.Connection{{Name: "Bob", Via: model.ViaDirect, Address: "/ip4/192.0.2.8/tcp/1"}}
		s.Queue = 3
	})
	h.Press(wordNetwork)
	h.Event(model.Event{Kind: model.EventNetwork})
	h.WantSees(wordReachable.Of(1), "3 pieces", "Bob", "/ip4/192.0.2.7/udp/4001/quic-v1")
	if h.Sees("/ip4/127.0.0.1/tcp/4001") {
		t.Error("an address that leads nowhere is shown")
	}
	h.Press(wordLookAgain)
	if m.Retries != 1 {
		t.Errorf("looked again %d times", m.Retries)
	}
	h.Press(wordAbout)
	h.WantSees("1.2.3", wordLicenceText)
}

// What is being written is not lost when something happens elsewhere.
func TestEventsKeepWhatIsWritten(t *testing.T) {
	h, _ := open(t, 1280, 800)
	h.Type(0, "Ali")
	h.Event(model.Event{Kind: model.EventSelf})
	if got := h.Fields()[0].Text(); got != "Ali" {
		t.Errorf("the field holds %q", got)
	}
}

// A narrow window shows the list of pages, and one of them over it.
func TestNarrow(t *testing.T) {
	h, _ := open(t, 420, 800)
	if h.Sees(wordYouText) {
		t.Error("a page is open beside the list")
	}
	for _, p := range []string{wordYou, wordAppearance, wordPrivacy, wordMailboxes, wordNetwork, wordAbout} {
		h.Press(p)
		h.Window().Canvas().Capture()
		h.Press(wordBack)
		h.WantSees(wordSettings)
	}
	h.Press(wordPrivacy)
	h.Window().Resize(fyne.NewSize(1000, 700))
	h.WantSees(wordSettings, wordPrivacyText)
}

func TestPalettesAreTheTable(t *testing.T) {
	screentest.NewHost(t, 100, 100)
	theme.Use(fyne.CurrentApp(), theme.Look{Mode: theme.Light})
	for _, tok := range []theme.Token{theme.Paper, theme.Side, theme.Card, theme.BubbleOut, theme.LineStrong} {
		if palettes.light[tok] != theme.Color(tok) {
			t.Errorf("%s in light is %v, want %v", tok, palettes.light[tok], theme.Color(tok))
		}
	}
	theme.Use(fyne.CurrentApp(), theme.Look{Mode: theme.Dark})
	if palettes.dark[theme.Paper] != theme.Color(theme.Paper) {
		t.Error("dark paper differs")
	}
}

func TestPhraseUsed(t *testing.T) {
	h, m := open(t, 1280, 800)
	if h.Sees(wordUsed) {
		t.Fatal("told although nobody did")
	}
	h.Type(0, "Ali")
	m.PhraseUsed = time.Now().Add(-time.Hour)
	h.Event(model.Event{Kind: model.EventSelf})
	h.WantSees(wordUsed, fmt.Sprintf(wordUsedText, say.When(m.PhraseUsed, time.Now())))
	if got := h.Fields()[0].Text(); got != "Ali" {
		t.Errorf("the field holds %q", got)
	}
	h.Press(wordDismiss)
	if !m.PhraseUsed.IsZero() || h.Sees(wordUsed) {
		t.Errorf("after it was read: noticed %v, on the screen %t", m.PhraseUsed, h.Sees(wordUsed))
	}
}
