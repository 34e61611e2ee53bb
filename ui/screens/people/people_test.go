package people

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
	"sotto/ui/uitest"
)

func ask(m *screentest.Messenger, name string, at time.Time, change func(*model.Request)) {
	r := model.Request{ID: model.RequestID(name), Contact: uitest.ID(name), Name: name, Mode: model.ModeLink, Arrived: at, InvitedAt: at.Add(-time.Hour)}
	if change != nil {
		change(&r)
	}
	m.Asked = append(m.Asked, r)
}

func TestRequestsOneAfterTheOther(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 800), screentest.New("Alice")
	now := time.Now()
	ask(m, "Later", now, nil)
	ask(m, "Bob", now.Add(-time.Minute), func(r *model.Request) { r.Text = "Hello, it’s Bob." })
	h.OpenSettled(Requests(h, m))
	h.WantSees("Bob", wordChose, "Hello, it’s Bob.", "Used the link you made "+say.When(now.Add(-61*time.Minute), now))
	if want := "Arrived " + say.When(now.Add(-time.Minute), now) + ". 1 of 2 requests"; h.Page.Text != want {
		t.Errorf("the header says %q, want %q", h.Page.Text, want)
	}
	if h.Page.Key != pageKey {
		t.Errorf("the page is called %q", h.Page.Key)
	}
	h.Press(wordDecline)
	h.WantSees("Later")
	h.Press(wordBlockForget)
	h.WantSees("Block and forget Later?")
	if len(m.Log) != 1 {
		t.Fatalf("blocked before it was confirmed: %v", m.Log)
	}
	h.Press(wordBlockForget)
	if got := strings.Join(m.Log, "; "); got != "decline Bob block=false; decline Later block=true" {
		t.Errorf("what was done: %s", got)
	}
	if h.Page != nil {
		t.Error("the page stays although nobody waits")
	}
}

func TestAcceptOpensTheConversation(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 800), screentest.New("Alice")
	ask(m, "Bob", time.Now(), func(r *model.Request) { r.Mode, r.Known = model.ModePerson, true })
	h.OpenSettled(Requests(h, m))
	h.WantSees(wordWillVerify, wordKnown)
	h.Press(wordAccept)
	if h.Talk != uitest.ID("Bob") {
		t.Errorf("accepting opened %q", h.Talk)
	}
}

func TestRequestThatWentAway(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 800), screentest.New("Alice")
	ask(m, "Bob", time.Now(), nil)
	h.OpenSettled(Requests(h, m))
	m.Asked = nil
	h.Press(wordAccept)
	h.WantSees(say.Problem(model.NotFound))
	h.Event(model.Event{Kind: model.EventRequest})
	h.WantSees(wordNoRequests)
	h.Close()
	h.Settle()
	if h.Page != nil {
		t.Error("a closed page came back")
	}
}

func TestRename(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 800), screentest.New("Alice")
	bob := m.Add("Bob", nil)
	h.OpenSettled(Contact(h, m, bob.ID))
	h.WantSees(wordUnverified, wordUnverText, wordNeverSeen, say.ID(bob.ID))
	h.Press(wordRename)
	if c, _ := h.Window().Canvas().Focused().(*kit.Entry); c != h.Fields()[0].Entry() {
		t.Error("the field has not got the keyboard")
	}
	h.Type(0, "Bobby")
	h.Enter(0)
	h.WantSees("Bobby", "They call themselves Bob")
	h.Press(wordRename)
	h.Type(0, " Bob ")
	h.Enter(0)
	if got := strings.Join(m.Log, " "); got != `rename "Bobby" rename ""` {
		t.Errorf("what was done: %s", got)
	}
}

