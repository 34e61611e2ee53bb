package part

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"

	"sotto/app/model"
	"sotto/ui/desktop"
	"sotto/ui/kit"
	"sotto/ui/scan"
	"sotto/ui/screens/say"
	"sotto/ui/stage"
)

// FileQuestion asks for the path of a file.
type FileQuestion struct {
	Title, Text string
	Path        string // what the field begins with
	Button      string
	Save        bool // the file is to be written
	// Do gets the path and calls end, on the UI goroutine, with what is wrong
	// with it; "" closes the dialog.
	Do func(path string, end func(problem string))
}

// AskFile asks with the system's file dialog or, where there is none, with a field
// for a path, in the window that o is in.
func AskFile(h stage.Host, o fyne.CanvasObject, q FileQuestion) {
	path, window := "", handleOf(h.Window())
	h.Run(func(ctx context.Context) (err error) {
		ask := desktop.FileQuestion{Window: window, Title: q.Title, Button: q.Button, Save: q.Save, Folder: filepath.Dir(q.Path)}
		if q.Save {
			ask.Name = filepath.Base(q.Path)
		}
		path, err = desktop.ChooseFile(ctx, ask)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			askPath(o, q, "")
		case path != "":
			q.Do(path, func(problem string) {
				if problem != "" {
					q.Path = path
					askPath(o, q, problem)
				}
			})
		}
	})
}

// handleOf names a window for dialogs of other programs, "" if it cannot be named.
func handleOf(w fyne.Window) (name string) {
	if n, ok := w.(driver.NativeWindow); ok {
		n.RunNative(func(c any) {
			if x, ok := c.(driver.X11WindowContext); ok {
				name = fmt.Sprintf("x11:%x", x.WindowHandle)
			}
		})
	}
	return name
}

// askPath opens a dialog with a field for a path, which may have a problem already.
func askPath(o fyne.CanvasObject, q FileQuestion, problem string) {
	var shut func()
	field := kit.NewField(wordPath).WithIcon("folder")
	field.SetText(q.Path)
	do := kit.NewButton(q.Button, kit.Primary, nil)
	submit := func() {
		if do.Disabled() || strings.TrimSpace(field.Text()) == "" {
			return
		}
		do.Disable()
		q.Do(expand(field.Text()), func(problem string) {
			do.Enable()
			if problem == "" {
				shut()
				return
			}
			field.SetError(problem)
			Relayout(field)
		})
	}
	do.OnTap(submit)
	field.OnSubmitted = func(string) { submit() }
	field.OnChanged = func(string) { field.SetError("") }
	shut = kit.ShowDialog(o, kit.DialogOptions{Title: q.Title, Text: q.Text, Content: field,
		Buttons: []fyne.CanvasObject{kit.NewButton(wordCancel, kit.Secondary, func() { shut() }), do}})
	if problem != "" {
		field.SetError(problem)
		Relayout(field)
	}
	field.Focus()
}

// Relayout lets the dialog that o is in take the height that it needs now.
func Relayout(o fyne.CanvasObject) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		if top := c.Overlays().Top(); top != nil {
			top.Refresh()
		}
	}
}

// expand returns path without white space around it, with ~ and a file URL
// written out.
func expand(path string) string {
	path = strings.TrimPrefix(strings.TrimSpace(path), "file://")
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// PicturesDir returns where pictures are kept: ~/Pictures if it is there, else
// the home directory. It ends in a separator.
func PicturesDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	if dir := filepath.Join(home, "Pictures"); isDir(dir) {
		return dir + string(filepath.Separator)
	}
	return home + string(filepath.Separator)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// FreeName returns path, or path with a number before its ending, so that
// there is no such file yet.
func FreeName(path string) string {
	ext := filepath.Ext(path)
	for i, p := 2, path; ; i++ {
		if _, err := os.Lstat(p); errors.Is(err, fs.ErrNotExist) || i > 1000 {
			return p
		}
		p = strings.TrimSuffix(path, ext) + "-" + strconv.Itoa(i) + ext
	}
}

// WritePNG writes a picture to a new file that only the person may read. It
// does not replace one that is there.
func WritePNG(path string, im image.Image) (err error) {
	if isDir(path) {
		return scan.ErrFolder
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(path)
		}
	}()
	return png.Encode(f, im)
}

// FileProblem returns the sentence for an error of a scan.File or of WritePNG, and
// "" for nil.
func FileProblem(err error) string {
	var path *fs.PathError
	switch {
	case errors.Is(err, scan.ErrFolder):
		return wordIsFolder
	case errors.Is(err, fs.ErrExist):
		return wordTaken
	case errors.Is(err, fs.ErrNotExist):
		if errors.As(err, &path) && !isDir(filepath.Dir(path.Path)) {
			return wordNoFolder
		}
		return wordNoFile
	case errors.Is(err, fs.ErrPermission):
		return say.Problem(model.NoPermission)
	}
	return say.Error(err)
}
