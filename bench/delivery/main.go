// Delivery measures messages between two profiles, each in a process of its own,
// on loopback (make bench-delivery), and prints tables. Beside each figure stands
// what it is made of, measured in the same run: a raw libp2p stream, fdatasync,
// the database alone. Read the ratios; the figures depend on the machine.
//
// The other profile is this program again, started with -other (see other.go).
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
)

func main() {
	log.SetFlags(0)
	other := flag.String("other", "", "be the other profile, in this directory")
	only := flag.String("only", "latency,rate,drain,mail,serve,curve", "what to measure")
	messages := flag.Int("messages", 20_000, "how many messages the rate is measured over")
	waiting := flag.Int("waiting", 10_000, "how many messages wait in the drain")
	stored := flag.Int("stored", 1_000_000, "how many messages the curve ends with")
	cli := flag.String("cli", "bin/sotto-cli", "the headless program")
	profile := flag.String("profile", "", "write a processor profile of this side to this file")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			log.Fatal(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			log.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	ctx := context.Background()
	if *other != "" {
		if err := beOther(ctx, *other); err != nil {
			log.Fatal(err)
		}
		return
	}
	dir, err := os.MkdirTemp("", "sotto-bench-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%s, %s/%s, %d processors\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for _, part := range []struct {
		name string
		run  func() error
	}{
		{"latency", func() error { return latency(ctx, dir) }},
		{"rate", func() error { return rate(ctx, dir, *messages) }},
		{"drain", func() error { return drain(ctx, dir, *waiting) }},
		{"mail", func() error { return mail(ctx, dir, *cli, *waiting) }},
		{"serve", func() error { return serve(ctx, dir, *cli) }},
		{"curve", func() error { return curve(ctx, dir, *stored) }},
	} {
		if !strings.Contains(*only, part.name) {
			continue
		}
		if err := part.run(); err != nil {
			os.RemoveAll(dir)
			log.Fatalf("%s: %v", part.name, err)
		}
	}
}