func TestTrustInWords(t *testing.T) {
	for _, c := range []struct {
		change func(*model.Contact)
		want   []string
	}{
		{func(c *model.Contact) { c.Trust = model.TrustVerified }, []string{wordVerified, wordVerifText, wordLookAgain}},
		{func(c *model.Contact) { c.Trust = model.TrustUnconfirmed }, []string{wordUnconf, wordUnconfText}},
		{func(c *model.Contact) { c.Alarm = model.AlarmKeysChanged }, []string{"This may not be Bob", wordKeysText}},
		{func(c *model.Contact) { c.Alarm = model.AlarmInvitationShared }, []string{"Somebody else has the code that Bob used"}},
		{func(c *model.Contact) { c.Alarm = model.AlarmListsDiffer },
			[]string{"Two lists of Bob’s devices contradict each other", strings.ReplaceAll(wordDiffersTxt, "%s", "Bob"), wordCompare}},
		{func(c *model.Contact) { c.Alarm, c.Trust = model.AlarmSessionCopied, model.TrustVerified },
			[]string{"Two computers use the keys of one of Bob’s devices", wordTwiceText, wordCompare}},
		{func(c *model.Contact) { c.Via = model.ViaLAN }, []string{"Same network"}},
	} {
		h, m := screentest.NewHost(t, 420, 740), screentest.New("Alice")
		h.OpenSettled(Contact(h, m, m.Add("Bob", c.change).ID))
		h.WantSees(c.want...)
	}
}

func TestBlockAndUnblock(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 800), screentest.New("Alice")
	bob := m.Add("Bob", nil)
	h.OpenSettled(Contact(h, m, bob.ID))
	h.Press(wordBlock)
	h.WantSees("Bob is blocked", wordBlocked)
	h.Press(wordUnblock)
	if m.People[bob.ID].Blocked {
		t.Error("still blocked")
	}
}

func TestVerifyByReading(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 740), screentest.New("Alice")
	bob := m.Add("Bob", nil)
	h.OpenSettled(Verify(h, m, bob))
	h.WantSees(wordSame, wordReadAloud, wordOrScan)
	h.Press(wordCopyNumber)
	if got := clipboard(); len(got) != 71 || got[:12] != "01234 56789 " {
		t.Errorf("the clipboard holds %q", got)
	}
	h.Press(wordMatch)
	if m.People[bob.ID].Trust != model.TrustVerified || h.Talk != bob.ID {
		t.Errorf("after they match: %+v, open %q", m.People[bob.ID], h.Talk)
	}
}

func TestNumbersThatDiffer(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 740), screentest.New("Alice")
	bob := m.Add("Bob", func(c *model.Contact) { c.Trust = model.TrustVerified })
	h.OpenSettled(Verify(h, m, bob))
	h.Press(wordNoMatch)
	h.WantSees(wordDiffer, wordDo1, wordDo2, wordDo3)
	if m.People[bob.ID].Trust != model.TrustConfirmed {
		t.Error("verified although the numbers differ")
	}
	h.Press(wordAgain)
	h.WantSees(wordSame)
	h.Press(wordNoMatch)
	h.Press("Block Bob")
	if !m.People[bob.ID].Blocked {
		t.Error("not blocked")
	}
}

func TestVerifyByPicture(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 740), screentest.New("Alice")
	bob := m.Add("Bob", nil)
	save := func(code string) string {
		q, err := kit.NewQR(code, 5)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "code.png")
		writePNG(t, path, q.Image(6))
		return path
	}
	h.OpenSettled(Verify(h, m, bob))
	h.Drop(save("SOTTO:I/1/SOMETHINGELSE"))
	h.WantSees(say.Problem(model.NotACode))
	h.Drop(save("SOTTO:V/1/ANOTHERCODE"))
	h.WantSees(wordDiffer)
	h.Press(wordAgain)
	h.Drop(save(m.Number.Code))
	if m.People[bob.ID].Trust != model.TrustVerified {
		t.Error("the right code did not verify")
	}

	m.People[bob.ID].Trust = model.TrustConfirmed
	h.OpenSettled(Verify(h, m, bob))
	fyne.CurrentApp().Clipboard().SetContent("good morning")
	h.Press(wordPasteCode)
	h.WantSees(wordNoCode)
	fyne.CurrentApp().Clipboard().SetContent(m.Number.Code)
	h.Press(wordPasteCode)
	if m.People[bob.ID].Trust != model.TrustVerified {
		t.Error("the pasted code did not verify")
	}
}

func TestVerifyWaitsForTheirAnswer(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 740), screentest.New("Alice")
	bob := m.Add("Bob", func(c *model.Contact) { c.Trust = model.TrustUnconfirmed })
	h.OpenSettled(Verify(h, m, bob))
	h.WantSees(wordNotYet)
	m.People[bob.ID].Trust = model.TrustConfirmed
	h.Event(model.Event{Kind: model.EventContact, Contact: bob.ID})
	h.WantSees(wordSame)
}

