package people

import (
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"

	"sotto/app"
	"sotto/app/model"
	"sotto/app/qr"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
	"sotto/ui/uitest"
)

// realLink returns an invitation as the messenger makes it.
func realLink(t *testing.T) string {
	t.Helper()
	link, err := makeLink()
	if err != nil {
		t.Fatal(err)
	}
	return link
}

var makeLink = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sotto-test-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	m, err := app.Create(ctx, dir, app.CreateOptions{Name: "Alice", Passphrase: screentest.Passphrase})
	if err != nil {
		return "", err
	}
	defer m.Close()
	i, err := m.CreateInvitation(ctx, model.ModeLink, 0)
	return i.Link, err
})

func openAdd(t *testing.T) (*screentest.Host, *screentest.Messenger) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	h, m := screentest.NewHost(t, 960, 800), screentest.New("Alice")
	h.OpenSettled(AddContact(h, m))
	return h, m
}

func TestAddMakesACodeAndKeepsIt(t *testing.T) {
	h, m := openAdd(t)
	if len(m.Made) != 1 || m.Made[0].Mode != model.ModeLink {
		t.Fatalf("opening made %+v", m.Made)
	}
	h.WantSees(wordYourCode, wordOnce, "23 h 41 min", wordLinkNote)
	h.Close()
	h.OpenSettled(AddContact(h, m))
	if len(m.Made) != 1 {
		t.Error("another code was made although one was open")
	}
	h.Press(wordInPerson)
	if len(m.Made) != 2 || m.Made[0].Mode != model.ModePerson {
		t.Fatalf("in person made %+v", m.Made)
	}
	h.WantSees(wordMeetNote, wordMade) // the code by link is listed below
	h.Press(wordRevoke)
	if m.Made[1].State != model.InvitationRevoked {
		t.Error("taking a code back left it open")
	}
}

func TestNewCodeTakesTheOldOneBack(t *testing.T) {
	h, m := openAdd(t)
	h.Press(wordNewCode)
	if len(m.Made) != 2 || m.Made[1].State != model.InvitationRevoked || m.Made[0].State != model.InvitationOpen {
		t.Errorf("after a new code: %+v", m.Made)
	}
}

func TestUsedCodeSaysSo(t *testing.T) {
	h, m := openAdd(t)
	m.Made[0].State = model.InvitationUsed
	h.Event(model.Event{Kind: model.EventInvitation})
	h.WantSees(goneWords[model.InvitationUsed])
	h.Press(wordNewCode)
	if m.Made[1].State != model.InvitationUsed || m.Made[0].State != model.InvitationOpen {
		t.Errorf("after a new code: %+v", m.Made)
	}
	h.WantSees("23 h 41 min")
}

func TestCopyAndSave(t *testing.T) {
	h, m := openAdd(t)
	h.Press(wordCopyLink)
	if got := clipboard(); got != m.Made[0].Link {
		t.Errorf("the clipboard holds %q", got)
	}
	h.Press(wordSavePic)
	path := filepath.Join(t.TempDir(), "code.png")
	h.Type(0, filepath.Join(t.TempDir(), "missing", "code.png"))
	h.Press(wordSave)
	h.WantSees("There is no such folder.")
	h.Type(0, path)
	h.Press(wordSave)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := qr.Decode(f)
	if err != nil || text != strings.ToUpper(m.Made[0].Link) {
		t.Errorf("the saved picture says %q, %v", text, err)
	}
	if info, _ := f.Stat(); info.Mode().Perm() != 0o600 {
		t.Errorf("the saved picture has mode %v", info.Mode())
	}
	h.Press(wordSavePic)
	h.Type(0, path)
	h.Press(wordSave)
	h.WantSees("There is a file of this name already. Choose another.")
}

// The code on the screen is what a camera sees.
func TestCodeOnScreenIsRead(t *testing.T) {
	h, m := openAdd(t)
	text, err := qr.DecodeImage(h.Window().Canvas().Capture())
	if err != nil || text != strings.ToUpper(m.Made[0].Link) {
		t.Errorf("the screen says %q, %v", text, err)
	}
}

