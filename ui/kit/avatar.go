package kit

import (
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"math"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Avatar is a person's disc: a tone and a direction that come from their
// account, and up to two initials. It is never proof of who somebody is.
type Avatar struct {
	widget.BaseWidget
	id, name string
	size     float32
	online   bool
	ground   theme.Token // behind the avatar, for the ring around the dot

	disc      *canvas.Raster
	initials  *canvas.Text
	dot, ring *canvas.Circle
}

// NewAvatar returns the avatar of the account with that hex id, of size 32, 36,
// 44, 48 or 80.
func NewAvatar(id, name string, size float32) *Avatar {
	a := &Avatar{id: id, name: name, size: size, ground: theme.Side}
	a.ExtendBaseWidget(a)
	return a
}

// Set shows another person.
func (a *Avatar) Set(id, name string) {
	if a.id != id || a.name != name {
		a.id, a.name = id, name
		a.Refresh()
	}
}

// SetSize makes the avatar another size.
func (a *Avatar) SetSize(size float32) {
	if a.size != size {
		a.size = size
		a.Refresh()
	}
}

// SetOnline shows or hides the dot; ground is the colour around it.
func (a *Avatar) SetOnline(on bool, ground theme.Token) {
	if a.online != on || a.ground != ground {
		a.online, a.ground = on, ground
		a.Refresh()
	}
}

// AccessibilityLabel returns the person's name.
func (a *Avatar) AccessibilityLabel() string { return a.name }

// AccessibilityRole says that this is no control.
func (a *Avatar) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is called by the toolkit.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	a.disc = canvas.NewRaster(func(w, h int) image.Image { return discImage(a.id, min(w, h)) })
	a.initials = canvas.NewText("", color.White)
	a.initials.Alignment = fyne.TextAlignCenter
	a.initials.TextStyle.Bold = true
	a.dot, a.ring = canvas.NewCircle(color.Transparent), canvas.NewCircle(color.Transparent)
	return NewView(a,
		func() fyne.Size { return fyne.NewSquareSize(a.size) },
		func(fyne.Size) {
			place(a.disc, 0, 0, a.size, a.size)
			st := theme.Style{Size: a.initials.TextSize, Line: a.size, Bold: true}
			place(a.initials, 0, st.Top(), a.size, 0)
			// 12 px with 2 px of ring, at the lower right of the disc.
			at := a.size - 12
			place(a.ring, at, at, 12, 12)
			place(a.dot, at+2, at+2, 8, 8)
		},
		func() {
			a.initials.Text = Initials(a.name)
			a.initials.FontSource = theme.Title.Font(a.initials.Text)
			a.initials.TextSize = a.size * .38
			a.dot.Hidden, a.ring.Hidden = !a.online, !a.online
			a.dot.FillColor, a.ring.FillColor = theme.Color(theme.OK), theme.Color(a.ground)
		}, a.disc, a.initials, a.ring, a.dot)
}

// Initials returns the first letters of up to two words of name, in capitals.
func Initials(name string) string {
	var out []rune
	for _, w := range strings.Fields(name) {
		for _, r := range w {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				out = append(out, unicode.ToUpper(r))
				break
			}
		}
		if len(out) == 2 {
			break
		}
	}
	return string(out)
}

// AvatarTone returns the tone and the direction, in radians, of an account: bytes 0
// and 1 of the SHA-256 of the account's id.
func AvatarTone(id string) (base, shade color.NRGBA, direction float64) {
	key, err := hex.DecodeString(id)
	if err != nil {
		key = []byte(id)
	}
	h := sha256.Sum256(key)
	base, shade = theme.AvatarTone(int(h[0]) % 12)
	return base, shade, (45*float64(h[1]%8) + 22.5) * math.Pi / 180
}

type discKey struct {
	id string
	px int
}

// discs holds the drawn discs: a few hundred at most, of some kilobytes each.
var discs = map[discKey]image.Image{}

// discImage draws the disc of an account, px pixels wide: a circle in the base
// tone, on it a circle of 0.84 of the size in the shade, whose middle lies 0.42
// of the size off in the account's direction.
func discImage(id string, px int) image.Image {
	key := discKey{id, px}
	if im, ok := discs[key]; ok {
		return im
	}
	base, shade, dir := AvatarTone(id)
	size := float64(px)
	cx, cy := size/2+.42*size*math.Cos(dir), size/2+.42*size*math.Sin(dir)
	im := image.NewNRGBA(image.Rect(0, 0, px, px))
	for y := range px {
		for x := range px {
			fx, fy := float64(x)+.5, float64(y)+.5
			c := theme.Mix(base, shade, cover(.42*size-math.Hypot(fx-cx, fy-cy)))
			c.A = uint8(255*cover(size/2-math.Hypot(fx-size/2, fy-size/2)) + .5)
			im.SetNRGBA(x, y, c)
		}
	}
	if len(discs) > 2000 {
		clear(discs)
	}
	discs[key] = im
	return im
}

// cover returns how much of a pixel is covered whose middle lies d pixels
// inside an edge.
func cover(d float64) float32 { return float32(max(0, min(1, d+.5))) }
