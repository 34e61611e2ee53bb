package qr

import (
	"image"
	"image/color"
)

// gray returns the picture's brightness on a white ground, one byte a pixel,
// from (0, 0).
func gray(img image.Image) *image.Gray {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		row := out.Pix[y*out.Stride:]
		for x := range b.Dx() {
			row[x] = brightness(at(img, b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// at returns a pixel without allocating where the picture's type allows.
func at(img image.Image, x, y int) color.RGBA64 {
	if fast, ok := img.(image.RGBA64Image); ok {
		return fast.RGBA64At(x, y)
	}
	return color.RGBA64Model.Convert(img.At(x, y)).(color.RGBA64)
}

// brightness returns the luma of a premultiplied colour laid on white.
func brightness(c color.RGBA64) byte {
	luma := (299*uint32(c.R) + 587*uint32(c.G) + 114*uint32(c.B)) / 1000
	return byte((luma + 0xffff - uint32(c.A)) >> 8)
}

// shrink returns the picture with its longer side at most limit pixels, each
// pixel the mean of a square of the original's.
func shrink(p *image.Gray, limit int) *image.Gray {
	size := p.Rect.Size()
	n := (max(size.X, size.Y) + limit - 1) / limit
	if n <= 1 {
		return p
	}
	out := image.NewGray(image.Rect(0, 0, max(1, size.X/n), max(1, size.Y/n)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum, count := 0, 0
			for dy := range min(n, size.Y-y*n) {
				for _, v := range p.Pix[(y*n+dy)*p.Stride+x*n:][:min(n, size.X-x*n)] {
					sum += int(v)
					count++
				}
			}
			out.Pix[y*out.Stride+x] = byte(sum / count)
		}
	}
	return out
}

// enlarge returns the picture at twice its size, with steps between its pixels.
func enlarge(p *image.Gray) *image.Gray {
	size := p.Rect.Size()
	out := image.NewGray(image.Rect(0, 0, 2*size.X, 2*size.Y))
	for y := range 2 * size.Y {
		// Each new pixel lies a quarter of the way from one old one to the next.
		near, far := row(p, y/2), row(p, y/2-1+y%2*2)
		to := out.Pix[y*out.Stride:][:out.Stride]
		for x := range to {
			n, f := x/2, min(max(x/2-1+x%2*2, 0), size.X-1)
			to[x] = byte((9*int(near[n]) + 3*int(near[f]) + 3*int(far[n]) + int(far[f])) / 16)
		}
	}
	return out
}

// row returns a row of the picture, or the one at its edge that is nearest.
func row(p *image.Gray, y int) []byte {
	size := p.Rect.Size()
	return p.Pix[min(max(y, 0), size.Y-1)*p.Stride:][:size.X]
}

// turn returns the picture turned by 45 degrees on a white ground, at a scale
// that keeps every pixel.
func turn(p *image.Gray) *image.Gray {
	size := p.Rect.Size()
	side := size.X + size.Y
	out := image.NewGray(image.Rect(0, 0, side, side))
	for v := range side {
		row := out.Pix[v*out.Stride:][:side]
		for u := range row {
			// A step along u or v is half a pixel along both x and y, so the
			// turned picture is larger by the square root of two.
			x, y := (u+v-size.Y)>>1, (v-u+size.Y)>>1
			row[u] = 0xff
			if x >= 0 && x < size.X && y >= 0 && y < size.Y {
				row[u] = p.Pix[y*p.Stride+x]
			}
		}
	}
	return out
}
