package vectors

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"sotto/crypto/internal/suite"
)

type xdhGroup struct {
	Tests []struct {
		verdict
		Public, Private, Shared hexBytes
	}
}

// Wycheproof calls "acceptable" what RFC 7748 computes and other documents
// refuse: points on the twist, encodings that are not canonical, and public
// keys of low order. The first two give the RFC's result. The last, which
// Wycheproof marks ZeroSharedSecret, are refused, as docs/protocol.md §2 says:
// their result does not depend on the private key.
func TestX25519Wycheproof(t *testing.T) {
	w := loadWycheproof[xdhGroup](t, "x25519")
	var n count
	refused := 0
	for _, g := range w.TestGroups {
		for _, v := range g.Tests {
			n.add(t, v.verdict)
			got, err := dh(t, v.Private, v.Public)
			if slices.Contains(v.Flags, "ZeroSharedSecret") {
				refused++
				if !errors.Is(err, suite.ErrLowOrder) || v.Result != "acceptable" {
					t.Errorf("vector %d (%s): all-zero result, error %v", v.TcID, v.Comment, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("vector %d (%s): %v", v.TcID, v.Comment, err)
			}
			equal(t, v.TcID, got, v.Shared)
		}
	}
	n.check(t, w.NumberOfTests, count{valid: 264, acceptable: 254})
	seen(t, refused, 31)
}

func dh(t *testing.T, private, public []byte) ([]byte, error) {
	t.Helper()
	return suite.DH(suite.PrivateDH(private), public)
}

func TestX25519RFC(t *testing.T) {
	all := loadRFC[struct {
		Source                  string
		Private, Public, Shared hexBytes
	}](t, "x25519")
	for _, v := range all {
		got, err := dh(t, v.Private, v.Public)
		if err != nil {
			t.Errorf("%s: %v", v.Source, err)
		}
		equal(t, v.Source, got, v.Shared)
	}
	seen(t, len(all), 6)
}

// RFC 7748, section 5.2: each result is the next private key, and each private
// key the next public one.
func TestX25519Iterated(t *testing.T) {
	k := append([]byte{9}, make([]byte, suite.DHSize-1)...)
	u := k
	for range 1000 {
		next, err := dh(t, k, u)
		if err != nil {
			t.Fatal(err)
		}
		k, u = next, k
	}
	var want hexBytes
	if err := want.UnmarshalText([]byte("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")); err != nil {
		t.Fatal(err)
	}
	equal(t, "1,000 iterations", k, want)
}

type eddsaGroup struct {
	PublicKey struct{ PK hexBytes }
	Tests     []struct {
		verdict
		Msg, Sig hexBytes
	}
}

func TestEd25519Wycheproof(t *testing.T) {
	w := loadWycheproof[eddsaGroup](t, "ed25519")
	var n count
	for _, g := range w.TestGroups {
		for _, v := range g.Tests {
			n.add(t, v.verdict)
			if got := ed25519.Verify(ed25519.PublicKey(g.PublicKey.PK), v.Msg, v.Sig); got != (v.Result == "valid") {
				t.Errorf("vector %d (%s): verifies: %v, want %s", v.TcID, v.Comment, got, v.Result)
			}
		}
	}
	n.check(t, w.NumberOfTests, count{valid: 88, invalid: 63})
}

func TestEd25519RFC(t *testing.T) {
	all := loadRFC[struct {
		Source                           string
		Seed, Public, Message, Signature hexBytes
	}](t, "ed25519")
	for _, v := range all {
		k := ed25519.NewKeyFromSeed(v.Seed)
		equal(t, v.Source, k.Public().(ed25519.PublicKey), v.Public)
		equal(t, v.Source, ed25519.Sign(k, v.Message), v.Signature)
		if !ed25519.Verify(ed25519.PublicKey(v.Public), v.Message, v.Signature) {
			t.Errorf("%s: does not verify", v.Source)
		}
	}
	seen(t, len(all), 4)
}