func TestTakingACode(t *testing.T) {
	link := realLink(t)
	h, m := openAdd(t)
	clip := fyne.CurrentApp().Clipboard()

	clip.SetContent("good morning")
	h.Press(wordPaste)
	h.WantSees(wordNoLink)
	h.Type(0, link[:len(link)-3])
	h.Enter(0)
	h.WantSees(say.Problem(model.LinkDamaged))
	if len(m.Links) > 0 {
		t.Fatalf("a damaged link was accepted: %v", m.Links)
	}

	clip.SetContent("Sotto:M/1/abc")
	h.Press(wordPaste)
	h.WantSees(wordMailbox)

	clip.SetContent("  " + link + "\n")
	h.Press(wordPaste)
	if len(m.Links) != 1 {
		t.Fatalf("pasting accepted %v", m.Links)
	}
	h.WantSees(wordJoinLooking, wordSomebody)

	alice := m.Add("Alice", nil)
	m.Joined[0].State, m.Joined[0].Contact = model.JoinDone, alice.ID
	h.Event(model.Event{Kind: model.EventJoin})
	h.WantSees("Alice is a contact now")
	h.Press(wordWrite)
	if h.Talk != alice.ID {
		t.Errorf("Write opened %q", h.Talk)
	}
}

func TestTakingAPicture(t *testing.T) {
	link := realLink(t)
	h, m := openAdd(t)
	q, err := kit.NewQR(strings.ToUpper(link), 6)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "theirs.png")
	writePNG(t, path, q.Image(5))
	h.Drop(path)
	if len(m.Links) != 1 {
		t.Errorf("dropping their picture accepted %v", m.Links)
	}

	blank := filepath.Join(t.TempDir(), "blank.png")
	writePNG(t, blank, image.NewGray(image.Rect(0, 0, 80, 80)))
	h.Drop(blank)
	h.WantSees(say.Problem(model.NoCodeInPicture))
	h.Press(wordPicture)
	h.Type(0, blank)
	h.Press(wordOpen)
	h.WantSees(say.Problem(model.NoCodeInPicture))
	h.Type(0, filepath.Join(t.TempDir(), "none.png"))
	h.Press(wordOpen)
	h.WantSees("There is no such file.")
	h.Type(0, t.TempDir())
	h.Press(wordOpen)
	h.WantSees("This is a folder. Add the name of a picture in it.")
	h.Type(0, path)
	h.Press(wordOpen)
	if len(m.Links) != 2 {
		t.Errorf("choosing their picture accepted %v", m.Links)
	}
}

// Taking a code in person needs one of ours, which is made and shown then.
func TestInPersonShowsOurCodeToo(t *testing.T) {
	link := realLink(t)
	h, m := openAdd(t)
	m.JoinError = model.E(model.NeedsOwnCode, "", nil)
	fyne.CurrentApp().Clipboard().SetContent(link)
	h.Press(wordPaste)
	if len(m.Links) != 1 || len(m.Made) != 2 || openIn(m.Made, model.ModePerson) == nil {
		t.Errorf("accepted %v with our codes %+v", m.Links, m.Made)
	}
}

func TestJoinWords(t *testing.T) {
	for _, c := range []struct {
		j    model.Join
		want string
	}{
		{model.Join{State: model.JoinLooking}, wordJoinLooking},
		{model.Join{State: model.JoinScanned}, wordJoinScanned},
		{model.Join{State: model.JoinAsked}, "Waiting for them to accept"},
		{model.Join{State: model.JoinAsked, Name: "Bob"}, "Waiting for Bob to accept"},
		{model.Join{State: model.JoinFailed, Problem: model.InvitationTaken}, say.Problem(model.InvitationTaken)},
	} {
		if got := joinWords(c.j); got != c.want {
			t.Errorf("%+v: %q, want %q", c.j, got, c.want)
		}
	}
}

// The page lays out where it is narrow and where it is low.
func TestAddFitsSmallWindows(t *testing.T) {
	for _, size := range [][2]float32{{360, 480}, {420, 740}, {480, 500}, {1600, 1000}} {
		h, m := screentest.NewHost(t, size[0], size[1]), screentest.New("Alice")
		m.Joined = []model.Join{{ID: "1", State: model.JoinAsked, Name: strings.Repeat("A long name ", 10), Contact: uitest.ID("x")}}
		h.OpenSettled(AddContact(h, m))
		h.Window().Canvas().Capture()
		h.WantSees(wordYourCode, wordTheirs)
	}
}

func writePNG(t *testing.T, path string, im image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im); err != nil {
		t.Fatal(err)
	}
}

// A link that the system opened is offered, and used only when the person says so.
func TestLinkOffered(t *testing.T) {
	h, m := screentest.NewHost(t, 1280, 800), screentest.New("Me")
	h.OpenSettled(AddContactBy(h, m, "sotto:i/1/abc"))
	if len(m.Links) != 0 {
		t.Fatal("the link was used at once")
	}
	for _, f := range h.Fields() {
		if f.Text() == "sotto:i/1/abc" {
			return
		}
	}
	t.Error("the link is not in a field")
}
