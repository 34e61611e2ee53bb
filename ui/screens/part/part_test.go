package part

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/app/qr"
	"sotto/ui/kit"
	"sotto/ui/scan"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
	"sotto/ui/theme"
)

func TestWriteAndReadPictures(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "code.png")
	code, err := qr.Encode("SOTTO:I/1/ABC")
	if err != nil {
		t.Fatal(err)
	}
	if err := WritePNG(path, code.Image(4)); err != nil {
		t.Fatal(err)
	}
	if img, err := scan.Still(t.Context(), scan.File(path)); err != nil {
		t.Error(err)
	} else if got, err := qr.DecodeImage(img); err != nil || got != "SOTTO:I/1/ABC" {
		t.Errorf("read %q, %v", got, err)
	}
	before, _ := os.ReadFile(path)
	if err := WritePNG(path, image.NewGray(image.Rect(0, 0, 4, 4))); FileProblem(err) != wordTaken {
		t.Errorf("writing over a file: %v", err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the file that was there changed")
	}
	// What cannot be written leaves nothing behind.
	empty := filepath.Join(dir, "empty.png")
	if err := WritePNG(empty, image.NewGray(image.Rect(0, 0, 0, 0))); err == nil {
		t.Error("a picture without pixels was written")
	}
	if _, err := os.Stat(empty); err == nil {
		t.Error("a piece of a file stays behind")
	}
	if got := FreeName(path); got != filepath.Join(dir, "code-2.png") {
		t.Errorf("a free name is %q", got)
	}
}

func TestFileProblems(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.txt")
	if err := os.WriteFile(text, []byte("not a picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none.png"):        wordNoFile,
		filepath.Join(dir, "no", "where.png"): wordNoFolder,
		dir:                                   wordIsFolder,
		text:                                  say.Problem(model.NoCodeInPicture),
	} {
		_, err := scan.Still(t.Context(), scan.File(path))
		if got := FileProblem(err); got != want {
			t.Errorf("%s: %q, want %q (%v)", path, got, want, err)
		}
	}
	if got := FileProblem(WritePNG(dir, nil)); got != wordIsFolder {
		t.Errorf("writing to a folder: %q", got)
	}
	if got := FileProblem(errors.Join(os.ErrPermission)); got != say.Problem(model.NoPermission) {
		t.Errorf("no permission: %q", got)
	}
	if FileProblem(nil) != "" {
		t.Error("no error is a problem")
	}
}

func TestExpand(t *testing.T) {
	t.Setenv("HOME", "/home/alice")
	for in, want := range map[string]string{
		" /a/b.png ":      "/a/b.png",
		"~/b.png":         "/home/alice/b.png",
		"file:///a/b.png": "/a/b.png",
	} {
		if got := expand(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPassphrases(t *testing.T) {
	h := screentest.NewHost(t, 480, 400)
	p := NewPassphrases("Alice")
	done := 0
	p.OnDone = func() { done++ }
	h.Show(p.Object)
	h.WantSees(wordTooShort)
	for _, c := range []struct {
		first, second, sees string
		ready               bool
	}{
		{"elevenchars", "elevenchars", wordTooShort, false},
		{"aaaaaaaaaaaa", "aaaaaaaaaaaa", strengths[0], true},
		{"correct horse battery staple", "", strengths[4], false},
		{"correct horse battery staple", "correct horse battery stable", wordDiffer, false},
		{"correct horse battery staple", "correct horse battery staple", strengths[4], true},
		{strings.Repeat("ä", 11), strings.Repeat("ä", 11), wordTooShort, false},
	} {
		h.Type(0, c.first)
		h.Type(1, c.second)
		h.WantSees(c.sees)
		if p.Ready() != c.ready {
			t.Errorf("%q and %q: ready is %v", c.first, c.second, p.Ready())
		}
	}
	h.Enter(1)
	if done != 0 {
		t.Error("taken although it is too short")
	}
}

func TestAdapt(t *testing.T) {
	h := screentest.NewHost(t, 400, 400)
	a := NewAdapt(500, kit.NewText("narrow", theme.Body, theme.Ink), kit.NewText("wide", theme.Body, theme.Ink))
	h.Show(a)
	h.WantSees("narrow")
	h.Window().Resize(fyne.NewSize(600, 400))
	h.WantSees("wide")
	if h.Sees("narrow") {
		t.Error("both are on show")
	}
}
