// Package rich reads the few signs by which people set their messages: **bold**,
// *slanted* or _slanted_, `code`, blocks of code between lines of ```, quotes after
// "> ", lists after "- " and "1. ", and addresses.
//
// It never guesses: what is not surely a sign is text as it was typed. Every span
// is a piece of what was written, at the place where it stands there; between two
// spans lie nothing but signs. The work is in proportion to the text, whatever
// somebody sends.
package rich

import "strings"

// Style says how a span is set; the values can be added up.
type Style uint8

const (
	Bold Style = 1 << iota
	Italic
	Code
)

// Span is a piece of a text in one style.
type Span struct {
	Text  string // without a line break, but in a block of code
	From  int    // where it begins in what was written
	Style Style
	Link  string // the address it leads to; "" is none
}

// Kind is what a block is.
type Kind uint8

const (
	Plain     Kind = iota // one line as written
	Quote                 // one line of a quote
	Item                  // of a list
	CodeBlock             // lines of code
)

// Block is a piece of a text that begins a line.
type Block struct {
	Kind  Kind
	Depth int // of an item: how far it is indented
	// Marker is what stands before an item, "•" or "12.", and what was written
	// beside the opening sign of code.
	Marker string
	Spans  []Span
}

const fence = "```"

// Parse reads a text.
func Parse(s string) []Block {
	var out []Block
	open := true // a line that closes code may follow
	for at := 0; at <= len(s); {
		line, next := lineAt(s, at)
		if name, ok := opensCode(line); ok && open {
			if from, to, after := codeAfter(s, next); after >= 0 {
				out = append(out, Block{Kind: CodeBlock, Marker: name, Spans: []Span{{Text: s[from:to], From: from, Style: Code}}})
				at = after
				continue
			}
			open = false
		}
		out = append(out, block(line, at))
		at = next
	}
	return out
}

// lineAt returns the line that begins at at, and where the next one does: behind
// the end of s after the last.
func lineAt(s string, at int) (line string, next int) {
	i := strings.IndexByte(s[at:], '\n')
	if i < 0 {
		return s[at:], len(s) + 1
	}
	return strings.TrimSuffix(s[at:at+i], "\r"), at + i + 1
}

// opensCode reports whether a line begins a block of code, and what it calls it.
func opensCode(line string) (name string, ok bool) {
	name, ok = strings.CutPrefix(line, fence)
	name = strings.TrimRight(name, " \t")
	if !ok || len(name) > 20 || strings.ContainsAny(name, " `\t") {
		return "", false
	}
	return name, true
}

// codeAfter returns the lines from at on up to one that closes code, and where the
// line after that begins; after is -1 if none does.
func codeAfter(s string, at int) (from, to, after int) {
	for from = at; at <= len(s); {
		line, next := lineAt(s, at)
		if strings.TrimRight(line, " \t") == fence {
			to = max(from, at-1) // without the last line's break
			if to > from && s[to-1] == '\r' {
				to--
			}
			return from, to, next
		}
		at = next
	}
	return 0, 0, -1
}

// block reads a line that begins at from.
func block(line string, from int) Block {
	if rest, ok := strings.CutPrefix(line, "> "); ok {
		return Block{Kind: Quote, Spans: inline(rest, from+2)}
	}
	if line == ">" {
		return Block{Kind: Quote}
	}
	rest := strings.TrimLeft(line, " ")
	indent := len(line) - len(rest)
	if n := marker(rest); n > 0 {
		b := Block{Kind: Item, Depth: min(indent/2, 3), Marker: rest[:n], Spans: inline(rest[n+1:], from+indent+n+1)}
		if b.Marker == "-" {
			b.Marker = "•"
		}
		return b
	}
	return Block{Spans: inline(line, from)}
}

// marker returns how long the sign is by which an item of a list begins, before
// the space and the words that have to follow it; 0 is none.
func marker(s string) int {
	n := 0
	if strings.HasPrefix(s, "-") {
		n = 1
	} else {
		for n < len(s) && n < 4 && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if n == 0 || n == len(s) || s[n] != '.' {
			return 0
		}
		n++
	}
	if n+1 >= len(s) || s[n] != ' ' || s[n+1] == ' ' {
		return 0
	}
	return n
}
