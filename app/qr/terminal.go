package qr

import (
	"bufio"
	"io"
)

// WriteTerminal writes the code for a terminal, two rows of modules to a line,
// black on white whatever the terminal's colours are.
func (c Code) WriteTerminal(w io.Writer) error {
	const colours, end = "\x1b[38;5;16;48;5;231m", "\x1b[0m\n"
	b := bufio.NewWriter(w)
	for y := -Quiet; y < c.Size()+Quiet; y += 2 {
		b.WriteString(colours)
		for x := -Quiet; x < c.Size()+Quiet; x++ {
			switch upper, lower := c.Dark(x, y), c.Dark(x, y+1); {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString(end)
	}
	return b.Flush()
}
