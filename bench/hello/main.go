// Hello is the least that a messenger's window is made of in the toolkit, a list
// and an entry: the measure that the messenger's own window is read against
// (scripts/bench-ui).
package main

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.NewWithID("sotto.bench.hello").NewWindow("Hello")
	list := widget.NewList(func() int { return 200 }, func() fyne.CanvasObject { return widget.NewLabel("message") },
		func(i int, o fyne.CanvasObject) { o.(*widget.Label).SetText(fmt.Sprint("message ", i)) })
	w.SetContent(container.NewBorder(nil, widget.NewEntry(), nil, nil, list))
	w.Resize(fyne.NewSize(1280, 800))
	w.ShowAndRun()
}
