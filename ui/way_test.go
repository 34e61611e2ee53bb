package ui

import (
	"strings"
	"testing"
	"time"

	"sotto/app/model"
)

func wayText(steps []step) string {
	var out []string
	for _, s := range steps {
		line := [...]string{"+", "!", "x", "-"}[s.mark] + " " + s.title
		if s.text != "" {
			line += ": " + s.text
		}
		if !s.at.IsZero() {
			line += " @" + s.at.Format("04:05")
		}
		if s.end != "" {
			line += " (" + s.end + ")"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func wantWay(t *testing.T, d model.Details, c model.Contact, want string) {
	t.Helper()
	if got := wayText(way(d, c, now)); got != strings.TrimSpace(want) {
		t.Errorf("the way is\n%s\nwant\n%s", got, strings.TrimSpace(want))
	}
}

var wayFrom = time.Date(2026, 11, 23, 13, 12, 4, 0, time.Local)

func after(sec int) time.Time { return wayFrom.Add(time.Duration(sec) * time.Second) }

// The way of the drawn picture h-details.
func TestWayOfAHeldMessage(t *testing.T) {
	bob := model.Contact{Name: "Bob", LastSeen: time.Date(2026, 11, 23, 12, 40, 0, 0, time.Local)}
	d := model.Details{Message: model.Message{Direction: model.Outgoing, State: model.Stored}, Devices: []model.DeviceID{"a"},
		Steps: []model.Step{{Kind: model.StepWritten, Time: after(0)}, {Kind: model.StepSealed, Time: after(0)},
			{Kind: model.StepTried, Time: after(8), Reason: model.ReasonAway},
			{Kind: model.StepHeld, Time: after(9), Mailbox: "Home box", Held: 1, Mailboxes: 3},
			{Kind: model.StepHeld, Time: after(10), Mailbox: "Alice’s computer", Held: 2, Mailboxes: 3}},
		NextTry: after(3600)}
	wantWay(t, d, bob, `
+ Written @12:04
+ Sealed for 1 device: With a key used for this message only @12:04
+ Kept on this computer: Safe here even if the power goes @12:04
! Tried directly, no answer: Bob’s computer has been silent since 12:40 @12:12
+ Held by 2 of 3 mailboxes: Home box, Alice’s computer; next try 14:12 @12:14
- Fetched by Bob’s computer (waiting)
- Opened there
- Read`)
	d.Message.State = model.Read
	d.NextTry = time.Time{}
	d.Steps = append(d.Steps, model.Step{Kind: model.StepDelivered, Time: after(60)}, model.Step{Kind: model.StepRead, Time: after(61)})
	if got := wayText(way(d, bob, now)); !strings.HasSuffix(got, "Home box, Alice’s computer @12:14\n+ Opened on Bob’s computer: Stored there, and confirmed by it @13:04\n+ Read @13:05") {
		t.Errorf("the end of the way is\n%s", got)
	}
}

// A message that waits for days is tried again and again; that is told once.
func TestWayIsNotLongerThanItNeeds(t *testing.T) {
	bob := model.Contact{Name: "Bob"}
	d := model.Details{Message: model.Message{Direction: model.Outgoing, State: model.Waiting}, Devices: []model.DeviceID{"a", "b"},
		Steps: []model.Step{{Kind: model.StepWritten, Time: after(0)}, {Kind: model.StepSealed, Time: after(0)}}}
	for i := range 500 {
		d.Steps = append(d.Steps, model.Step{Kind: model.StepTried, Time: after(1 + i), Reason: model.ReasonAway})
	}
	d.Steps = append(d.Steps,
		model.Step{Kind: model.StepTried, Time: after(501), Reason: model.ReasonNoNetwork},
		model.Step{Kind: model.StepRefused, Time: after(502), Mailbox: "Home box", Reason: model.ReasonFull},
		model.Step{Kind: model.StepRefused, Time: after(503), Mailbox: "Home box", Reason: model.ReasonFull},
		model.Step{Kind: model.StepRefused, Time: after(504), Mailbox: "Away box", Reason: model.ReasonNoMailbox},
		model.Step{Kind: "of-a-newer-messenger", Time: after(505)},
		model.Step{Kind: model.StepEdited, Time: after(506)},
		model.Step{Kind: model.StepResealed, Time: after(507)},
		model.Step{Kind: model.StepHandedOver, Time: after(508), Via: model.ViaRelayed})
	wantWay(t, d, bob, `
+ Written @12:04
+ Sealed for 2 devices: With a key used for this message only @12:04
+ Kept on this computer: Safe here even if the power goes @12:04
! Tried directly 500 times, no answer: Bob’s computer was never reached yet @20:24
! Tried directly, no answer: This computer had no network @20:25
! Home box did not take it: It is full @20:27
! Away box did not take it: It did not answer @20:28
+ Changed by you @20:30
+ Sealed anew: The secure session was replaced @20:31
+ Sent, not confirmed: Through another computer, sealed @20:32
- Opened on Bob’s computer (waiting)
- Read`)
}

func TestWaysThatEnd(t *testing.T) {
	bob := model.Contact{Name: "Bob"}
	for _, c := range []struct {
		d    model.Details
		want string
	}{
		{model.Details{Message: model.Message{Direction: model.Outgoing, State: model.Failed, Reason: model.ReasonCancelled},
			Steps: []model.Step{{Kind: model.StepCancelled, Time: after(0)}}}, "x Taken back by you: If it got through before, that is shown here @12:04"},
		{model.Details{Message: model.Message{Direction: model.Outgoing, State: model.Failed},
			Steps: []model.Step{{Kind: model.StepFailed, Time: after(0), Reason: model.ReasonBlocked}}}, "x Not sent: Bob is blocked @12:04"},
		{model.Details{Message: model.Message{Direction: model.Outgoing, State: model.Failed},
			Steps: []model.Step{{Kind: model.StepDelivered, Time: after(0)}, {Kind: model.StepFailed, Time: after(9), Reason: model.ReasonLost}}},
			"+ Opened on Bob’s computer: Stored there, and confirmed by it @12:04\nx Lost there: Bob’s computer went back to a state from before it @12:13"},
		{model.Details{Message: model.Message{Direction: model.Outgoing, State: model.Failed},
			Steps: []model.Step{{Kind: model.StepFailed, Time: after(0), Reason: model.ReasonRefused}}}, "x Not sent: Bob did not accept you as a contact @12:04"},
		{model.Details{Message: model.Message{Direction: model.Incoming, State: model.Delivered, Time: after(0)},
			Steps: []model.Step{{Kind: model.StepFetched, Time: after(5), Mailbox: "Home box"}, {Kind: model.StepOpened, Time: after(6)}}},
			"+ Written: By the clock of Bob’s computer @12:04\n+ Fetched from Home box @12:09\n+ Opened and kept here: Safe here even if the power goes @12:10\n- Seen by you"},
		{model.Details{Message: model.Message{Direction: model.Incoming, State: model.Read, Time: after(0)},
			Steps: []model.Step{{Kind: model.StepArrived, Time: after(5), Via: model.ViaLAN}, {Kind: model.StepSeen, Time: after(6)}}},
			"+ Written: By the clock of Bob’s computer @12:04\n+ Came directly: Across the same network @12:09\n+ Seen by you @12:10"},
	} {
		wantWay(t, c.d, bob, c.want)
	}
}

func TestReachableWords(t *testing.T) {
	box := func(hs ...model.Health) (out []model.Mailbox) {
		for _, h := range hs {
			out = append(out, model.Mailbox{Health: h})
		}
		return out
	}
	for _, c := range []struct {
		boxes []model.Mailbox
		want  string
	}{
		{nil, wordReachable},
		{box(model.HealthOK, model.HealthSilent, model.HealthOK), "Reachable, 2 of 3 mailboxes"},
		{box(model.HealthFull, model.HealthUnknown), "Reachable, 0 of 2 mailboxes"},
		{box(model.HealthOK), "Reachable, with your mailbox"},
		{box(model.HealthSilent), "Reachable, your mailbox is silent"},
	} {
		if got := reachableWords(c.boxes); got != c.want {
			t.Errorf("%v: %q, want %q", c.boxes, got, c.want)
		}
	}
}

func TestAwayWords(t *testing.T) {
	seen := model.Contact{Name: "Bob", LastSeen: time.Date(2026, 11, 23, 12, 40, 0, 0, time.Local)}
	for _, c := range []struct {
		c    model.Contact
		m    *model.Message
		want string
	}{
		{model.Contact{Name: "Bob"}, nil, "Bob’s computer is not reached at the moment. What you write waits here and goes by itself."},
		{seen, &model.Message{}, "Bob’s computer is not reached at the moment; it was last seen 12:40. What you write waits here and goes by itself."},
		{seen, &model.Message{Mailboxes: 3}, "Bob’s computer is not reached at the moment; it was last seen 12:40. What you write is held by Bob’s 3 mailboxes until then, sealed."},
		{seen, &model.Message{Mailboxes: 1}, "Bob’s computer is not reached at the moment; it was last seen 12:40. What you write is held by Bob’s mailbox until then, sealed."},
		{seen, &model.Message{Mailboxes: 2, Reason: model.ReasonFull}, "Bob’s computer is not reached at the moment; it was last seen 12:40. The mailboxes are full, so what you write waits here and goes by itself."},
		{seen, &model.Message{Reason: model.ReasonNoMailbox}, "Bob’s computer is not reached at the moment; it was last seen 12:40. None of the mailboxes answers either, so what you write waits here and goes by itself."},
	} {
		got := awayWords(c.c, func() (model.Message, bool) {
			if c.m == nil {
				return model.Message{}, false
			}
			return *c.m, true
		}, now)
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.m, got, c.want)
		}
	}
}
