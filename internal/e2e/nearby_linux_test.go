package e2e

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"sotto/p2p/p2ptest"
)

// TestNearby: three computers joined by nothing but a bridge. Two find each other
// on it and become contacts, without a link and without the internet. Before they
// look for each other nothing that they are called is to be found in the traffic,
// and the third, which does not look, says nothing of itself all the time.
func TestNearby(t *testing.T) {
	net := p2ptest.NewNetwork(t, 3)
	capture := net.Capture()
	const aliceName, bobName, otherName = "Alice-nearby-to-look-for", "Bob-nearby-to-look-for", "Other-nearby-to-look-for"
	alice, bob := newComputer(t, "Alice", net.Hosts[0].Command), newComputer(t, "Bob", net.Hosts[1].Command)
	other := newComputer(t, "Other", net.Hosts[2].Command)
	for c, name := range map[*computer]string{alice: aliceName, bob: bobName, other: otherName} {
		c.do(nil, "init", "--name", name)
		c.start()
	}
	shown := func(name string) bool { return capture.Contains([]byte(name)) }
	waitFor(t, "packets of all three", func() bool {
		from := map[string]bool{}
		for _, p := range capture.Packets() {
			from[p.From.Addr().String()] = true
		}
		return from[net.Hosts[0].Addr] && from[net.Hosts[1].Addr] && from[net.Hosts[2].Addr]
	})
	if shown(aliceName) || shown(bobName) {
		t.Error("a name is in the traffic although nobody looks for anybody")
	}

	lines := new(bytes.Buffer)
	looking := bob.command("nearby", "--seconds", "120")
	looking.Stdout = lines
	if err := looking.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { looking.Process.Kill() })
	waitFor(t, "Bob's name in the traffic", func() bool { return shown(bobName) })
	if shown(aliceName) {
		t.Error("Alice is shown although only Bob looks")
	}
	alice.do(nil, "add", "--nearby", bobName, "--wait", "40s")
	if !shown(aliceName) {
		t.Error("the capture misses what Alice shows: it proves nothing")
	}
	var requests []struct{ ID, Name, Mode string }
	waitFor(t, "the request", func() bool { bob.do(&requests, "requests"); return len(requests) == 1 })
	if requests[0].Name != aliceName || requests[0].Mode != "nearby" {
		t.Errorf("the request: %+v", requests[0])
	}
	bob.do(nil, "accept", requests[0].ID)
	for _, c := range []*computer{alice, bob} {
		waitFor(t, "both confirmed and not verified", func() bool {
			var contacts []struct{ Trust string }
			c.do(&contacts, "contacts")
			return len(contacts) == 1 && contacts[0].Trust == "confirmed"
		})
	}
	alice.do(nil, "send", bobName, "text-to-look-for", "--wait", "delivered", "--timeout", "60s")
	bob.stop() // what holds the profile ends, and with it the looking
	looking.Wait()
	var first struct{ Event, Name string }
	if err := json.Unmarshal([]byte(strings.SplitN(lines.String(), "\n", 2)[0]), &first); err != nil || first.Event != "shown" || first.Name != bobName {
		t.Errorf("Bob was told: %s", lines)
	}
	if shown(otherName) || shown("text-to-look-for") {
		t.Error("what nobody showed is in the traffic")
	}
	for _, p := range capture.Packets() {
		if to := p.To.Addr(); p.UDP && p.From.Addr().String() == net.Hosts[2].Addr && p.To.Port() == 27688 {
			t.Fatalf("the third computer sent to %s", to)
		}
	}
}
