// Crypto measures the cryptographic core (make bench-crypto) and prints one
// table. Each operation is done by three programs in turn, in many rounds, so
// that all share the same weather: by Sotto; by the bare primitives that the
// operation is made of, called in a row (floor.go); and by libsignal, in a Node
// process beside this one (peer.mjs). A figure is the median over the rounds.
//
// The aims are those of docs/benchmarks.md. An aim that is missed is printed
// in bold; nothing else follows from it, since figures depend on the machine.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 9, "how often each operation is measured")
	script := flag.String("peer", "", "path of peer.mjs, with its modules beside it; without it libsignal is left out")
	only := flag.String("only", "", "measure only the operations with this in their name")
	flag.Parse()
	if *rounds < 1 {
		log.Fatal("rounds: at least 1")
	}
	// With more than one, processors that have nothing to do help to collect
	// garbage, and are counted.
	runtime.GOMAXPROCS(1)
	var p *peer
	if *script != "" {
		var err error
		if p, err = startPeer(*script); err != nil {
			log.Fatal(err)
		}
		defer p.stop()
	}
	all := slices.DeleteFunc(operations(), func(op operation) bool { return !strings.Contains(op.name, *only) })
	results := make([]result, len(all))
	for round := range *rounds {
		for i, op := range all {
			s, err := op.measure(round, p)
			if err != nil {
				log.Fatalf("%s: %v", op.name, err)
			}
			results[i].add(s)
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, *rounds)
	}
	printTable(os.Stdout, all, results, *rounds, p)
}
