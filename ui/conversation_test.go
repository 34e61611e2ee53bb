package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
	"sotto/ui/uitest"
)

// The header gives a name the room it needs, also when it is another than it was.
func TestHeaderGivesRoomToNames(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	for _, name := range []string{"Alice of the harbour", "A", "Алиса"} {
		r.m.ChangeContact(uitest.ID("Alice"), func(c *model.Contact) { c.Name = name })
		r.until("she has another name", func() bool { return r.talk().contact.Name == name })
		has, needs := r.talk().name.Size().Width, kit.Measure(name, theme.Title)
		if has < needs || has > needs+2 {
			t.Errorf("%q needs %v and has %v", name, needs, has)
		}
	}
}
