package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// pressable is what everything that can be pressed has in common: the pointer
// over it, held down on it, the keyboard's focus, being disabled, and a tooltip.
// The toolkit gives focus by Tab only, so a focus ring is never seen after a click.
type pressable struct {
	widget.BaseWidget
	self     fyne.Widget
	onTap    func()
	hovered  bool
	pressed  bool
	focused  bool
	disabled bool
	tip      string
	tipTimer *fyne.Animation
	label    string // for screen readers, if it is not the text itself
}

var (
	_ fyne.Tappable     = (*pressable)(nil)
	_ fyne.Focusable    = (*pressable)(nil)
	_ fyne.Disableable  = (*pressable)(nil)
	_ desktop.Hoverable = (*pressable)(nil)
	_ desktop.Mouseable = (*pressable)(nil)
)

func (p *pressable) extend(self fyne.Widget, onTap func()) {
	p.self, p.onTap = self, onTap
	p.ExtendBaseWidget(self)
}

// SetTip sets the sentence that appears when the pointer rests here; "" is none.
func (p *pressable) SetTip(tip string) { p.tip = tip }

// OnTap replaces what pressing does.
func (p *pressable) OnTap(f func()) { p.onTap = f }

func (p *pressable) Tapped(*fyne.PointEvent) {
	if p.disabled || p.onTap == nil {
		return
	}
	p.hideTip()
	p.onTap()
}

func (p *pressable) MouseIn(*desktop.MouseEvent) {
	Touched()
	p.hovered = true
	p.startTip()
	p.Refresh()
}

func (p *pressable) MouseMoved(*desktop.MouseEvent) { Touched() }

func (p *pressable) MouseOut() {
	p.hovered, p.pressed = false, false
	p.hideTip()
	p.Refresh()
}

func (p *pressable) MouseDown(e *desktop.MouseEvent) {
	Touched()
	if p.disabled || e.Button != desktop.MouseButtonPrimary {
		return
	}
	p.pressed = true
	p.hideTip()
	p.Refresh()
}

func (p *pressable) MouseUp(*desktop.MouseEvent) {
	p.pressed = false
	p.Refresh()
}

func (p *pressable) FocusGained()   { p.focused = true; p.Refresh() }
func (p *pressable) FocusLost()     { p.focused = false; p.Refresh() }
func (p *pressable) TypedRune(rune) {}

func (p *pressable) TypedKey(e *fyne.KeyEvent) {
	Touched()
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	default:
		Pass(p.self, e)
	}
}

func (p *pressable) Disable()       { p.setDisabled(true) }
func (p *pressable) Enable()        { p.setDisabled(false) }
func (p *pressable) Disabled() bool { return p.disabled }

func (p *pressable) setDisabled(d bool) {
	if p.disabled != d {
		p.disabled, p.pressed = d, false
		p.Refresh()
	}
}

// AccessibilityRole says that this is a button.
func (p *pressable) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel returns what a screen reader says.
func (p *pressable) AccessibilityLabel() string {
	if p.label != "" {
		return p.label
	}
	return p.tip
}

func (p *pressable) startTip() {
	if p.tip == "" {
		return
	}
	p.tipTimer = After(500*time.Millisecond, func() {
		if p.hovered && !p.pressed {
			showTip(p.self, p.tip)
		}
	})
}

func (p *pressable) hideTip() {
	if p.tipTimer != nil {
		p.tipTimer.Stop()
		p.tipTimer = nil
	}
	hideTip(p.self)
}

// ground picks the colour for the state at hand.
func (p *pressable) ground(rest, hover, press theme.Token) theme.Token {
	switch {
	case p.disabled:
		return rest
	case p.pressed:
		return press
	case p.hovered:
		return hover
	}
	return rest
}

// After calls f on the UI goroutine when d has passed, unless the returned
// animation is stopped before. It must be called on the UI goroutine.
func After(d time.Duration, f func()) *fyne.Animation {
	done := false
	a := fyne.NewAnimation(d, func(at float32) {
		if at >= 1 && !done {
			done = true
			f()
		}
	})
	a.Curve = fyne.AnimationLinear
	a.Start()
	return a
}
