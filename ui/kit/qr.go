package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	goqr "github.com/piglig/go-qr"

	"sotto/ui/theme"
)

// QR is a code on its white ground, the same in light and dark: modules with
// rounded free corners, the three eyes drawn as rings, four modules of quiet
// zone. Cameras want it as a picture, so it is one, at device pixels.
type QR struct {
	widget.BaseWidget
	code   *goqr.QrCode
	module float32
	ground *canvas.Rectangle
	image  *canvas.Raster
}

// NewQR returns the code of text with modules of that many pixels. Text of
// digits, capitals and $%*+-./: is put into the smaller alphanumeric form. The
// error says that text is too long for any code.
func NewQR(text string, module float32) (*QR, error) {
	code, err := goqr.EncodeText(text, goqr.Medium)
	if err != nil {
		return nil, err
	}
	q := &QR{code: code, module: module}
	q.ExtendBaseWidget(q)
	return q, nil
}

const (
	qrQuiet = 4 // modules around the code
	qrFree  = .42
)

var (
	qrInk    = color.NRGBA{0x16, 0x26, 0x2A, 0xFF}
	qrGround = color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
)

// Image returns the code as a picture with module pixels a module and its quiet
// zone, to be saved or sent.
func (q *QR) Image(module int) image.Image {
	n := q.code.GetSize() + 2*qrQuiet
	im := image.NewNRGBA(image.Rect(0, 0, n*module, n*module))
	q.draw(im, module, qrQuiet*module, qrQuiet*module)
	return im
}

// CreateRenderer is called by the toolkit.
func (q *QR) CreateRenderer() fyne.WidgetRenderer {
	q.ground = &canvas.Rectangle{CornerRadius: theme.Radius2XL, FillColor: qrGround, StrokeWidth: 1}
	q.image = canvas.NewRaster(func(w, h int) image.Image {
		im := image.NewNRGBA(image.Rect(0, 0, w, h))
		n := q.code.GetSize()
		m := max(1, min(w, h)/n)
		q.draw(im, m, (w-n*m)/2, (h-n*m)/2)
		return im
	})
	return NewView(q,
		func() fyne.Size {
			return fyne.NewSquareSize(float32(q.code.GetSize()+2*qrQuiet)*q.module + 2)
		},
		func(s fyne.Size) {
			w := min(s.Width, s.Height, q.MinSize().Width)
			x, y := (s.Width-w)/2, (s.Height-w)/2
			place(q.ground, x, y, w, w)
			code := float32(q.code.GetSize()) * q.module
			if w < q.MinSize().Width { // no room: fewer pixels a module, the quiet zone kept
				n := float32(q.code.GetSize())
				code = w * n / (n + 2*qrQuiet)
			}
			place(q.image, x+(w-code)/2, y+(w-code)/2, code, code)
		},
		func() { q.ground.StrokeColor = theme.Color(theme.Line) },
		q.ground, q.image)
}

// dark reports whether the module at x, y is dark; outside the code none is.
func (q *QR) dark(x, y int) bool {
	n := q.code.GetSize()
	return x >= 0 && y >= 0 && x < n && y < n && q.code.GetModule(x, y)
}

// draw fills im with the ground and draws the code with m pixels a module, its
// corner at ox, oy.
func (q *QR) draw(im *image.NRGBA, m, ox, oy int) {
	b := im.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			im.SetNRGBA(x, y, qrGround)
		}
	}
	n := q.code.GetSize()
	for y := range n * m {
		for x := range n * m {
			if a := q.ink(float64(x), float64(y), float64(m)); a > 0 {
				im.SetNRGBA(ox+x, oy+y, theme.Mix(qrGround, qrInk, a))
			}
		}
	}
}

// ink returns how dark the pixel at px, py of the code is, 0 to 1.
func (q *QR) ink(px, py, m float64) float32 {
	n := q.code.GetSize()
	x, y := (px+.5)/m, (py+.5)/m // in modules
	for _, eye := range [][2]int{{0, 0}, {n - 7, 0}, {0, n - 7}} {
		ex, ey := x-float64(eye[0]), y-float64(eye[1])
		if ex >= 0 && ey >= 0 && ex < 7 && ey < 7 {
			ex, ey = ex-3.5, ey-3.5
			ring := min(cover(-m*roundBox(ex, ey, 3.5, 1.75)), cover(m*roundBox(ex, ey, 2.5, .95)))
			return max(ring, cover(-m*roundBox(ex, ey, 1.5, .75)))
		}
	}
	mx, my := int(x), int(y)
	if !q.dark(mx, my) {
		return 0
	}
	// A corner is free where both modules beside it are light.
	fx, fy := x-float64(mx)-.5, y-float64(my)-.5
	dx, dy := 1, 1
	if fx < 0 {
		dx = -1
	}
	if fy < 0 {
		dy = -1
	}
	if q.dark(mx+dx, my) || q.dark(mx, my+dy) {
		return 1
	}
	return cover(-m * roundBox(fx, fy, .5, qrFree))
}

// roundBox returns how far the point x, y lies outside (positive) or inside
// (negative) a square around the origin with half side h and corner radius r.
func roundBox(x, y, h, r float64) float64 {
	dx, dy := math.Abs(x)-h+r, math.Abs(y)-h+r
	return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - r
}
