package qr

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// shot is one generated picture of an invitation: how the code lies in it, what
// is behind it, and what became of it on the way.
type shot struct {
	code   Code
	text   string
	w, h   int
	module float64 // pixels a module, where it is not tilted
	turned float64 // radians
	tilt   float64 // how much nearer one side is: 0 to about .4
	round  bool    // free corners are rounded, as the window draws them
	invert bool    // light on dark

	black, white float64 // what a dark and a light module look like
	shade        float64 // how much darker the far corner is
	behind       func(x, y float64) float64
	glass        float64 // the width in pixels of a blur, as a standard deviation
	shake        float64 // the length of a blur in one direction
	noise        float64
	jpeg         int // quality; 0 is none
}

// dark reports whether the point x, y of the code is ink, in modules.
func (s *shot) dark(x, y float64) bool {
	mx, my := int(math.Floor(x)), int(math.Floor(y))
	if !s.code.Dark(mx, my) {
		return false
	}
	if !s.round {
		return true
	}
	fx, fy := x-float64(mx)-.5, y-float64(my)-.5
	dx, dy := 1, 1
	if fx < 0 {
		dx = -1
	}
	if fy < 0 {
		dy = -1
	}
	if s.code.Dark(mx+dx, my) || s.code.Dark(mx, my+dy) {
		return true
	}
	const r = .42
	return math.Hypot(max(math.Abs(fx)-.5+r, 0), max(math.Abs(fy)-.5+r, 0)) <= r
}

// take makes the picture.
func (s *shot) take(random *rand.Rand) image.Image {
	n := float64(s.code.Size())
	light := make([]float64, s.w*s.h)
	sin, cos := math.Sincos(s.turned)
	const fine = 3 // samples along each side of a pixel
	for y := range s.h {
		for x := range s.w {
			var sum float64
			for i := range fine * fine {
				px := float64(x) + (float64(i%fine)+.5)/fine - float64(s.w)/2
				py := float64(y) + (float64(i/fine)+.5)/fine - float64(s.h)/2
				u, v := (cos*px+sin*py)/s.module, (cos*py-sin*px)/s.module
				// What is farther away is smaller.
				depth := 1 / (1 - s.tilt*u/n)
				u, v = u*depth+n/2, v*depth+n/2
				switch {
				case u < -Quiet || v < -Quiet || u > n+Quiet || v > n+Quiet || depth <= 0:
					sum += s.behind(px, py)
				case s.dark(u, v) != s.invert:
					sum += s.black
				default:
					sum += s.white
				}
			}
			far := (float64(x)/float64(s.w) + float64(y)/float64(s.h)) / 2
			light[y*s.w+x] = sum / (fine * fine) * (1 - s.shade*far)
		}
	}
	if s.glass > 0 {
		light = smear(light, s.w, s.h, s.glass, 1, 0)
		light = smear(light, s.w, s.h, s.glass, 0, 1)
	}
	if s.shake > 0 {
		light = smear(light, s.w, s.h, -s.shake, 1, 1)
	}
	out := image.NewGray(image.Rect(0, 0, s.w, s.h))
	for i, v := range light {
		out.Pix[i] = byte(min(max(v+s.noise*random.NormFloat64(), 0), 255))
	}
	if s.jpeg == 0 {
		return out
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: s.jpeg}); err != nil {
		panic(err)
	}
	img, err := jpeg.Decode(&b)
	if err != nil {
		panic(err)
	}
	return img
}

// smear blurs along a direction: by a bell of that standard deviation, or, if
// width is negative, evenly over that length.
func smear(in []float64, w, h int, width float64, dx, dy int) []float64 {
	reach := int(math.Ceil(3 * width))
	if width < 0 {
		reach = int(-width / 2)
	}
	weights := make([]float64, 2*reach+1)
	var total float64
	for i := range weights {
		d := float64(i - reach)
		weights[i] = 1
		if width > 0 {
			weights[i] = math.Exp(-d * d / (2 * width * width))
		}
		total += weights[i]
	}
	out := make([]float64, len(in))
	for y := range h {
		for x := range w {
			var sum float64
			for i, weight := range weights {
				sx, sy := min(max(x+(i-reach)*dx, 0), w-1), min(max(y+(i-reach)*dy, 0), h-1)
				sum += weight * in[sy*w+sx]
			}
			out[y*w+x] = sum / total
		}
	}
	return out
}

