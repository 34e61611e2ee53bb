package start

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sotto/app"
	"sotto/app/model"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
)

const pass = "correct horse battery"

// words are a phrase that restores an account.
var words = strings.Repeat("abandon ", 23) + "art"

// rig is a flow in a window whose work is done at once; the profile is a real
// one.
type rig struct {
	*screentest.Host
	f      *Flow
	opened *app.Messenger
}

// window is the rig's host with a context that lives.
type window struct{ *screentest.Host }

func (r window) Run(work func(context.Context) error, done func(error)) {
	r.Host.Run(func(context.Context) error { return work(context.Background()) }, done)
}

func newRig(t *testing.T, dir string) *rig {
	t.Helper()
	r := &rig{Host: screentest.NewHost(t, 1280, 800)}
	r.f = &Flow{Window: window{r.Host}, Dir: dir, Theme: func() {}, Opened: func(m *app.Messenger) { r.opened = m }}
	t.Cleanup(func() {
		if r.opened != nil {
			r.opened.Close()
		}
	})
	return r
}

// name fills in the two steps before the account is made.
func (r *rig) nameAndPassphrase(t *testing.T, name string) {
	t.Helper()
	r.Enter(0)
	r.WantSees(say.Problem(model.BadName))
	r.Type(0, name)
	r.Enter(0)
	r.WantSees(wordPassTitle)
	r.Type(0, "short")
	r.Type(1, "short")
	r.Enter(1)
	r.WantSees(wordPassTitle)
	r.Type(0, pass)
	r.Type(1, "correct horse mistake!")
	r.WantSees("The two are not the same.")
	r.Type(1, pass)
	r.Enter(1)
}

func TestCreateThenUnlock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "profile")
	r := newRig(t, dir)
	r.f.Welcome()
	r.WantSees(wordWelcome, wordNothing)
	r.Press(wordCreate)
	r.nameAndPassphrase(t, "Alice")
	r.WantSees("Step 3 of 4", "Write these 24 words on paper")
	r.Press("Later, remind me tomorrow")
	if r.opened == nil {
		t.Fatal("no messenger was handed over")
	}
	self, err := r.opened.Self(t.Context())
	if err != nil || self.Name != "Alice" || self.PhraseConfirmed {
		t.Errorf("the account is %+v, %v", self, err)
	}
	if s, err := r.opened.Settings(t.Context()); err != nil || time.Until(s.PhraseRemind) < 23*time.Hour {
		t.Errorf("the reminder is at %v, %v", s.PhraseRemind, err)
	}

	other := newRig(t, dir)
	other.f.Unlock(time.Time{}, nil)
	other.Type(0, pass)
	other.Enter(0)
	other.WantSees(say.Problem(model.ProfileInUse))

	r.opened.Close()
	closed := make(chan struct{})
	close(closed)
	r.f.Unlock(time.Date(2026, 11, 23, 14, 20, 0, 0, time.Local), closed)
	if !strings.Contains(r.All(), "Locked at ") {
		t.Error("it is not said when it was locked")
	}
	r.opened = nil
	r.Type(0, "not the passphrase")
	r.Enter(0)
	r.WantSees(say.Problem(model.WrongPassphrase))
	r.Type(0, pass)
	r.Press(wordUnlock)
	if r.opened == nil {
		t.Fatalf("not unlocked:\n%s", r.All())
	}
}

// Restoring beside a profile keeps it, and only once the words are right.
func TestRestoreKeepsTheOldProfile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "profile")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	// A key file that nobody can open any more.
	old := filepath.Join(dir, "keys")
	if err := os.WriteFile(old, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, dir)
	r.f.Unlock(time.Time{}, nil)
	r.Type(0, pass)
	r.Enter(0)
	r.WantSees(say.Problem(model.ProfileDamaged))
	r.Press(wordRestore)
	aside := dir + ".old-" + time.Now().Format(time.DateOnly)
	r.WantSees(wordAsideTitle, aside)
	r.Press(wordAside)
	r.WantSees(wordRestoreTitle)
	if _, err := os.Stat(old); err != nil {
		t.Fatalf("the profile was moved before the words were given: %v", err)
	}
	r.Press(wordBack)
	r.WantSees(wordLocked)
	r.Press(wordRestore)
	r.Press(wordAside)
	r.giveWords(words)
	r.nameAndPassphrase(t, "Alice")
	if r.opened == nil {
		t.Fatalf("not restored:\n%s", r.All())
	}
	self, err := r.opened.Self(t.Context())
	if err != nil || !self.PhraseConfirmed {
		t.Errorf("the account is %+v, %v", self, err)
	}
	if got, err := os.ReadFile(filepath.Join(aside, "keys")); err != nil || string(got) != "damaged" {
		t.Errorf("the old profile holds %q, %v", got, err)
	}
}

// giveWords fills in the 24 words.
func (r *rig) giveWords(text string) {
	r.f.words = text
	r.f.askWords()
	r.Press(wordContinue)
}

func TestVerdictOnWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "0 of 24 words",
		"aband":                              "1 of 24 words", // still being typed
		"abandon ABANDON\n":                  "2 of 24 words",
		"abandon abondon ":                   "Word 2, “abondon”, is not one of the words Sotto uses. Check how it is spelled.",
		"xyzzy":                              "Word 1, “xyzzy”, is not one of the words Sotto uses. Check how it is spelled.",
		strings.Repeat("abandon ", 24):       wordDisorder,
		strings.Repeat("abandon ", 25):       "These are 25 words; there should be 24.",
		words:                                wordRight,
		"  " + strings.ToUpper(words) + "\n": wordRight,
		strings.Repeat("x", 5000):            "Word 1, “" + strings.Repeat("x", 24) + "…”, is not one of the words Sotto uses. Check how it is spelled.",
	} {
		if got, _ := verdictOf(text); got != want {
			t.Errorf("%.30q: %q, want %q", text, got, want)
		}
	}
}

func TestScreensFitSmallWindows(t *testing.T) {
	for _, size := range [][2]float32{{360, 480}, {420, 800}, {800, 500}, {1600, 1000}} {
		r := &rig{Host: screentest.NewHost(t, size[0], size[1])}
		r.f = &Flow{Window: window{r.Host}, Dir: t.TempDir(), Theme: func() {}}
		for _, show := range []func(){r.f.Welcome, r.f.askName, func() { r.f.askPassphrase(say.Problem(model.NoSpace)) }, r.f.askWords,
			func() { r.f.showWords(nil, screentest.Words()) }, func() { r.f.Unlock(time.Now(), nil) }, func() { r.f.wait(wordMaking)() }} {
			show()
			r.Window().Canvas().Capture()
		}
	}
}
