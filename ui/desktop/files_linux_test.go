package desktop

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// portal answers each question with what the test says.
type portal struct {
	conn   *dbus.Conn
	asked  chan map[string]dbus.Variant
	method chan string
	mu     sync.Mutex
	answer func(path dbus.ObjectPath)
}

// will sets what the next questions are answered with.
func (p *portal) will(answer func(path dbus.ObjectPath)) {
	p.mu.Lock()
	p.answer = answer
	p.mu.Unlock()
}

func (p *portal) ask(method string, sender dbus.Sender, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	token := options["handle_token"].Value().(string)
	who := []byte(sender[1:])
	for i := range who {
		if who[i] == '.' {
			who[i] = '_'
		}
	}
	path := dbus.ObjectPath(portalPath + "/request/" + string(who) + "/" + token)
	p.asked <- options
	p.method <- method
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	answer(path) // as early as it can come: before the question returns
	return path, nil
}

func (p *portal) OpenFile(_, _ string, options map[string]dbus.Variant, sender dbus.Sender) (dbus.ObjectPath, *dbus.Error) {
	return p.ask("open", sender, options)
}

func (p *portal) SaveFile(_, _ string, options map[string]dbus.Variant, sender dbus.Sender) (dbus.ObjectPath, *dbus.Error) {
	return p.ask("save", sender, options)
}

func (p *portal) reply(path dbus.ObjectPath, status uint32, uris ...string) {
	p.conn.Emit(path, portalReply+".Response", status, map[string]dbus.Variant{"uris": dbus.MakeVariant(uris)})
}

func TestChooseFile(t *testing.T) {
	bus := startBus(t)
	p := &portal{conn: bus, asked: make(chan map[string]dbus.Variant, 1), method: make(chan string, 1)}
	if err := bus.Export(p, portalPath, portalFiles); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if _, err := ChooseFile(ctx, FileQuestion{}); !errors.Is(err, ErrNoDialog) {
		t.Fatalf("nobody answers: %v", err)
	}
	own(t, bus, portalName)
	mallory := join(t)

	for _, c := range []struct {
		name, want string
		bad        bool
		answer     func(dbus.ObjectPath)
	}{
		{name: "a file", want: "/tmp/a+b ü.png", answer: func(path dbus.ObjectPath) {
			mallory.Emit(path, portalReply+".Response", uint32(0), map[string]dbus.Variant{"uris": dbus.MakeVariant([]string{"file:///etc/passwd"})})
			p.reply("/org/freedesktop/portal/desktop/request/1/other", 0, "file:///other")
			p.reply(path, 0, "file:///tmp/a+b%20%C3%BC.png")
		}},
		{name: "closed", answer: func(path dbus.ObjectPath) { p.reply(path, 1) }},
		{name: "elsewhere", bad: true, answer: func(path dbus.ObjectPath) { p.reply(path, 0, "smb://host/x") }},
		{name: "another host", bad: true, answer: func(path dbus.ObjectPath) { p.reply(path, 0, "file://host/x") }},
		{name: "nothing", bad: true, answer: func(path dbus.ObjectPath) { p.reply(path, 0) }},
		{name: "nonsense", bad: true, answer: func(path dbus.ObjectPath) { p.conn.Emit(path, portalReply+".Response", "x") }},
	} {
		p.will(c.answer)
		got, err := ChooseFile(ctx, FileQuestion{Title: "t", Folder: "/tmp", Kind: "Pictures", Globs: []string{"*.png"}})
		if got != c.want || (err != nil) != c.bad || c.bad && !errors.Is(err, ErrNoDialog) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
		options := <-p.asked
		if string(options["current_folder"].Value().([]byte)) != "/tmp\x00" {
			t.Errorf("%s: asked with %v", c.name, options)
		}
		if m := <-p.method; m != "open" {
			t.Errorf("%s: %s", c.name, m)
		}
	}

	p.will(func(path dbus.ObjectPath) { p.reply(path, 0, "file:///tmp/x") })
	if got, err := ChooseFile(ctx, FileQuestion{Save: true, Name: "code.png"}); got != "/tmp/x" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if o := <-p.asked; o["current_name"].Value() != "code.png" || <-p.method != "save" {
		t.Errorf("asked with %v", o)
	}

	// The library makes another signature of it for who answers, so ask the question.
	if sig := (FileQuestion{Globs: []string{"*"}}).options("")["filters"].Signature().String(); sig != "a(sa(us))" {
		t.Errorf("the kinds of file have the signature %s", sig)
	}

	// A dialog whose program ends has no answer.
	p.will(func(dbus.ObjectPath) { go bus.ReleaseName(portalName) })
	if _, err := ChooseFile(ctx, FileQuestion{}); !errors.Is(err, ErrNoDialog) {
		t.Errorf("its program ended: %v", err)
	}
}
