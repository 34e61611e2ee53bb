package people

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
	"sotto/ui/uitest"
)

func nearbyEvent(h *screentest.Host) { h.Event(model.Event{Kind: model.EventNearby}) }

func TestNearby(t *testing.T) {
	h, m := openAdd(t)
	h.WantSees(wordNearby, wordNearbyText)
	if m.Near.On {
		t.Fatal("it is on before anybody switched it on")
	}
	h.Press(wordNearby)
	h.WantSees("Visible to people nearby as Alice for 5 min", wordNearbyNobody)
	m.Near.People = []model.NearbyPerson{
		{ID: "n1", Name: "Bob", Code: "0042"}, {ID: "n2", Name: "Bob", Code: "9001"},
		{ID: "n3", Name: "Somebody known", Code: "1234", Contact: uitest.ID("Known")},
	}
	nearbyEvent(h)
	h.WantSees("Code 0042", "Code 9001", wordNearbyCodeNote, wordNearbyKnown)
	if h.Sees(wordNearbyNobody) {
		t.Error("nobody, and three")
	}
	asks := func() (n int) {
		for _, b := range screentest.Find[*kit.Button](h) {
			if b.Text() == wordNearbyAsk {
				n++
			}
		}
		return n
	}
	if asks() != 2 {
		t.Fatalf("%d can be asked", asks())
	}
	h.Press(wordNearbyAsk)
	if fmt.Sprint(m.Asking) != "[n1]" || asks() != 1 {
		t.Errorf("asked %v, and %d more can be", m.Asking, asks())
	}
	h.WantSees(wordNearbyAsked, wordJoinLooking)
	// It goes away by itself.
	m.Near.On = false
	nearbyEvent(h)
	h.WantSees(wordNearbyText)
	if h.Sees("Code 9001") || h.Sees(wordNearbyCodeNote) {
		t.Error("people are shown although it is off")
	}
	h.Press(wordNearby)
	h.Press(wordNearby)
	if m.Near.On {
		t.Error("it cannot be switched off")
	}
}

// Whoever is gone meanwhile cannot be asked, and the page says so.
func TestNearbyGone(t *testing.T) {
	h, m := openAdd(t)
	m.Near.People = []model.NearbyPerson{{ID: "n1", Name: "Bob", Code: "0042"}}
	h.Press(wordNearby)
	h.WantSees("Bob")
	m.Near.People = nil
	h.Press(wordNearbyAsk)
	h.WantSees(say.Problem(model.NearbyGone), wordNearbyNobody)
}

func TestNearbyEndsWithThePage(t *testing.T) {
	for what, leave := range map[string]func(*screentest.Host){
		"closing": func(h *screentest.Host) { h.Close() },
		"a conversation": func(h *screentest.Host) {
			h.Converse(uitest.ID("Bob"))
		},
	} {
		h, m := openAdd(t)
		h.Press(wordNearby)
		if !m.Near.On {
			t.Fatal("not on")
		}
		leave(h)
		h.Settle()
		if m.Near.On {
			t.Errorf("%s: it stays on", what)
		}
	}
	// Also if it was just being switched on: the answer comes after the page went.
	h, m := screentest.NewHost(t, 960, 800), screentest.New("Alice")
	h.Open(AddContactNearby(h, m))
	h.Close()
	h.Settle()
	if m.Near.On {
		t.Error("it stays on")
	}
}

func TestNearbyRefused(t *testing.T) {
	h, m := openAdd(t)
	m.NearError = model.E(model.LANOff, "", nil)
	h.Press(wordNearby)
	h.WantSees(say.Problem(model.LANOff), wordNearbyText)
	for _, s := range screentest.Find[*kit.Switch](h) {
		if s.On() {
			t.Error("it looks as if it were on")
		}
	}
	m.NearError = nil
	h.Press(wordNearby)
	h.WantSees(wordNearbyNobody)
}

// Who came to the page for that need not switch it on, and sees it.
func TestNearbyAtOnce(t *testing.T) {
	h, m := screentest.NewHost(t, 640, 500), screentest.New("Alice")
	h.OpenSettled(AddContactNearby(h, m))
	if !m.Near.On {
		t.Fatal("not on")
	}
	h.WantSees(wordNearbyNobody)
	if top, bottom := h.Span(wordNearby); top < 0 || bottom > 500 {
		t.Errorf("the switch is from %v to %v of a window that is 500 high", top, bottom)
	}
}

// The invitation that people nearby are shown is not among the codes that were
// made; once it was used it is.
func TestNearbyInvitation(t *testing.T) {
	h, m := openAdd(t)
	m.Made = append(m.Made, model.Invitation{ID: "n", Mode: model.ModeNearby, State: model.InvitationOpen, Created: time.Now(), Expires: time.Now().Add(time.Hour)})
	h.Event(model.Event{Kind: model.EventInvitation})
	if h.Sees(wordMade) {
		t.Errorf("it is listed:\n%s", h.All())
	}
	m.Made[1].State, m.Made[1].UsedBy = model.InvitationUsed, "Bob"
	h.Event(model.Event{Kind: model.EventInvitation})
	h.WantSees(wordMade, "Used by Bob")
	if !strings.Contains(h.All(), wordNearbyMode+", made") {
		t.Errorf("it does not say how:\n%s", h.All())
	}
}

func TestRequestOfSomebodyNearby(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 800), screentest.New("Alice")
	now := time.Now()
	ask(m, "Bob", now, func(r *model.Request) { r.Mode = model.ModeNearby })
	h.OpenSettled(Requests(h, m))
	h.WantSees(fmt.Sprintf(wordFoundNearby, say.When(now, now)), fmt.Sprintf(wordNearbyUnver, "Bob"))
}
