package part

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"sotto/app"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// Passphrases asks for a new passphrase twice and says how good it is.
type Passphrases struct {
	Object    fyne.CanvasObject
	OnChanged func() // may be nil
	OnDone    func() // Enter in the second field with both in order; may be nil

	first, second *kit.Field
	meter         *meter
	words         *kit.Text
	inputs        []string
}

// NewPassphrases returns the two fields. inputs are words that somebody would
// try first, such as the person's name.
func NewPassphrases(inputs ...string) *Passphrases {
	p := &Passphrases{inputs: inputs, meter: newMeter()}
	p.first = kit.NewField("").WithLabel(wordPassphrase).WithHeight(44).Password()
	p.second = kit.NewField("").WithLabel(wordAgain).WithHeight(44).Password()
	p.words = kit.Paragraph(wordTooShort, theme.Caption, theme.Ink2)
	p.first.OnChanged = func(string) { p.judge() }
	p.second.OnChanged = func(string) { p.judge() }
	p.first.OnSubmitted = func(string) { p.second.Focus() }
	p.second.OnSubmitted = func(string) {
		if p.Ready() && p.OnDone != nil {
			p.OnDone()
		} else if p.first.Text() != p.second.Text() {
			p.second.SetError(wordDiffer)
		}
	}
	p.Object = kit.VStack(theme.S4,
		kit.VStack(theme.S2, p.first, p.meter.row, p.words),
		p.second)
	return p
}

// Focus gives the first field the keyboard.
func (p *Passphrases) Focus() { p.first.Focus() }

// Text returns the passphrase.
func (p *Passphrases) Text() string { return p.first.Text() }

// Ready reports whether the passphrase is long enough and the same twice.
func (p *Passphrases) Ready() bool {
	return utf8.RuneCountInString(p.first.Text()) >= app.MinPassphrase && p.first.Text() == p.second.Text()
}

// Disable and Enable take and give the use of the fields.
func (p *Passphrases) Disable() { p.first.Disable(); p.second.Disable() }
func (p *Passphrases) Enable()  { p.first.Enable(); p.second.Enable() }

// SetError says below the first field what is wrong.
func (p *Passphrases) SetError(s string) { p.first.SetError(s) }

func (p *Passphrases) judge() {
	p.first.SetError("")
	p.second.SetError("")
	a, b := p.first.Text(), p.second.Text()
	if n := utf8.RuneCountInString(a); n < app.MinPassphrase {
		p.meter.set(0)
		p.words.SetText(wordTooShort)
	} else {
		score := app.PassphraseStrength(a, p.inputs...)
		p.meter.set(max(1, score))
		p.words.SetText(strengths[score])
	}
	if len(b) >= len(a) && a != b {
		p.second.SetError(wordDiffer)
	}
	if p.OnChanged != nil {
		p.OnChanged()
	}
}

// meter is four dashes of which some are lit: how hard a passphrase is to
// guess. The words below say the same.
type meter struct {
	row    *fyne.Container
	dashes [4]*kit.Box
}

func newMeter() *meter {
	m := &meter{row: kit.HStack(theme.S1)}
	for i := range m.dashes {
		m.dashes[i] = kit.NewBox(theme.Track, kit.Spacer(0, 4)).Radius(2)
		m.row.Add(kit.GrowBoth(m.dashes[i]))
	}
	return m
}

// set lights n of the four dashes.
func (m *meter) set(n int) {
	lit := [5]theme.Token{theme.Track, theme.Danger, theme.Warn, theme.OK, theme.OK}[n]
	for i, d := range m.dashes {
		if i < n {
			d.Fill(lit)
		} else {
			d.Fill(theme.Track)
		}
	}
}
