package main

import (
	"fmt"
	"io"
	"runtime"
)

// printTable writes the table as Markdown.
func printTable(out io.Writer, all []operation, results []result, rounds int, p *peer) {
	fmt.Fprintf(out, "%s, %s/%s, %d processors; ", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if p != nil {
		fmt.Fprintf(out, "libsignal-client %s, Node %s; ", p.Libsignal, p.Node)
	} else {
		fmt.Fprint(out, "without libsignal, for which Node is needed; ")
	}
	fmt.Fprintf(out, "medians of %d rounds, processor time in µs.\n", rounds)
	fmt.Fprintf(out, "Aim: at most %.2f times the primitives; the aim beside libsignal is in brackets. **Bold**: missed.\n\n", aimFloor)

	fmt.Fprint(out, "| operation | Sotto | primitives | ratio |")
	if p != nil {
		fmt.Fprint(out, " libsignal | ratio |")
	}
	fmt.Fprint(out, " allocations | bytes |\n| --- | ---: | ---: | ---: |")
	if p != nil {
		fmt.Fprint(out, " ---: | ---: |")
	}
	fmt.Fprintln(out, " ---: | ---: |")
	for i, op := range all {
		r := results[i]
		ours, floor := median(r.ours), median(r.floor)
		fmt.Fprintf(out, "| %s | %s | %s | %s |", op.name, micro(ours), micro(floor), ratio(ours/floor, aimFloor))
		if p != nil {
			other := median(r.peer)
			fmt.Fprintf(out, " %s | %s", micro(other), ratio(ours/other, op.aimPeer))
			if op.aimPeer > 0 {
				fmt.Fprintf(out, " (%.2f)", op.aimPeer)
			}
			fmt.Fprint(out, " |")
		}
		fmt.Fprintf(out, " %.0f | %.0f |\n", median(r.allocs), median(r.bytes))
	}
}

// micro writes nanoseconds as microseconds, with three digits.
func micro(ns float64) string {
	us := ns / 1000
	switch {
	case us < 10:
		return fmt.Sprintf("%.2f", us)
	case us < 100:
		return fmt.Sprintf("%.1f", us)
	}
	return fmt.Sprintf("%.0f", us)
}

// ratio writes a ratio, in bold if it is beyond its aim.
func ratio(x, aim float64) string {
	if aim > 0 && x > aim {
		return fmt.Sprintf("**%.2f**", x)
	}
	return fmt.Sprintf("%.2f", x)
}
