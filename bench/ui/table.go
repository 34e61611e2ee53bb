package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// figures are what was measured: by name, for each round in which it was, once or
// more often.
type figures struct {
	round int
	all   map[string]map[int][]float64
}

func newFigures() *figures { return &figures{all: map[string]map[int][]float64{}} }

func (f *figures) add(name string, v float64) {
	if f.all[name] == nil {
		f.all[name] = map[int][]float64{}
	}
	f.all[name][f.round] = append(f.all[name][f.round], v)
}

func (f *figures) took(name string, all ...time.Duration) {
	for _, d := range all {
		f.add(name, d.Seconds()*1000)
	}
}

// of returns the least and the median, among the rounds, of the value below which
// that part of each round lies. It reports false if nothing was measured.
func (f *figures) of(name string, part float64) (least, median float64, ok bool) {
	var rounds []float64
	for _, all := range f.all[name] {
		rounds = append(rounds, quantile(all, part))
	}
	if len(rounds) == 0 {
		return 0, 0, false
	}
	return slices.Min(rounds), quantile(rounds, .5), true
}

func quantile(all []float64, part float64) float64 {
	s := slices.Sorted(slices.Values(all))
	return s[min(len(s)-1, int(part*float64(len(s))))]
}

// line is one figure of a table: what it is called, which it is and which part of
// each round counts; what stands beside it; and what is aimed at: a most in the
// figure's unit, or a most of the ratio to what is beside.
type line struct {
	text, name   string
	part         float64
	with, beside string
	most, ratio  float64
}

const (
	half   = .5
	nearly = .95
	all    = 1
)

var waits = []line{
	{"start to something drawn in the window, lock screen", "large, locked, drawn", half, "bare window", "bare, drawn", 0, 1.3},
	{"the same, first screen", "first screen, drawn", half, "bare window", "bare, drawn", 0, 1.3},
	{"Enter to the derived key", "large, key", half, "1,000 stored", "small, key", 0, 0},
	{"derived key to the painted list", "large, list", half, "1,000 stored", "small, list", 300, 0},
	{"opening a conversation of 100,000, the first time", "large, open 1 first", half, "of 50, 1,000 stored", "small, open 1 first", 50, 0},
	{"the same, again", "large, open 1 again", half, "of 50, 1,000 stored", "small, open 1 again", 50, 0},
	{"opening one of 1,000,000, again", "large, open 0 again", half, "of 1,000", "large, open 2 again", 50, 0},
	{"the same", "large, open 0 again", half, "bare window, choosing a row", "bare, press", 0, 0},
	{"a step of the wheel in 1,000,000, p50", "large, scroll 0", half, "in 1,000", "large, scroll 2", 0, 1.1},
	{"p95", "large, scroll 0", nearly, "in 1,000", "large, scroll 2", 0, 0},
	{"the same, p50", "large, scroll 0", half, "bare window's list", "bare, scroll", 0, 0},
	{"a step while 200 messages a second come, p50", "flood, scroll", half, "before they come", "calm, scroll", 0, 0},
	{"p95", "flood, scroll", nearly, "before they come", "calm, scroll", 0, 0},
	{"the longest", "flood, scroll", all, "before they come", "calm, scroll", 0, 0},
	{"a letter typed to the painted hits", "large, letter", half, "1,000 stored", "small, letter", 0, 0},
	{"search without the window, first page, p50", "large, query", half, "1,000 stored", "small, query", 10, 0},
	{"p95", "large, query", nearly, "1,000 stored", "small, query", 0, 0},
}

func (b *bench) print(w io.Writer) {
	fmt.Fprintf(w, "| ms | least | median | beside | least | median | ratio | aim |\n| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: |\n")
	for _, l := range waits {
		least, median, ok := b.figures.of(l.name, l.part)
		if !ok {
			continue
		}
		cells := []string{l.text, number(least), number(median), l.with, "", "", "", ""}
		low, middle, beside := b.figures.of(l.beside, l.part)
		if beside {
			cells[4], cells[5], cells[6] = number(low), number(middle), fmt.Sprintf("%.2f", median/middle)
		}
		switch {
		case l.most > 0:
			cells[7] = number(l.most)
			cells[2] = bold(cells[2], median > l.most)
		case l.ratio > 0 && beside:
			cells[7] = fmt.Sprintf("%.1f ×", l.ratio)
			cells[6] = bold(cells[6], median/middle > l.ratio)
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}

	fmt.Fprintf(w, "\n| | window mapped | something drawn | resident, MB | beside bare | of it anonymous | proportional | idle, %% of a core |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	names := []string{"bare", "bare with the caret", "first screen", "small, locked", "small, list", "small, conversation", "large, locked", "large, list", "large, scrolled up", "large, conversation"}
	for _, p := range b.peers {
		names = append(names, p.name)
	}
	_, bare, _ := b.figures.of("bare, resident", .5)
	for _, n := range names {
		cells := []string{n}
		both := func(name string, scale float64) {
			least, median, ok := b.figures.of(n+", "+name, .5)
			if !ok {
				cells = append(cells, "")
				return
			}
			cells = append(cells, number(least*scale)+", "+number(median*scale))
		}
		const mega = 1.0 / (1 << 20)
		both("mapped", 1)
		both("drawn", 1)
		both("resident", mega)
		if _, m, ok := b.figures.of(n+", resident", .5); ok {
			cells = append(cells, bold(fmt.Sprintf("%.2f", m/bare), n == "large, conversation" && m/bare > 1.3))
		} else {
			cells = append(cells, "")
		}
		both("anonymous", mega)
		both("proportional", mega)
		both("idle", 100)
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
}

// bold marks what misses its aim.
func bold(s string, misses bool) string {
	if misses {
		return "**" + s + "**"
	}
	return s
}

// number has three figures that count.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
