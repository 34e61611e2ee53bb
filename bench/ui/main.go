// Ui measures the window from outside (make bench-ui): the program as it is built
// for people runs on a virtual display over a profile with a million messages, is
// used with a mouse and a keyboard, and the X server tells when what it paints has
// changed. So a figure is what a person waits for, from the key or the button to
// the last pixel.
//
// Beside it, in the same rounds, runs a bare window of the toolkit (bench/hello)
// and those other messengers that are installed. scripts/bench-ui starts this
// program where nothing but the loopback interface can be reached.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	bobs := flag.String("bob", "", "be Bob, in this directory, and write")
	only := flag.String("only", "rounds,search,flood", "what to measure")
	rounds := flag.Int("rounds", 3, "how often")
	sotto := flag.String("sotto", "bin/sotto", "the program")
	hello := flag.String("hello", "bin/hello", "the bare window")
	keep := flag.String("profiles", "", "a directory for the profiles, which is kept, and used if they are there")
	peers := flag.String("peers", "", "other messengers: NAME=COMMAND, separated by commas")
	flag.Parse()
	ctx := context.Background()
	var err error
	if *bobs != "" {
		err = beBob(ctx, *bobs)
	} else {
		err = measure(ctx, &bench{dir: *keep, sotto: *sotto, hello: *hello, figures: newFigures(), peers: split(*peers)}, *only, *rounds)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func measure(ctx context.Context, b *bench, only string, rounds int) (err error) {
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "sotto-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(b.dir)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "large")); err != nil {
		began := time.Now()
		if err := profiles(ctx, b.dir); err != nil {
			return fmt.Errorf("making profiles: %w", err)
		}
		log.Printf("Profiles of %d and %d messages were made in %v.", large.sum(), small.sum(), time.Since(began).Round(time.Second))
	}
	if b.d, err = openDisplay(); err != nil {
		return fmt.Errorf("the virtual display (scripts/bench-ui opens one): %w", err)
	}
	fmt.Printf("%s, %s/%s, %d processors; load %s", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load())
	for i := range rounds {
		b.figures.round = i
		if strings.Contains(only, "rounds") {
			if err := b.round(ctx); err != nil {
				return err
			}
		}
		if strings.Contains(only, "search") {
			if err := b.queries(ctx); err != nil {
				return fmt.Errorf("search: %w", err)
			}
		}
		if strings.Contains(only, "flood") {
			if err := b.flood(); err != nil {
				return fmt.Errorf("flood: %w", err)
			}
		}
		log.Printf("Round %d of %d is done.", i+1, rounds)
		fmt.Printf(", %s", load())
	}
	fmt.Printf("\n\n")
	b.print(os.Stdout)
	return nil
}

// load returns the load of the machine in the last minute.
func load() string {
	s, _ := os.ReadFile("/proc/loadavg")
	one, _, _ := strings.Cut(string(s), " ")
	return one
}
