package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sotto/app/control"
	"sotto/app/model"
	"sotto/app/qr"
)

// post is a messenger with one message and one mailbox that notes what it is asked to do.
type post struct {
	control.Messenger
	message model.Message
	steps   []model.Step
	boxes   []model.Mailbox
	asked   []string
	refusal error
}

func (f *post) ask(what ...any) error {
	if f.refusal == nil {
		f.asked = append(f.asked, strings.TrimSuffix(fmt.Sprintln(what...), "\n"))
	}
	return f.refusal
}

func (f *post) Contact(context.Context, model.ContactID) (model.Contact, error) {
	return model.Contact{ID: "c1", Name: "Bob"}, nil
}

func (f *post) Contacts(context.Context) ([]model.Contact, error) {
	return []model.Contact{{ID: "c1", Name: "Bob"}}, nil
}

func (f *post) FindMessage(_ context.Context, prefix string) (model.Message, error) {
	switch {
	case prefix == "a":
		return model.Message{}, model.E(model.Ambiguous, "", nil)
	case prefix == "" || !strings.HasPrefix(string(f.message.ID), prefix):
		return model.Message{}, model.E(model.NotFound, "", nil)
	}
	return f.message, nil
}

func (f *post) Message(context.Context, model.MessageID) (model.Message, error) {
	return f.message, nil
}

func (f *post) Send(_ context.Context, _ model.ContactID, text string) (model.Message, error) {
	return f.message, f.ask("send", text)
}

func (f *post) Subscribe() (<-chan model.Event, func()) { return make(chan model.Event), func() {} }

func (f *post) Details(context.Context, model.MessageID) (model.Details, error) {
	return model.Details{Message: f.message, Steps: f.steps, NextTry: noon.Add(time.Hour)}, nil
}

func (f *post) Resend(_ context.Context, id model.MessageID) error { return f.ask("resend", id) }
func (f *post) Cancel(_ context.Context, id model.MessageID) error { return f.ask("cancel", id) }
func (f *post) Edit(_ context.Context, id model.MessageID, text string) error {
	return f.ask("edit", id, text)
}

func (f *post) Mailboxes(context.Context) (model.MailboxSummary, error) {
	return model.MailboxSummary{Mailboxes: f.boxes}, nil
}

func (f *post) AddMailbox(_ context.Context, link, name string) (model.Mailbox, error) {
	return model.Mailbox{ID: "b1", Name: name}, f.ask("add", link, name)
}

func (f *post) RemoveMailbox(_ context.Context, id model.MailboxID) error { return f.ask("remove", id) }
func (f *post) MailboxOwner(context.Context) (string, error)              { return "sotto:o/1/a", nil }

var noon = time.Date(2030, 1, 2, 12, 0, 0, 5e6, time.Local)

func stored() *post {
	return &post{
		message: model.Message{ID: "abc1", Contact: "c1", Direction: model.Outgoing, State: model.Stored, Held: 2, Mailboxes: 3, Reason: model.ReasonAway},
		steps: []model.Step{
			{Kind: model.StepWritten, Time: noon},
			{Kind: model.StepTried, Time: noon.Add(time.Second), Reason: model.ReasonAway},
			{Kind: model.StepHeld, Time: noon.Add(2 * time.Second), Mailbox: "Box\x1b", Held: 2, Mailboxes: 3},
			{Kind: model.StepHandedOver, Time: noon.Add(3 * time.Second), Via: model.ViaLAN},
		},
	}
}

func TestDetails(t *testing.T) {
	status, out, said := held(t, stored(), "details", "ab")
	want := `To Bob: stored in 2 of 3 mailboxes (their computer does not answer)
2030-01-02 12:00:00.005  written
2030-01-02 12:00:01.005  tried directly (their computer does not answer)
2030-01-02 12:00:02.005  stored in a mailbox of theirs: Box` + "\ufffd" + ` (2 of 3)
2030-01-02 12:00:03.005  handed over to their computer (lan)
2030-01-02 13:00:00.005  is tried again by itself
`
	if status != 0 || out != want || said != "" {
		t.Errorf("exit status %d, printed\n%ssaid %q, want\n%s", status, out, said, want)
	}
	_, out, _ = held(t, stored(), "details", "abc1", "--json")
	for _, part := range []string{`{"message":{"id":"abc1",`, `"state":"stored"`, `"steps":[{"kind":"written",`, `"mailbox":"Box\u001b","held":2,"mailboxes":3}`, `"devices":[]`, `"next_try":"2030-`} {
		if !strings.Contains(out, part) {
			t.Errorf("%s is not in %s", part, out)
		}
	}
}

