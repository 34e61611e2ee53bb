// Gallery shows the parts of the kit in all their states in one window, 1280 by
// 1264, to be held beside the drawn picture m-components, or the main window over
// a messenger in memory.
package main

import (
	"flag"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

func main() {
	dark := flag.Bool("dark", false, "show the dark palette")
	accent := flag.String("accent", "", "name of the accent")
	scene := flag.String("window", "", "show the main window instead: story, own, labels, rich, doing, states, notes, used, search, empty, crowd, long, delivery, delivery-long; in its settings mailboxes, mailboxes-all, mailboxes-long, mailboxes-none")
	width := flag.Float64("width", 1280, "of the main window")
	height := flag.Float64("height", 800, "of the main window")
	compact := flag.Bool("compact", false, "show lower rows in the list")
	flag.Parse()
	a := app.NewWithID("sotto.gallery")
	mode := theme.Light
	if *dark {
		mode = theme.Dark
	}
	if *scene != "" {
		theme.Choose(a, theme.Look{Mode: mode, Accent: *accent, Compact: *compact})
		showWindow(a, *scene, fyne.NewSize(float32(*width), float32(*height)))
		a.Run()
		return
	}
	theme.Use(a, theme.Look{Mode: mode, Accent: *accent})
	w := a.NewWindow("Components")
	w.SetPadded(false)
	ground := kit.NewBox(theme.Paper, nil)
	root := kit.NewRoot(kit.Stack(ground, sheet()))
	w.SetContent(root)
	root.Bind(w)
	w.Resize(fyne.NewSize(1280, 1264))
	w.ShowAndRun()
}

// sheet lays the cards out as the picture does.
func sheet() fyne.CanvasObject {
	head := kit.HStack(12, kit.NewLogo(40), kit.NewText("Components and states", theme.Display, theme.Ink))
	left := kit.VStack(16, buttons(), fields(), chips(), avatars(), banners())
	right := kit.VStack(16, menus())
	return kit.Place(fyne.NewSize(100, 100), func(s fyne.Size) {
		kit.At(head, 32, 32, 800, 40)
		kit.At(left, 32, 96, 667, kit.HeightFor(left, 667))
		kit.At(right, 715, 96, 533, kit.HeightFor(right, 533))
	}, head, left, right)
}

func card(title string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	head := kit.NewText(title, theme.Caption.SemiBold(), theme.Ink2)
	return kit.NewBox(theme.Card, kit.Pad(21, 25, 21, 25, kit.VStack(16, append([]fyne.CanvasObject{head}, rows...)...))).
		Stroke(theme.Line).Radius(theme.RadiusXL)
}

func named(o fyne.CanvasObject, name string) fyne.CanvasObject {
	return kit.VStack(8, kit.Left(o), kit.NewText(name, theme.Micro, theme.Ink2))
}

func row(gap float32, os ...fyne.CanvasObject) fyne.CanvasObject { return kit.HStackTop(gap, os...) }

// in puts a part into a state: the pointer over it, held down, the focus.
func in(o fyne.CanvasObject, state string) fyne.CanvasObject {
	switch state {
	case "hover":
		o.(desktop.Hoverable).MouseIn(&desktop.MouseEvent{})
	case "pressed":
		o.(desktop.Mouseable).MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
	case "focus":
		o.(fyne.Focusable).FocusGained()
	case "disabled":
		o.(fyne.Disableable).Disable()
	}
	return o
}

func buttons() fyne.CanvasObject {
	var one, two []fyne.CanvasObject
	for _, s := range []string{"primary", "hover", "pressed", "focus", "disabled"} {
		one = append(one, named(in(kit.NewButton("Accept", kit.Primary, nil), s), s))
	}
	for _, s := range []string{"secondary", "hover", "pressed", "focus", "disabled"} {
		two = append(two, named(in(kit.NewButton("Decline", kit.Secondary, nil), s), s))
	}
	three := row(16,
		named(kit.NewButton("Later", kit.Quiet, nil), "quiet"),
		named(in(kit.NewButton("Later", kit.Quiet, nil), "hover"), "hover"),
		named(kit.NewButton("Delete", kit.Danger, nil), "danger"),
		named(kit.NewButton("Block", kit.DangerQuiet, nil), "danger, quiet"),
		named(kit.NewIconButton("attach", "Attach", nil).OnCard(), "icon"),
		named(in(kit.NewIconButton("attach", "", nil).OnCard(), "hover"), "hover"),
		named(kit.Sized(64, 36, kit.Middle(kit.NewButton("Copy", kit.Secondary, nil).WithSize(kit.Tiny))), "small"))
	return card("Buttons: rest, hover, pressed, focus, disabled", row(16, one...), row(16, two...), three)
}

func fields() fyne.CanvasObject {
	rest, hover, focus, wrong := kit.NewField("Name"), kit.NewField("Name"), kit.NewField("Name"), kit.NewField("Name")
	hover.MouseIn(nil)
	focus.SetText("Alice")
	focus.Entry().FocusGained()
	wrong.SetText("Al")
	wrong.SetError("Too short: at least 12 characters.")
	return card("Text field: rest, hover, focus, error",
		row(12, kit.Grow(rest), kit.Grow(hover)), row(12, kit.Grow(focus), kit.Grow(wrong)))
}

func chips() fyne.CanvasObject {
	none := kit.NewChip("warning", "No network", nil)
	none.Set("warning", "No network", true)
	return card("Chips, tags, badges, switches",
		kit.HStack(10, kit.NewChip("lan", "Same network", nil), kit.NewChip("direct", "Direct", nil),
			kit.NewChip("relay", "Relayed", nil), kit.NewChip("offline", "Away", nil), none),
		kit.HStack(10, kit.NewFilter("Everyone", true, nil), kit.Tag("Answers", kit.Good), kit.Tag("No answer", kit.Attention),
			kit.Tag("Key changed", kit.Wrong), kit.NewBadge(3, false), kit.NewBadge(120, false), kit.NewBadge(5, true),
			kit.NewSwitch("", false, nil), kit.NewSwitch("", true, nil), kit.NewRadio("", false, nil), kit.Spacer(0, 0), kit.NewRadio("", true, nil)))
}

func avatars() fyne.CanvasObject {
	grid := kit.VStack(12)
	for y := range 2 {
		r := kit.HStack(0)
		for x := range 6 {
			a := kit.NewAvatar(string(rune('a'+y*6+x)), string(rune('A'+x%2)), 44)
			r.Add(kit.Grow(kit.VStack(4, kit.Middle(a), kit.NewText("Tone", theme.Micro, theme.Ink2).Center())))
		}
		grid.Add(r)
	}
	return card("Avatars: twelve tones from the account key; people round, groups rounded", grid)
}

func banners() fyne.CanvasObject {
	toast := kit.Floating(theme.RadiusLG, kit.Pad(0, 20, 0, 16, kit.HStack(12, kit.NewIcon("check", 20, theme.OK),
		kit.NewText("Link copied. Cleared from the clipboard in 60 s.", theme.Body, theme.Ink), kit.Spacer(0, 48),
		kit.NewLink("Clear now", theme.Small, nil))))
	return card("Banner and toast",
		kit.Banner(kit.Attention, "warning", "No network", "What you write waits here and goes by itself.",
			kit.NewButton("Try now", kit.Secondary, nil).WithSize(kit.Tiny)),
		kit.Pad(8, 0, 20, 0, kit.Left(toast)))
}

func menus() fyne.CanvasObject {
	m := kit.NewMenu(
		kit.MenuItem{Icon: "reply", Text: "Reply", Key: "R"}, kit.MenuItem{Icon: "react", Text: "React", Key: "E"},
		kit.MenuItem{Icon: "forward", Text: "Forward"}, kit.MenuItem{Icon: "copy", Text: "Copy", Key: "Ctrl C"},
		kit.MenuItem{Icon: "star", Text: "Star"}, kit.MenuItem{Icon: "info", Text: "Details", Key: "I"},
		kit.MenuItem{Icon: "trash", Text: "Delete", Danger: true})
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	return card("Menu and tooltip", kit.Pad(0, 0, 16, 0, kit.HStackTop(32, kit.Floating(theme.RadiusLG, m),
		kit.Pad(12, 0, 0, 0, kit.Tip("On Alice’s computer since 14:04")))), codes())
}

func codes() fyne.CanvasObject {
	q, err := kit.NewQR("SOTTO:I/1/K7QXM2V5NDR3WZJ6TBYA4HGE2PQXM2V5NDR3WZJ6TBYA4HGE2PQXM2V5NDR3WZJ6TBYA4HGE2", 5)
	if err != nil {
		return container.NewStack(canvas.NewRectangle(color.Black))
	}
	return kit.Left(q)
}