func TestAlarm(t *testing.T) {
	h, m := screentest.NewHost(t, 760, 300), screentest.New("Alice")
	bob := m.Add("Bob", func(c *model.Contact) { c.Alarm = model.AlarmKeysChanged })
	h.Show(Alarm(h, m, bob))
	h.WantSees("This may not be Bob", wordKeysText, wordStopped)
	h.Press(wordGoOn)
	if m.People[bob.ID].Alarm != model.AlarmNone {
		t.Error("the alarm stays after going on")
	}
	h.Show(Alarm(h, m, bob))
	h.Press(wordBlock)
	if !m.People[bob.ID].Blocked {
		t.Error("not blocked")
	}
	h.Press(wordCompare)
	if h.Page == nil || h.Page.Title != "Verify Bob" {
		t.Errorf("comparing opened %+v", h.Page)
	}
}

// Where numbers that match do not settle the matter, going on takes a second
// thought.
func TestGoingOnIsAskedTwice(t *testing.T) {
	for alarm, title := range map[model.Alarm]string{
		model.AlarmListsDiffer:   "Two lists of Bob’s devices contradict each other",
		model.AlarmSessionCopied: "Two computers use the keys of one of Bob’s devices",
	} {
		h, m := screentest.NewHost(t, 760, 400), screentest.New("Alice")
		bob := m.Add("Bob", func(c *model.Contact) { c.Alarm = alarm })
		h.Show(Alarm(h, m, bob))
		h.WantSees(title, wordStopped)
		h.Press(wordGoOn)
		h.WantSees("Write to Bob again?", strings.ReplaceAll(wordGoOnText, "%s", "Bob"))
		if m.People[bob.ID].Alarm != alarm {
			t.Fatalf("%s: gone after one press", alarm)
		}
		h.Press(wordCancel)
		if m.People[bob.ID].Alarm != alarm {
			t.Errorf("%s: gone after all", alarm)
		}
		h.Press(wordGoOn)
		h.Press(wordGoOn) // in the dialog
		if m.People[bob.ID].Alarm != model.AlarmNone {
			t.Errorf("%s: it stays after going on", alarm)
		}
		h.Press(wordCompare)
		if h.Page == nil || h.Page.Title != "Verify Bob" {
			t.Errorf("comparing opened %+v", h.Page)
		}
	}
}

// Whoever adds an alarm has to say it here.
func TestEveryAlarmHasWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../../app/model/model.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		v, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == "Alarm" && v.Names[0].Name != "AlarmNone" {
			n++
			alarm, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			title, text := alarmWords(model.Contact{Name: "Bob", Alarm: model.Alarm(alarm)})
			if title == "" || text == "" || strings.Contains(title+text, "%") || !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q, %q", alarm, title, text)
			}
		}
		return true
	})
	if n < 4 {
		t.Errorf("only %d alarms found", n)
	}
}

func TestRenew(t *testing.T) {
	h, m := screentest.NewHost(t, 960, 900), screentest.New("Alice")
	bob := m.Add("Bob", nil)
	h.OpenSettled(Contact(h, m, bob.ID))
	h.WantSees(wordRenew, wordRenewText)
	for _, k := range []model.Kind{model.CannotRenew, model.NotConfirmed, model.NotFound, model.Blocked} {
		m.RenewError = model.E(k, "", nil)
		h.Press(wordStart)
		h.WantSees(say.Problem(k))
	}
	h.Event(model.Event{Kind: model.EventContact, Contact: bob.ID})
	h.WantSees(say.Problem(model.Blocked)) // what went wrong stays
	m.RenewError = nil
	h.Press(wordStart)
	if got := strings.Join(m.Log, " "); got != "renew Bob" {
		t.Errorf("what was done: %s", got)
	}
	if h.Sees(say.Problem(model.Blocked)) {
		t.Error("what went wrong before is still there")
	}
	for _, change := range []func(*model.Contact){
		func(c *model.Contact) { c.Blocked = true },
		func(c *model.Contact) { c.Blocked, c.Trust = false, model.TrustUnconfirmed },
	} {
		change(m.People[bob.ID])
		h.Event(model.Event{Kind: model.EventContact, Contact: bob.ID})
		if h.Sees(wordRenew) {
			t.Errorf("offered with %+v", m.People[bob.ID])
		}
	}
}