func TestMessageCommands(t *testing.T) {
	for _, c := range []struct {
		args        []string
		asked, says string
	}{
		{[]string{"resend", "ab"}, "resend abc1", "It is tried again now.\n"},
		{[]string{"resend", "abc1", "--json"}, "resend abc1", `{"resent":"abc1"}` + "\n"},
		{[]string{"cancel", "ab"}, "cancel abc1", "Taken back. If it was under way already, it may still arrive.\n"},
		{[]string{"edit", "ab", "at eleven"}, "edit abc1 at eleven", "The text was replaced.\n"},
		{[]string{"edit", "ab"}, "edit abc1 ", "The text was replaced.\n"}, // what standard input has
	} {
		f := stored()
		status, out, said := held(t, f, c.args...)
		if status != 0 || out != c.says || said != "" || !slices.Equal(f.asked, []string{c.asked}) {
			t.Errorf("%q: exit status %d, printed %q, said %q, asked %q", c.args, status, out, said, f.asked)
		}
		for kind, want := range map[model.Kind]string{model.NotWaiting: "too late", model.NoSpace: "disk is full"} {
			f := stored()
			f.refusal = model.E(kind, "", nil)
			if status, out, said := held(t, f, c.args...); status != exitFailed || out != "" || !strings.Contains(said, want) {
				t.Errorf("%q, %s: exit status %d, printed %q, said %q", c.args, kind, status, out, said)
			}
		}
	}
	for _, command := range []string{"details", "resend", "cancel", "edit"} {
		for id, want := range map[string]string{"a": `"a" fits several; give more of the id.`, "ff": `There is no message "ff".`, "": `There is no message "".`} {
			f := stored()
			if status, out, said := held(t, f, command, id); status != exitFailed || out != "" || said != want+"\n" || f.asked != nil {
				t.Errorf("%s %q: exit status %d, printed %q, said %q", command, id, status, out, said)
			}
		}
	}
}

// TestWait: what a state is good for that somebody waits for.
func TestWait(t *testing.T) {
	for _, c := range []struct {
		state  model.State
		wait   string
		status int
		says   string
	}{
		{model.Waiting, "stored", exitFailed, "waits here"},
		{model.Stored, "stored", 0, `"state":"stored"`},
		{model.Stored, "delivered", exitFailed, "in 2 of 3 mailboxes"},
		{model.Delivered, "stored", 0, `"state":"delivered"`},
		{model.Delivered, "delivered", 0, `"state":"delivered"`},
		{model.Delivered, "read", exitFailed, "not read yet"},
		{model.Read, "delivered", 0, `"state":"read"`},
		{model.Read, "read", 0, `"state":"read"`},
		{model.Failed, "stored", exitFailed, "will not be delivered"},
	} {
		f := stored()
		f.message.State = c.state
		status, out, said := held(t, f, "--json", "send", "Bob", "hello", "--wait", c.wait, "--timeout", "20ms")
		if status != c.status || !strings.Contains(out+said, c.says) {
			t.Errorf("%s, waiting for %s: exit status %d, printed %q, said %q", c.state, c.wait, status, out, said)
		}
	}
}

func TestMailboxes(t *testing.T) {
	f := stored()
	f.boxes = []model.Mailbox{
		{ID: "b1b1b1b1b1", Kind: model.MailboxOwn, Name: "Box", Health: model.HealthOK, Used: 1536, Quota: 1 << 30, Waiting: 3},
		{ID: "b2", Kind: model.MailboxContact, Health: model.HealthSilent, Silent: noon, Quota: 64 << 20},
		{ID: "b3", Kind: model.MailboxOwn, Name: "Liar", Health: model.HealthLies},
	}
	_, out, _ := held(t, f, "mailboxes")
	want := `b1b1b1b1  Box   own      ok                                1.5 KiB of 1 GiB  3 waiting
b2        -     contact  silent since 2030-01-02 12:00     0 B of 64 MiB     0 waiting
b3        Liar  own      LIES: it does not keep what it takes  0 B of 0 B        0 waiting
`
	squeeze := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
	}
	if squeeze(out) != squeeze(want) {
		t.Errorf("printed\n%swant\n%s", out, want)
	}
	_, out, _ = held(t, f, "mailboxes", "--json")
	if !strings.HasPrefix(out, `[{"id":"b1b1b1b1b1","kind":"own","name":"Box","health":"ok"`) || !strings.Contains(out, `"used":1536,"quota":1073741824,"waiting":3`) {
		t.Errorf("printed %s", out)
	}
	if _, out, _ = held(t, stored(), "mailboxes", "--json"); out != "[]\n" {
		t.Errorf("none: printed %q", out)
	}
	if status, out, _ := held(t, f, "mailboxes", "remove", "b1"); status != 0 || !strings.HasPrefix(out, "Box (b1b1b1b1) is no mailbox of yours any more.") {
		t.Errorf("exit status %d, printed %q", status, out)
	}
	if status, out, said := held(t, f, "mailboxes", "remove", "b"); status != exitFailed || out != "" || !strings.Contains(said, "several") {
		t.Errorf("exit status %d, printed %q, said %q", status, out, said)
	}
	if status, _, said := held(t, f, "mailboxes", "remove", "c"); status != exitFailed || !strings.Contains(said, `no mailbox "c"`) {
		t.Errorf("exit status %d, said %q", status, said)
	}
	if _, out, _ := held(t, f, "mailboxes", "owner"); out != "sotto:o/1/a\n" {
		t.Errorf("printed %q", out)
	}
	if _, out, _ := held(t, f, "mailboxes", "owner", "--json"); out != `{"owner":"sotto:o/1/a"}`+"\n" {
		t.Errorf("printed %q", out)
	}
	if want := []string{"remove b1b1b1b1b1"}; !slices.Equal(f.asked, want) {
		t.Errorf("asked %q, want %q", f.asked, want)
	}
}