// scenery returns what could lie behind a code: a slope of light, waves as of
// cloth, boxes as of books and windows, and lines as of text.
func scenery(random *rand.Rand) func(x, y float64) float64 {
	type wave struct{ fx, fy, phase, size float64 }
	var waves []wave
	for range 6 {
		waves = append(waves, wave{random.NormFloat64() * .05, random.NormFloat64() * .05, random.Float64() * 7, 12 * random.Float64()})
	}
	type box struct{ x, y, w, h, light, stripes float64 }
	var boxes []box
	for range 14 {
		b := box{x: random.NormFloat64() * 350, y: random.NormFloat64() * 300, w: 20 + 180*random.Float64(), h: 20 + 180*random.Float64(), light: 30 + 200*random.Float64()}
		if random.IntN(3) == 0 {
			b.stripes = 2 + 8*random.Float64()
		}
		boxes = append(boxes, b)
	}
	sx, sy := random.NormFloat64()*.08, random.NormFloat64()*.08
	return func(x, y float64) float64 {
		for i := len(boxes) - 1; i >= 0; i-- { // the last is before the others
			b := &boxes[i]
			if dx, dy := x-b.x, y-b.y; dx >= 0 && dy >= 0 && dx < b.w && dy < b.h {
				v := b.light
				if b.stripes > 0 && int(dy/b.stripes)%2 == 0 && int(dx/b.stripes/1.3)%3 != 0 {
					v = 255 - v
				}
				return min(max(v, 0), 255)
			}
		}
		v := 128 + sx*x + sy*y
		for i := range waves {
			w := &waves[i]
			v += w.size * math.Sin(w.fx*x+w.fy*y+w.phase)
		}
		return min(max(v, 0), 255)
	}
}

// wall is what is behind a code where it does not matter.
func wall(float64, float64) float64 { return 190 }

// classes are the kinds of picture that people take of a code, and the share of
// each that must be read at the least.
var classes = []struct {
	name  string
	least float64
	spoil func(s *shot, random *rand.Rand)
}{
	{"turned", 1, func(s *shot, r *rand.Rand) { s.turned = r.Float64() * 2 * math.Pi }},
	{"blurred", .8, func(s *shot, r *rand.Rand) {
		s.turned = r.NormFloat64() * .1
		if r.IntN(2) == 0 {
			s.glass = s.module * (.3 + .35*r.Float64())
		} else {
			s.shake = s.module * (.5 + .7*r.Float64())
		}
	}},
	{"dark", 1, func(s *shot, r *rand.Rand) {
		s.turned, s.noise = r.NormFloat64()*.15, 2+3*r.Float64()
		s.black, s.white, s.shade = 4+10*r.Float64(), 35+30*r.Float64(), .5*r.Float64()
		s.behind = func(x, y float64) float64 { return 22 }
	}},
	{"low contrast", .8, func(s *shot, r *rand.Rand) {
		s.turned, s.noise = r.NormFloat64()*.15, 1+2*r.Float64()
		s.black = 90 + 60*r.Float64()
		s.white = s.black + 18 + 25*r.Float64()
		s.shade = .25 * r.Float64()
	}},
	{"small", 1, func(s *shot, r *rand.Rand) {
		s.module, s.turned = 1.8+1.4*r.Float64(), r.NormFloat64()*.1
		s.behind = scenery(r)
	}},
	{"tilted", .8, func(s *shot, r *rand.Rand) {
		s.turned, s.tilt = r.Float64()*2*math.Pi, .15+.25*r.Float64()
	}},
	{"noisy", 1, func(s *shot, r *rand.Rand) {
		s.turned, s.noise = r.NormFloat64()*.2, 20+35*r.Float64()
	}},
	{"jpeg", 1, func(s *shot, r *rand.Rand) {
		s.module, s.turned, s.jpeg = 2.6+2*r.Float64(), r.NormFloat64()*.1, 8+r.IntN(25)
		s.behind = scenery(r)
	}},
	{"surroundings", 1, func(s *shot, r *rand.Rand) {
		s.turned, s.tilt, s.behind, s.shade = r.Float64()*2*math.Pi, .15*r.Float64(), scenery(r), .4*r.Float64()
		s.module = 3 + 2*r.Float64()
		s.w, s.h = 960, 720
		s.invert = r.IntN(4) == 0
	}},
	{"all together", .8, func(s *shot, r *rand.Rand) {
		s.turned, s.tilt, s.behind = r.NormFloat64()*.5, .2*r.Float64(), scenery(r)
		s.module, s.shade = 3.2+2*r.Float64(), .4*r.Float64()
		s.black, s.white = 25+40*r.Float64(), 130+90*r.Float64()
		s.glass, s.noise, s.jpeg = s.module*(.15+.2*r.Float64()), 3+8*r.Float64(), 40+r.IntN(40)
		s.w, s.h = 960, 720
	}},
}

// invitations are real ones, of a profile that is no more.
func invitations(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/invitations.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// photo returns the i-th picture of a class, and what it says.
func photo(t testing.TB, texts []string, class, i int) (image.Image, string) {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(class)+*photoSeed<<8, uint64(i)))
	text := texts[i%len(texts)]
	s := &shot{code: code(t, text), text: text, w: 640, h: 480, module: 3.5 + 3*random.Float64(),
		round: i%2 == 0, black: 25, white: 230, behind: wall}
	s.module = min(s.module, 440/float64(s.code.Size()+2*Quiet))
	classes[class].spoil(s, random)
	if s.w > 640 {
		s.w, s.h = 960, 720
	} else if most := float64(s.h) / (float64(s.code.Size()) * (1 + math.Abs(math.Sin(2*s.turned))*.42) * (1 + s.tilt/2)); s.module > most {
		s.module = most // all of it is in the picture
	}
	return s.take(random), text
}
