package e2e

import (
	"bytes"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sotto/crypto/account"
	"sotto/p2p/p2ptest"
)

// TestTwoComputersOnOneNetwork: two computers joined by nothing but a bridge
// become contacts and chat. Then both start anew on other ports, so that what
// each knows of the other's address is wrong and only discovery on the local
// network can bring them together. Nothing of what they say or are is to be
// found in the traffic or in the files.
func TestTwoComputersOnOneNetwork(t *testing.T) {
	net := p2ptest.NewNetwork(t, 2)
	capture := net.Capture()
	listen := []string{"--listen", "/ip4/0.0.0.0/tcp/0", "--listen", "/ip4/0.0.0.0/udp/0/quic-v1"}
	alice := newComputer(t, "Alice", net.Hosts[0].Command, listen...)
	bob := newComputer(t, "Bob", net.Hosts[1].Command, listen...)
	const aliceName, bobName = "Alice-name-to-look-for", "Bob-name-to-look-for"
	secrets := map[string][]byte{
		"passphrase":   []byte(passphrase),
		"Alice's name": []byte(aliceName),
		"Bob's name":   []byte(bobName),
	}
	for c, name := range map[*computer]string{alice: aliceName, bob: bobName} {
		var made struct {
			Account string
			Phrase  []string
		}
		c.do(&made, "init", "--name", name)
		phrase, err := account.ParsePhrase(strings.Join(made.Phrase, " "))
		if err != nil {
			t.Fatal(err)
		}
		key, err := phrase.AccountKey()
		if err != nil {
			t.Fatal(err)
		}
		id, err := hex.DecodeString(made.Account)
		if err != nil {
			t.Fatal(err)
		}
		public := key.Public()
		secrets[c.name+"'s account id"] = id
		secrets[c.name+"'s account id in hex"] = []byte(made.Account)
		secrets[c.name+"'s account key, Ed25519"] = public[:32]
		secrets[c.name+"'s account key, ML-DSA"] = public[32:64]
		secrets[c.name+"'s entropy"] = phrase.Entropy()
		secrets[c.name+"'s first words"] = []byte(strings.Join(made.Phrase[:3], " "))
		c.start()
	}
	introduce(t, alice, bob)
	say := func(c *computer, to, text string) {
		secrets["a text"+text] = []byte(text)
		c.do(nil, "send", to, text, "--wait", "delivered", "--timeout", "60s")
	}
	say(alice, bobName, "text-to-look-for-1")
	say(bob, aliceName, "text-to-look-for-2")
	for _, c := range []*computer{alice, bob} {
		c.stop()
	}
	for _, c := range []*computer{alice, bob} {
		c.start()
	}
	say(alice, bobName, "text-to-look-for-3")
	say(bob, aliceName, "text-to-look-for-4")
	want := []string{"out: text-to-look-for-1", "in: text-to-look-for-2", "out: text-to-look-for-3", "in: text-to-look-for-4"}
	if got := alice.texts(bobName); !slices.Equal(got, want) {
		t.Errorf("Alice has %q", got)
	}

	// What a thief finds: in every file, while running and after.
	search := func(want []byte) (found []string) {
		if capture.Contains(want) {
			found = append(found, "the traffic")
		}
		for _, c := range []*computer{alice, bob} {
			err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || !d.Type().IsRegular() {
					return err
				}
				b, err := os.ReadFile(path)
				if bytes.Contains(b, want) {
					found = append(found, path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return found
	}
	check := func(when string) {
		for what, want := range secrets {
			if found := search(want); found != nil {
				t.Errorf("%s: %s is in %v", when, what, found)
			}
		}
	}
	check("while running")
	alice.kill()
	bob.stop()
	check("afterwards")

	// The search can find: in a file, and in a packet between the two.
	if err := os.WriteFile(filepath.Join(alice.dir, "planted"), []byte("..text-to-look-for-1.."), 0o600); err != nil {
		t.Fatal(err)
	}
	if len(search([]byte("text-to-look-for-1"))) != 1 {
		t.Error("the search misses a planted file")
	}
	net.Hosts[0].Run("bash", "-c", "echo planted-packet > /dev/udp/"+net.Hosts[1].Addr+"/4000")
	waitFor(t, "the planted packet", func() bool { return len(search([]byte("planted-packet"))) == 1 })
	if len(capture.Packets()) < 50 {
		t.Errorf("only %d packets were captured", len(capture.Packets()))
	}
}
