package ui

import (
	"context"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/stage"
)

// kept is a crash report in memory.
type kept struct {
	mu   sync.Mutex
	text string
}

func (k *kept) Read() (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text, nil
}

func (k *kept) Delete() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.text = ""
	return nil
}

// press presses the button of that name below o.
func press(t *testing.T, o fyne.CanvasObject, name string) {
	t.Helper()
	b := find(o, func(o fyne.CanvasObject) bool {
		b, ok := o.(*kit.Button)
		return ok && b.AccessibilityLabel() == name
	})
	if b == nil {
		t.Fatalf("there is no button %q", name)
	}
	b.(*kit.Button).Tapped(nil)
}

func says(o fyne.CanvasObject, words string) bool {
	return find(o, func(o fyne.CanvasObject) bool { x, ok := o.(*kit.Text); return ok && strings.Contains(x.Text(), words) }) != nil
}

func TestCrashIsTold(t *testing.T) {
	k := &kept{text: "Sotto 1, linux\n\ngoroutine 1:\nsotto/ui.crash(...)\n\tcrash.go:1\n"}
	r := newRig(t, story(), stage.Screens{Report: k}, fyne.NewSize(1280, 800))
	v := r.w.main
	r.until("the crash is told", func() bool { return v.notice.Visible() })
	if !says(v.notice, wordCrashed) || !says(v.notice, wordCrashedText) {
		t.Error("the banner does not say it")
	}
	press(t, v.notice, wordShowReport)
	if v.notice.Visible() {
		t.Error("the banner stays although the report is on show")
	}
	if v.page == nil || !says(v.pageView, "sotto/ui.crash(...)") || !says(v.pageView, "    crash.go:1") {
		t.Fatal("the report is not on show")
	}
	press(t, v.pageView, wordCopyReport)
	if got := fyne.CurrentApp().Clipboard().Content(); got != k.text {
		t.Errorf("%q is copied", got)
	}
	press(t, v.pageView, wordDeleteReport)
	r.until("the report is deleted", func() bool { left, _ := k.Read(); return left == "" })
	if v.page != nil {
		t.Error("the page stays")
	}
}

func TestCrashReportIsDeletedUnread(t *testing.T) {
	k := &kept{text: "Sotto 1\n"}
	r := newRig(t, story(), stage.Screens{Report: k}, fyne.NewSize(1280, 800))
	v := r.w.main
	r.until("the crash is told", func() bool { return v.notice.Visible() })
	press(t, v.notice, wordDeleteReport)
	r.until("the banner is gone", func() bool { return !v.notice.Visible() })
	if left, _ := k.Read(); left != "" {
		t.Error("the report is still there")
	}
}

func TestNoCrashNoBanner(t *testing.T) {
	k := &kept{}
	r := newRig(t, story(), stage.Screens{Report: k}, fyne.NewSize(1280, 800))
	looked := false
	r.w.main.Run(nothing, func(error) { looked = true })
	r.until("a later work is done", func() bool { return looked })
	if r.w.main.notice.Visible() {
		t.Error("a crash is told that never was")
	}
}

func nothing(context.Context) error { return nil }
