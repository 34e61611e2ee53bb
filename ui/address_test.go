package ui

import (
	"net/url"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/ui/kit"
	"sotto/ui/stage"
)

// onTop returns the words and buttons of what lies over the window.
func (r *rig) onTop() (words string, buttons map[string]*kit.Button) {
	buttons = map[string]*kit.Button{}
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch o := o.(type) {
		case *kit.Text:
			words += o.Text() + "\n"
		case *kit.Button:
			buttons[o.AccessibilityLabel()] = o
		}
		switch o := o.(type) {
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		}
	}
	if top := r.w.window.Canvas().Overlays().Top(); top != nil {
		walk(top)
	}
	return words, buttons
}

func TestAnAddressIsOpenedAfterAsking(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	var opened []string
	before := openURL
	openURL = func(u *url.URL) error { opened = append(opened, u.String()); return nil }
	t.Cleanup(func() { openURL = before })

	r.talk().follow("https://bank.example@evil.example/login")
	words, buttons := r.onTop()
	if !strings.Contains(words, wordOpenAddress) || !strings.Contains(words, "evil.example\n") || !strings.Contains(words, wordNotTheHost) {
		t.Errorf("it says %q", words)
	}
	if len(opened) != 0 {
		t.Fatal("it is opened without asking")
	}
	buttons[wordStay].Tapped(nil)
	if words, _ := r.onTop(); words != "" || len(opened) != 0 {
		t.Errorf("after Cancel: %q, opened %q", words, opened)
	}
	r.talk().follow("https://аррӏе.com/")
	words, buttons = r.onTop()
	if !strings.Contains(words, "xn--80ak6aa92e.com\n") || !strings.Contains(words, "аррӏе.com") {
		t.Errorf("of a host in other letters it says %q", words)
	}
	buttons[wordOpenIt].Tapped(nil)
	if len(opened) != 1 {
		t.Fatalf("opened %q", opened)
	}
	r.talk().follow("https://x.example/a")
	_, buttons = r.onTop()
	buttons[wordCopyAddress].Tapped(nil)
	if got := fyne.CurrentApp().Clipboard().Content(); got != "https://x.example/a" || len(opened) != 1 {
		t.Errorf("copied %q", got)
	}
}

func TestACodeInAMessageLeadsToWhereItIsUsed(t *testing.T) {
	pages := 0
	r := newRig(t, story(), stage.Screens{AddContact: func(stage.Host) stage.Page {
		pages++
		return stage.Page{Key: "add", Content: kit.Spacer(1, 1)}
	}}, fyne.NewSize(1280, 800))
	r.open("Alice")
	before := openURL
	openURL = func(*url.URL) error { t.Error("a code is handed to the browser"); return nil }
	t.Cleanup(func() { openURL = before })
	r.talk().follow("sotto:i/1/k7qxm2v5ndr3wzj6")
	_, buttons := r.onTop()
	if pages != 0 {
		t.Fatal("the page opens without asking")
	}
	buttons[wordCopyAndAdd].Tapped(nil)
	if got := fyne.CurrentApp().Clipboard().Content(); pages != 1 || got != "sotto:i/1/k7qxm2v5ndr3wzj6" {
		t.Errorf("%d pages, copied %q", pages, got)
	}
}

// What is typed after a click on a message is written.
func TestTypingAfterAClickGoesToTheComposer(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	r.w.window.Canvas().Focus(r.talk().timeline)
	r.talk().timeline.OnWrite('x')
	c := r.talk().composer
	if c.entry.Text != "x" || r.w.window.Canvas().Focused() != fyne.Focusable(c.entry) {
		t.Errorf("the field holds %q", c.entry.Text)
	}
}
