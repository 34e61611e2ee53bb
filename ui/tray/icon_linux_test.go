package tray

import (
	"bytes"
	"context"
	"image/png"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"sotto/ui/desktop/bustest"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// watcher keeps the list of tray icons.
type watcher struct{ came chan string }

func (w *watcher) RegisterStatusNotifierItem(item string, sender dbus.Sender) *dbus.Error {
	w.came <- string(sender) + item
	return nil
}

func TestTrayIcon(t *testing.T) {
	bus := bustest.Start(t)
	w := &watcher{make(chan string, 4)}
	if err := bus.Export(w, watcherPath, watcherName); err != nil {
		t.Fatal(err)
	}
	bustest.Own(t, bus, watcherName)
	done := make(chan string, 4)
	icon := New(Actions{
		Show: func() { done <- "show" }, Lock: func() { done <- "lock" }, Quit: func() { done <- "quit" }})
	icon.Set(func(s *State) { s.Unread = 3 })
	icon.Start()
	icon.Start()
	at := bustest.Next(t, "an icon", w.came)
	if len(w.came) > 0 {
		t.Error("there are two icons")
	}
	name := at[:len(at)-len("/StatusNotifierItem")]
	item := bus.Object(name, "/StatusNotifierItem")
	get := func(what string) any {
		v, err := item.GetProperty("org.kde.StatusNotifierItem." + what)
		if err != nil {
			t.Fatal(err)
		}
		return v.Value()
	}
	tip := func() string { return get("ToolTip").([]any)[2].(string) }
	if got := tip(); got != "Sotto, 3 unread messages" {
		t.Errorf("it says %q", got)
	}
	picture := func() []byte { return get("IconPixmap").([][]any)[0][2].([]byte) }
	three := picture()
	if len(three) != 4*markSize*markSize {
		t.Errorf("its picture has %d bytes", len(three))
	}
	if err := item.Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err; err != nil {
		t.Fatal(err)
	}
	if did := bustest.Next(t, "a click", done); did != "show" {
		t.Errorf("a click did %q", did)
	}

	menu := bus.Object(name, "/StatusNotifierItem/menu")
	var revision uint32
	var layout struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	if err := menu.CallWithContext(context.Background(), "com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &layout); err != nil {
		t.Fatal(err)
	}
	if len(layout.Children) != 3 {
		t.Fatalf("the menu has %d lines", len(layout.Children))
	}
	for i, want := range []string{"show", "lock", "quit"} {
		id := layout.Children[i].Value().([]any)[0].(int32)
		// Whoever listens may not yet: what nobody hears is dropped. A click that was
		// repeated for that reason may still come from the line before.
		did := ""
		for range 200 {
			if err := menu.Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(""), uint32(0)).Err; err != nil {
				t.Fatal(err)
			}
			select {
			case did = <-done:
			case <-time.After(20 * time.Millisecond):
			}
			if did == want {
				break
			}
		}
		if did != want {
			t.Errorf("line %d did %q", i, did)
		}
	}

	// The words change last. They are waited for: while the library takes a picture
	// over, it must not be asked for the one before.
	if err := bus.AddMatchSignal(dbus.WithMatchMember("NewToolTip")); err != nil {
		t.Fatal(err)
	}
	said := make(chan *dbus.Signal, 8)
	bus.Signal(said)
	icon.Set(func(s *State) { s.Locked, s.Unread = true, 0 })
	bustest.Next(t, "other words", said)
	if tip() != wordLocked || bytes.Equal(picture(), three) {
		t.Errorf("it says %q", tip())
	}
}

func TestTrayWords(t *testing.T) {
	for s, want := range map[State]string{{}: "Sotto", {Unread: 1}: "Sotto, 1 unread message", {Unread: 12}: "Sotto, 12 unread messages",
		{Locked: true, Unread: 2}: "Sotto, locked"} {
		if got := s.words(); got != want {
			t.Errorf("%+v: %q", s, got)
		}
	}
}

// Whatever the number, the picture can be read and differs.
func TestMark(t *testing.T) {
	seen := map[string]int{}
	for _, n := range []int{0, 1, 9, 10} {
		b, err := mark(n)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[string(b)]; ok {
			t.Errorf("%d looks like %d", n, other)
		}
		seen[string(b)] = n
		im, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, a := im.At(markSize/2, 20).RGBA(); a == 0 {
			t.Errorf("with %d there is no mark", n)
		}
	}
	a, _ := mark(10)
	if b, _ := mark(200); !bytes.Equal(a, b) {
		t.Error("large numbers differ")
	}
}
