package theme

import (
	"bytes"
	"fmt"
	"image/color"
	"sync"

	"fyne.io/fyne/v2"

	"sotto/assets"
)

// The toolkit caches drawings by the name of their resource, so a drawing in
// another colour has another name.
var icons sync.Map // name string → fyne.Resource

// Icon returns the icon of that name in the colour that t stands for now. An
// unknown name is a fault of the program and panics.
func Icon(name string, t Token) fyne.Resource { return IconColor(name, Color(t)) }

// IconColor returns the icon of that name in colour c.
func IconColor(name string, c color.NRGBA) fyne.Resource {
	svg, ok := assets.Icon(name)
	if !ok {
		panic("theme: no icon " + name)
	}
	return recolour(name, svg, "#000000", c)
}

// Logo returns the mark in two tones for the ground in use.
func Logo() fyne.Resource {
	if IsDark() {
		return fyne.NewStaticResource("logo-dark.svg", assets.Logo(assets.LogoDark))
	}
	return fyne.NewStaticResource("logo.svg", assets.Logo(assets.LogoLight))
}

// AppIcon returns the icon of the program's window.
func AppIcon() fyne.Resource {
	return fyne.NewStaticResource("icon.png", assets.AppPicture())
}

// recolour returns svg with the fill old replaced by c. Alpha becomes an
// attribute of its own: the renderer does not read #RRGGBBAA.
func recolour(name string, svg []byte, old string, c color.NRGBA) fyne.Resource {
	key := fmt.Sprintf("%s-%02x%02x%02x%02x.svg", name, c.R, c.G, c.B, c.A)
	if r, ok := icons.Load(key); ok {
		return r.(fyne.Resource)
	}
	fill := fmt.Sprintf(`fill="#%02x%02x%02x"`, c.R, c.G, c.B)
	if c.A != 255 {
		fill += fmt.Sprintf(` fill-opacity="%.3f"`, float32(c.A)/255)
	}
	r := fyne.NewStaticResource(key, bytes.ReplaceAll(svg, []byte(`fill="`+old+`"`), []byte(fill)))
	icons.Store(key, r)
	return r
}
