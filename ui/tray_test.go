package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"sotto/ui/desktop"
	"sotto/ui/stage"
)

func TestClosingGoesToTheTray(t *testing.T) {
	for _, served := range []bool{true, false} {
		r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
		b := &board{stands: map[string]desktop.Notice{}, served: served}
		r.w.Notifier = b
		r.w.SetTray(true)
		r.w.close()
		if r.w.main == nil || !r.w.hidden || r.w.front {
			t.Fatal("the program ended, or the window is still there")
		}
		if _, told := b.stands[keyTray]; told != served {
			t.Errorf("somebody shows notifications: %v; it is told: %v", served, told)
		}
		if r.w.tell == served {
			t.Error("the window is to say it as well, or not at all")
		}
		r.w.Raise()
		if r.w.tell {
			t.Error("the window does not say it when it is back")
		}
		if r.w.hidden || len(b.stands) > 0 {
			t.Error("the window is back and the notification stands")
		}
		r.w.close()
		if b.shown > 1 || r.w.tell {
			t.Error("it is said twice")
		}
		r.w.SetTray(false)
		if r.w.hidden {
			t.Error("the tray is gone, and nobody sees the window")
		}
		r.w.close()
		if r.w.main != nil {
			t.Error("without a tray the program goes on")
		}
	}
}

func TestBeginsHiddenOnlyInATray(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.w.BeginHidden()
	r.w.ShowUnlessInTray()
	if r.w.hidden {
		t.Error("hidden without a tray")
	}
	r.w.BeginHidden()
	r.w.SetTray(true)
	r.w.ShowUnlessInTray()
	if !r.w.hidden || r.w.front {
		t.Error("shown although there is a tray")
	}
}
