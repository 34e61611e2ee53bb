package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"sync"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/rogpeppe/go-internal/testscript"
)

// scrape reads the counts of a node, whose log names the address, as Prometheus
// would, and keeps the text in a file.
func scrape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: scrape NAME.err FILE")
	}
	address := regexp.MustCompile(`msg=metrics address=(\S+)`).FindStringSubmatch(ts.ReadFile(args[0]))
	if address == nil {
		ts.Fatalf("no address in %s", ts.ReadFile(args[0]))
	}
	answer, err := http.Get("http://" + address[1] + "/metrics")
	ts.Check(err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		ts.Fatalf("%s", answer.Status)
	}
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	defer f.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(io.TeeReader(answer.Body, f))
	ts.Check(err)
	for name, family := range families {
		if family.GetHelp() == "" || len(family.Metric) == 0 {
			ts.Fatalf("%s has no help or no value", name)
		}
	}
}

// occupied are the ports that scripts hold, by script.
type occupied struct{ byWork sync.Map }

// take listens on the first port that a file names.
func (o *occupied) take(ts *testscript.TestScript, _ bool, args []string) {
	port := regexp.MustCompile(`/tcp/([0-9]+)`).FindStringSubmatch(ts.ReadFile(args[0]))
	if port == nil {
		ts.Fatalf("no port in %s", ts.ReadFile(args[0]))
	}
	l, err := net.Listen("tcp", "127.0.0.1:"+port[1])
	ts.Check(err)
	o.byWork.Store(ts.Getenv("WORK"), l)
}

// leave ends that.
func (o *occupied) leave(work string) {
	if l, ok := o.byWork.LoadAndDelete(work); ok {
		_ = l.(net.Listener).Close()
	}
}

// damage turns a bit in the middle of a file.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	b := []byte(ts.ReadFile(args[0]))
	b[len(b)/2] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}
