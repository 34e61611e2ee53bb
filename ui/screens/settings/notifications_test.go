package settings

import (
	"errors"
	"testing"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/screentest"
)

func TestNotifications(t *testing.T) {
	h, m := open(t, 1280, 800)
	h.Press(wordNotifications)
	if m.Chosen.Notify != model.NotifyName {
		t.Fatalf("at first they show %q", m.Chosen.Notify)
	}
	for words, want := range map[string]model.Notify{wordShownBare: model.NotifyBare, wordShownAll: model.NotifyText, wordShownName: model.NotifyName} {
		h.Press(words)
		if m.Chosen.Notify != want {
			t.Errorf("after %q they show %q", words, m.Chosen.Notify)
		}
	}
	if h.Sees(wordQuietFrom) {
		t.Error("there are hours although none are quiet")
	}
	h.Press(wordQuiet)
	h.WantSees(wordQuietFrom, wordQuietTo)
	h.Press(clock(22))
	h.Press(clock(20))
	h.Press(clock(7))
	h.Press(clock(6))
	if s := m.Chosen; !s.Quiet || s.QuietFrom != 20 || s.QuietTo != 6 {
		t.Errorf("the choices are %+v", s)
	}
	h.Press(wordQuiet)
	if m.Chosen.Quiet || h.Sees(wordQuietFrom) {
		t.Error("the quiet hours stay")
	}
}

func TestNobodyShowsNotifications(t *testing.T) {
	for _, there := range []bool{true, false} {
		h, m := screentest.NewHost(t, 1280, 800), screentest.New("Alice")
		h.OpenSettled(Settings(h, m, Program{Notifies: func() bool { return there }}, "bell"))
		if h.Sees(wordNoNotifier) == there {
			t.Errorf("there is somebody: %v; the page says\n%s", there, h.All())
		}
	}
}

// lever is a switch in memory.
type lever struct {
	on    bool
	fails error
}

func (l *lever) On() bool { return l.on }
func (l *lever) Set(on bool) error {
	if l.fails == nil {
		l.on = on
	}
	return l.fails
}

func TestAutostart(t *testing.T) {
	l := &lever{on: true}
	h, m := screentest.NewHost(t, 1280, 800), screentest.New("Alice")
	h.OpenSettled(Settings(h, m, Program{Autostart: l}, "bell"))
	h.Press(wordAutostart)
	if l.on {
		t.Error("it was on, and stays")
	}
	h.Press(wordAutostart)
	if !l.on {
		t.Error("it was off, and stays")
	}
	l.fails = errors.New("no")
	h.Press(wordAutostart)
	if s := screentest.Find[*kit.Switch](h); !s[len(s)-1].On() {
		t.Error("it says off although that failed")
	}
	h, m = screentest.NewHost(t, 1280, 800), screentest.New("Alice")
	h.OpenSettled(Settings(h, m, Program{}, "bell"))
	if h.Sees(wordAutostart) {
		t.Error("it is offered where it does not work")
	}
}
