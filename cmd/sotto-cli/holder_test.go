package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sotto/app/control"
	"sotto/app/model"
)

// talk is a messenger with one contact and a conversation.
type talk struct {
	control.Messenger
	contact  model.Contact
	messages []model.Message
	renewed  []model.ContactID
	refusal  error
}

func (f *talk) Contacts(context.Context) ([]model.Contact, error) {
	return []model.Contact{f.contact}, nil
}

func (f *talk) Contact(context.Context, model.ContactID) (model.Contact, error) {
	return f.contact, nil
}

func (f *talk) Messages(_ context.Context, _ model.ContactID, p model.Page) ([]model.Message, error) {
	if p.Before != 0 {
		return nil, nil
	}
	return f.messages, nil
}

func (f *talk) RenewSession(_ context.Context, id model.ContactID) error {
	if f.refusal != nil {
		return f.refusal
	}
	f.renewed = append(f.renewed, id)
	return nil
}

// held runs a command against a profile that m holds.
func held(t *testing.T, m control.Messenger, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "keys"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stop, err := control.Offer(dir, m)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var out, said bytes.Buffer
	status = run(t.Context(), append([]string{"--data", dir}, args...), strings.NewReader(""), &out, &said)
	return status, out.String(), said.String()
}

func TestRenew(t *testing.T) {
	f := &talk{contact: model.Contact{ID: "c1", Name: "Bob", Trust: model.TrustVerified}}
	status, out, said := held(t, f, "renew", "Bob")
	if status != 0 || out != "A new session begins as soon as Bob's computer answers.\n" || said != "" {
		t.Errorf("exit status %d, printed %q, said %q", status, out, said)
	}
	status, out, _ = held(t, f, "renew", "c1", "--json")
	if status != 0 || !strings.HasPrefix(out, `{"id":"c1","name":"Bob",`) {
		t.Errorf("exit status %d, printed %q", status, out)
	}
	if len(f.renewed) != 2 || f.renewed[0] != "c1" || f.renewed[1] != "c1" {
		t.Errorf("renewed: %v", f.renewed)
	}
	for kind, want := range map[model.Kind]string{
		model.CannotRenew:  "no keys left",
		model.NotConfirmed: "until the other computer has answered",
		model.Blocked:      "blocked",
		model.NotFound:     "no Bob",
	} {
		f.refusal = model.E(kind, "Bob", nil)
		if status, out, said := held(t, f, "renew", "Bob"); status != exitFailed || out != "" || !strings.Contains(said, want) {
			t.Errorf("%s: exit status %d, printed %q, said %q", kind, status, out, said)
		}
	}
}

func TestNotesAndCautions(t *testing.T) {
	f := &talk{contact: model.Contact{ID: "c1", Name: "Bob\x1b"}, messages: []model.Message{
		{ID: "1", Row: 1, Direction: model.Incoming, State: model.Read, Note: model.NoteDeviceAdded},
		{ID: "2", Row: 2, Direction: model.Incoming, State: model.Read, Note: model.NoteSessionRestarted},
		{ID: "3", Row: 3, Direction: model.Incoming, State: model.Delivered, Text: "It is me", Quarantined: true},
		{ID: "4", Row: 4, Direction: model.Incoming, State: model.Delivered, Text: "Hello", Unconfirmed: true},
		{ID: "5", Row: 5, Direction: model.Incoming, State: model.Delivered, Text: "At ten?", Missing: 2},
		{ID: "6", Row: 6, Direction: model.Outgoing, State: model.Waiting, Text: "Yes"},
		{ID: "7", Row: 7, Direction: model.Outgoing, State: model.Stored, Text: "Really", Held: 2, Mailboxes: 3, Reason: model.ReasonAway},
		{ID: "8", Row: 8, Direction: model.Outgoing, State: model.Failed, Text: "No", Reason: model.ReasonCancelled},
	}}
	_, out, said := held(t, f, "messages", "c1")
	want := strings.ReplaceAll(`never  -  -                                                                  Bob� added a device.
never  -  -                                                                  You and Bob� started over without the old keys. Compare safety numbers again.
never  3  Bob�  device not in use                                            It is me
never  4  Bob�  unconfirmed                                                  Hello
-      -  -                                                                  Missing here: 2, which were written before the next one.
never  5  Bob�                                                               At ten?
never  6  You   waiting                                                      Yes
never  7  You   stored in 2 of 3 mailboxes (their computer does not answer)  Really
never  8  You   failed (you took it back)                                    No
`, `\ufffd`, "\ufffd")
	if out != want || said != "" {
		t.Errorf("printed\n%ssaid %q, want\n%s", out, said, want)
	}
	_, out, _ = held(t, f, "messages", "c1", "--json")
	for _, part := range []string{`"note":"device-added"`, `"note":"session-restarted"`, `"text":"It is me","time":"0001-01-01T00:00:00Z","state_time":"0001-01-01T00:00:00Z","row":3,"revision":0,"quarantined":true`,
		`"state":"stored","text":"Really","time":"0001-01-01T00:00:00Z","state_time":"0001-01-01T00:00:00Z","row":7,"revision":0,"held":2,"mailboxes":3,"reason":"away"`,
		`"state":"failed",`, `"reason":"cancelled"`} {
		if !strings.Contains(out, part) {
			t.Errorf("%s is not in %s", part, out)
		}
	}
}

// The lines of "run", which scripts tell apart by their kind.
func TestMessageLines(t *testing.T) {
	bob := model.Contact{Name: "Bob"}
	for _, c := range []struct {
		m          model.Message
		kind, text string
	}{
		{model.Message{Direction: model.Incoming, Note: model.NoteSessionRenewed}, "note", "New secure session with Bob."},
		{model.Message{Direction: model.Incoming, Note: model.NoteDeviceRemoved}, "note", "Bob removed a device."},
		{model.Message{Direction: model.Incoming, Text: "Hi", Quarantined: true}, "message", "Bob (device not in use): Hi"},
		{model.Message{Direction: model.Incoming, Text: "Hi\x07"}, "message", "Bob: Hi\ufffd"},
		{model.Message{Direction: model.Outgoing, Text: "Hi"}, "sent", "To Bob: Hi"},
	} {
		if kind, text := messageWords(bob, c.m); kind != c.kind || text != c.text {
			t.Errorf("%+v: %s %q, want %s %q", c.m, kind, text, c.kind, c.text)
		}
	}
}
