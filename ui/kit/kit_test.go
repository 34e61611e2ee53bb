package kit

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"sotto/ui/theme"
)

// window shows o as a window's root does.
func window(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	use(t)
	win := test.NewWindow(NewRoot(o))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	t.Cleanup(win.Close)
	return win
}

func wantSize(t *testing.T, what string, o fyne.CanvasObject, w, h float32) {
	t.Helper()
	s := o.MinSize()
	if s.Width < w-1.5 || s.Width > w+1.5 || s.Height != h {
		t.Errorf("%s is %v×%v, drawn %v×%v", what, s.Width, s.Height, w, h)
	}
}

// The sizes of the drawn picture m-components.
func TestSizesAsDrawn(t *testing.T) {
	use(t)
	wantSize(t, "primary", NewButton("Accept", Primary, nil), 80, 36)
	wantSize(t, "secondary", NewButton("Decline", Secondary, nil), 85, 36)
	wantSize(t, "large", NewButton("I have written them down", Primary, nil).WithSize(Large), 211, 44)
	wantSize(t, "large with icon", NewButton("They match, mark as verified", Primary, nil).WithIcon("shield-verified").WithSize(Large), 253, 44)
	wantSize(t, "small", NewButton("Copy", Secondary, nil).WithSize(Tiny), 59, 28)
	wantSize(t, "icon", NewIconButton("attach", "Attach", nil), 36, 36)
	wantSize(t, "chip", NewChip("lan", "Same network", nil), 127, 28)
	wantSize(t, "tag", Tag("Works once", Good), 85, 20)
	wantSize(t, "badge", NewBadge(2, false), 20, 20)
	wantSize(t, "badge of many", NewBadge(1000, false), 35, 20)
	wantSize(t, "switch", NewSwitch("", true, nil), 40, 24)
	wantSize(t, "avatar", NewAvatar("00", "Alice", 44), 44, 44)
	wantSize(t, "segmented", Segmented([]string{"Comfortable", "Compact"}, 0, func(int) {}), 199, 36)
}

func TestButtonStates(t *testing.T) {
	presses := 0
	b := NewButton("Accept", Primary, func() { presses++ })
	w := window(t, Left(b), 400, 200)
	is := func(what string, token theme.Token) {
		t.Helper()
		if b.rect.FillColor != theme.Color(token) {
			t.Errorf("%s: ground is %v, want %s", what, b.rect.FillColor, token)
		}
	}
	is("rest", theme.Accent)
	b.MouseIn(&desktop.MouseEvent{})
	is("hover", theme.AccentHover)
	b.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
	is("pressed", theme.AccentPress)
	b.MouseOut()
	is("rest again", theme.Accent)
	if b.ring.Visible() {
		t.Error("there is a focus ring without focus")
	}
	w.Canvas().FocusNext()
	if !b.ring.Visible() {
		t.Error("Tab leads to no focus ring")
	}
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	test.Tap(b)
	if presses != 2 {
		t.Errorf("pressed %d times", presses)
	}
	b.Disable()
	test.Tap(b)
	if presses != 2 || b.rect.FillColor != theme.Faded(theme.Accent, theme.Disabled) {
		t.Error("a disabled button can be pressed, or does not look disabled")
	}
}

func TestField(t *testing.T) {
	f := NewField("Name").WithLabel("Your name")
	window(t, Column(300, f), 400, 300)
	if h := HeightFor(f, 300); h != 56 {
		t.Errorf("with a label %v high", h)
	}
	f.Focus()
	if f.rect.StrokeColor != theme.Color(theme.Focus) || f.rect.StrokeWidth != 2 {
		t.Error("the focus does not show")
	}
	f.SetError("Too short: at least 12 characters.")
	if h := HeightFor(f, 300); h != 76 || f.rect.StrokeColor != theme.Color(theme.Danger) {
		t.Errorf("with a sentence %v high", h)
	}
	var got string
	f.OnSubmitted = func(s string) { got = s }
	test.Type(f.Entry(), "Alice")
	f.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got != "Alice" {
		t.Errorf("submitted %q", got)
	}
	// The toolkit's own outline is cut off: no pixel of the field's left edge
	// inside the outline has the caret's colour.
	p := NewField("").Password()
	window(t, Column(300, p), 400, 300)
	p.SetText("secret words")
	if !p.Entry().Password {
		t.Error("a password is shown")
	}
	test.Tap(p.eye)
	if p.Entry().Password {
		t.Error("the eye does not open")
	}
}

func TestMenu(t *testing.T) {
	anchor := NewText("anchor", theme.Body, theme.Ink)
	w := window(t, anchor, 400, 300)
	var did []string
	do := func(s string) func() { return func() { did = append(did, s) } }
	open := func() *Menu {
		ShowMenu(anchor, fyne.NewPos(390, 290), MenuItem{Icon: "copy", Text: "Copy", Do: do("copy")},
			MenuItem{Icon: "star", Text: "Star", Disabled: true, Do: do("star")},
			MenuItem{Icon: "trash", Text: "Delete", Danger: true, Do: do("delete")})
		return w.Canvas().Focused().(*Menu)
	}
	m := open()
	top := w.Canvas().Overlays().Top().(*overlay)
	if p, s := top.panel.Position(), top.panel.Size(); p.X < 0 || p.Y < 0 || p.X+s.Width > 400 || p.Y+s.Height > 300 {
		t.Errorf("the menu is at %v, %v large: outside the window", p, s)
	}
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	m = open()
	test.Tap(m.rows[1])
	if w.Canvas().Overlays().Top() == nil {
		t.Error("a disabled item closes the menu")
	}
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	m = open()
	test.Tap(m.rows[0])
	if len(did) != 2 || did[0] != "delete" || did[1] != "copy" || w.Canvas().Overlays().Top() != nil {
		t.Errorf("did %v", did)
	}
}