func TestAddMailbox(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "code.png")
	if err := writeCode(picture, "sotto:m/1/abc"); err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{"sotto:m/1/abc", picture} {
		f := stored()
		status, out, said := held(t, f, "mailboxes", "add", arg, "--name", "Box")
		if status != 0 || out != "Box (b1) is a mailbox of yours now.\n" || said != "" {
			t.Errorf("%s: exit status %d, printed %q, said %q", arg, status, out, said)
		}
		if len(f.asked) != 1 || !strings.EqualFold(f.asked[0], "add sotto:m/1/abc Box") {
			t.Errorf("%s: asked %q", arg, f.asked)
		}
	}
	words := filepath.Join(t.TempDir(), "words.txt")
	if err := os.WriteFile(words, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string]string{"hello": "not a mailbox link", words: "No Sotto code in this picture"} {
		if status, out, said := held(t, stored(), "mailboxes", "add", arg); status != exitFailed || out != "" || !strings.Contains(said, want) {
			t.Errorf("%s: exit status %d, printed %q, said %q", arg, status, out, said)
		}
	}
	for kind, want := range map[model.Kind]string{
		model.NotAMailbox: "not a mailbox link", model.MailboxLinkDamaged: "damaged", model.MailboxKnown: "already",
		model.MailboxRefused: "does not serve you", model.MailboxUnreachable: "does not answer", model.TooManyMailboxes: "three mailboxes",
	} {
		f := stored()
		f.refusal = model.E(kind, "", nil)
		if status, out, said := held(t, f, "mailboxes", "add", "sotto:m/1/abc"); status != exitFailed || out != "" || !strings.Contains(said, want) {
			t.Errorf("%s: exit status %d, printed %q, said %q", kind, status, out, said)
		}
	}
}

func TestEveryStepAndReasonHasWords(t *testing.T) {
	for _, k := range declared[model.StepKind](t, "delivery.go", "StepKind", 15) {
		if stepWords(model.Step{Kind: k}) == "" {
			t.Errorf("step %s", k)
		}
	}
	for _, r := range declared[model.Reason](t, "delivery.go", "Reason", 10) {
		if r != model.ReasonNone && reasons[r] == "" {
			t.Errorf("reason %s", r)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]size{
		"0": 0, "1": 1, "1024": 1024, "1kB": 1000, "1KiB": 1024, "1.5GiB": 3 << 29, "2 TB": 2e12, "10m": 10 << 20, "5b": 5,
	} {
		var s size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "GiB", "-1", "1e3", "1 PiB", "NaN", "inf", "1GiBs", "0x10", "99999999TiB", "1.2.3"} {
		var s size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %d", text, s)
		}
	}
	for s, want := range map[size]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 1 << 30: "1 GiB", 5 << 50: "5120 TiB"} {
		if s.String() != want {
			t.Errorf("%d: %s, want %s", int64(s), s, want)
		}
	}
}

// TestTerminalCode reads a code off the terminal as a camera would.
func TestTerminalCode(t *testing.T) {
	const link = "SOTTO:M/1/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	code, err := qr.Encode(link)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := code.WriteTerminal(&b); err != nil {
		t.Fatal(err)
	}
	seen := photograph(t, b.String())
	if got, err := qr.Decode(seen); err != nil || got != link {
		t.Errorf("read %q, %v", got, err)
	}
}
