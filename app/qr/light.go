package qr

import (
	"image"
	"math"
)

// even returns the picture with the same contrast everywhere: each pixel by how
// far it is from the mean of the square of that reach around it, in standard
// deviations. It brings out what is dark, faint, or in the shade.
func even(p *image.Gray, reach int) *image.Gray {
	size := p.Rect.Size()
	// Sums over everything above and left of a pixel, so that the sum over any
	// rectangle takes four of them.
	w := size.X + 1
	sums, squares := make([]uint64, w*(size.Y+1)), make([]uint64, w*(size.Y+1))
	for y := range size.Y {
		var sum, square uint64
		for x := range size.X {
			v := uint64(p.Pix[y*p.Stride+x])
			sum, square = sum+v, square+v*v
			at := (y+1)*w + x + 1
			sums[at], squares[at] = sums[at-w]+sum, squares[at-w]+square
		}
	}
	out := image.NewGray(image.Rect(0, 0, size.X, size.Y))
	for y := range size.Y {
		y0, y1 := max(y-reach, 0)*w, min(y+reach+1, size.Y)*w
		for x := range size.X {
			x0, x1 := max(x-reach, 0), min(x+reach+1, size.X)
			n := float64((y1 - y0) / w * (x1 - x0))
			mean := float64(sums[y1+x1]-sums[y1+x0]-sums[y0+x1]+sums[y0+x0]) / n
			square := float64(squares[y1+x1]-squares[y1+x0]-squares[y0+x1]+squares[y0+x0]) / n
			// What is as good as flat stays so: its grain would be all there is.
			deviation := max(math.Sqrt(max(square-mean*mean, 0)), 4)
			v := 128 + 80*(float64(p.Pix[y*p.Stride+x])-mean)/deviation
			out.Pix[y*out.Stride+x] = byte(min(max(v, 0), 255))
		}
	}
	return out
}

// soften returns the picture with each pixel the mean of its neighbours, the
// nearer ones counting more, which takes grain away.
func soften(p *image.Gray) *image.Gray {
	return mix(p, func(at, sides, corners int) int { return (4*at + 2*sides + corners) / 16 })
}

// sharpen returns the picture with each pixel moved away from the mean of its
// neighbours, which takes some blur away.
func sharpen(p *image.Gray) *image.Gray {
	return mix(p, func(at, sides, corners int) int { return 3*at - (2*at+sides+corners)/5 })
}

// mix returns the picture with each pixel made from itself, the sum of the four
// beside it and the sum of the four at its corners. At the edge the picture goes
// on as it ends.
func mix(p *image.Gray, f func(at, sides, corners int) int) *image.Gray {
	size := p.Rect.Size()
	out := image.NewGray(image.Rect(0, 0, size.X, size.Y))
	for y := range size.Y {
		above, here, below := row(p, y-1), row(p, y), row(p, y+1)
		for x := range size.X {
			l, r := max(x-1, 0), min(x+1, size.X-1)
			v := f(int(here[x]),
				int(here[l])+int(here[r])+int(above[x])+int(below[x]),
				int(above[l])+int(above[r])+int(below[l])+int(below[r]))
			out.Pix[y*out.Stride+x] = byte(min(max(v, 0), 255))
		}
	}
	return out
}

// invert returns the picture with light and dark exchanged.
func invert(p *image.Gray) *image.Gray {
	out := image.NewGray(p.Rect)
	for i, v := range p.Pix {
		out.Pix[i] = 0xff - v
	}
	return out
}