func TestDialogStaysUntilAnswered(t *testing.T) {
	anchor := NewText("anchor", theme.Body, theme.Ink)
	w := window(t, anchor, 800, 600)
	closed := 0
	closeIt := ShowDialog(anchor, DialogOptions{Title: "Delete?", Text: "This cannot be undone.",
		Buttons: []fyne.CanvasObject{NewButton("Delete", Danger, nil), NewButton("Keep", Secondary, nil)}, OnClose: func() { closed++ }})
	top := w.Canvas().Overlays().Top().(*overlay)
	if top.panel.Size().Width != 440 {
		t.Errorf("the dialog is %v wide", top.panel.Size().Width)
	}
	top.Tapped(nil)
	if closed != 0 {
		t.Error("a click beside it closes a dialog")
	}
	w.Canvas().OnTypedKey()
	closeIt()
	closeIt()
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}

func TestParagraphHeightFollowsItsWidth(t *testing.T) {
	use(t)
	p := Paragraph("There is no directory to search. You become contacts by exchanging a code, best of all in person.", theme.Body, theme.Ink)
	column := VStack(8, NewText("Title", theme.Title, theme.Ink), p)
	for width, want := range map[float32]float32{440: 22 + 8 + 40, 1000: 22 + 8 + 20} {
		if got := HeightFor(column, width); got != want {
			t.Errorf("at %v the column is %v high, want %v", width, got, want)
		}
	}
}

// Tone and direction are those of the look's README: bytes 0 and 1 of SHA-256.
func TestAvatarTone(t *testing.T) {
	// SHA-256 of the byte 00 begins 6e 34: 110 mod 12 is 2, 52 mod 8 is 4.
	base, _, direction := AvatarTone("00")
	if want, _ := theme.AvatarTone(2); base != want {
		t.Errorf("base is %v, want Verdigris %v", base, want)
	}
	if d := direction * 180 / 3.14159265; d < 202.4 || d > 202.6 {
		t.Errorf("direction is %v°", d)
	}
	for name, want := range map[string]string{"Alice": "A", "alice bob carol": "AB", "": "", "  ": "", "🙂 bob": "B", "élan": "É"} {
		if got := Initials(name); got != want {
			t.Errorf("initials of %q are %q", name, got)
		}
	}
	im := discImage("00", 44)
	if _, _, _, a := im.At(0, 0).RGBA(); a != 0 {
		t.Error("the corner of the disc is not clear")
	}
	if c := im.At(22, 2).(color.NRGBA); c.A != 255 {
		t.Error("the disc does not reach its edge")
	}
}

// The drawn code can be read, with rounded modules, at the size it is shown in.
func TestQRCanBeRead(t *testing.T) {
	use(t)
	const text = "SOTTO:I/1/K7QXM2V5NDR3WZJ6TBYA4HGE2PQXM2V5NDR3WZJ6TBYA4HGE2P"
	for _, module := range []int{3, 5, 6} {
		q, err := NewQR(text, float32(module))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, q.Image(module)); got != text {
			t.Errorf("with %d pixels a module the code reads %q", module, got)
		}
	}
	if _, err := NewQR(string(make([]byte, 4000)), 3); err == nil {
		t.Error("a text of 4,000 bytes fits into a code")
	}
}

func read(t *testing.T, im image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(im)
	if err != nil {
		t.Fatal(err)
	}
	r, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r.GetText()
}

// TestTabPassesTheEye: who types a passphrase twice and comes to a space must
// not uncover the first one.
func TestTabPassesTheEye(t *testing.T) {
	first, second := NewField("").Password(), NewField("").Password()
	w := window(t, VStack(8, first, second), 400, 300)
	first.Focus()
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	if w.Canvas().Focused() != fyne.Focusable(second.entry) {
		t.Errorf("Tab went to %T", w.Canvas().Focused())
	}
}

// TestMoveToast: what a toast stands on may change while it is there.
func TestMoveToast(t *testing.T) {
	app := test.NewTempApp(t)
	w := app.NewWindow("")
	r := NewRoot(NewBox(theme.Paper, nil))
	w.SetContent(r)
	w.Resize(fyne.NewSize(800, 600))
	r.MoveToast() // there is none
	bottom := float32(576)
	r.ToastArea = func() (float32, float32) { return 400, bottom }
	r.toast = newToast(Toast{Text: "Copied"}, func() {}) // one that is shown ends at once here
	r.Refresh()
	bottom = 500
	r.MoveToast()
	if got := r.toast.Position().Y + r.toast.Size().Height; got != 500 {
		t.Errorf("it ends at %v", got)
	}
}
