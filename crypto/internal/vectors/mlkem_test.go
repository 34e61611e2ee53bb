package vectors

import (
	"bytes"
	"crypto"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/sha3"
	"testing"

	"sotto/crypto/internal/suite"
)

// A kem is one parameter set of ML-KEM.
type kem struct {
	name, file string // in NIST's files, and in Wycheproof's
	newKey     func(seed []byte) (crypto.Decapsulator, error)
	// encapsulate takes the 32 bytes that are random in the product.
	encapsulate func(ek, m []byte) (secret, ciphertext []byte, err error)
}

var kems = []kem{
	{"ML-KEM-768", "mlkem_768",
		func(seed []byte) (crypto.Decapsulator, error) { return mlkem.NewDecapsulationKey768(seed) },
		func(ek, m []byte) ([]byte, []byte, error) {
			k, err := mlkem.NewEncapsulationKey768(ek)
			if err != nil {
				return nil, nil, err
			}
			return mlkemtest.Encapsulate768(k, m)
		}},
	{"ML-KEM-1024", "mlkem_1024",
		func(seed []byte) (crypto.Decapsulator, error) { return mlkem.NewDecapsulationKey1024(seed) },
		func(ek, m []byte) ([]byte, []byte, error) {
			k, err := mlkem.NewEncapsulationKey1024(ek)
			if err != nil {
				return nil, nil, err
			}
			return mlkemtest.Encapsulate1024(k, m)
		}},
}

type kemGroup struct {
	Tests []struct {
		verdict
		Seed, EK, C, K hexBytes
	}
}

// From a seed follow the encapsulation key and what a ciphertext decapsulates
// to. Invalid are seeds and ciphertexts of another length. A ciphertext that
// was altered or made up is valid: its secret is the one of implicit rejection.
func TestMLKEMWycheproof(t *testing.T) {
	for _, kem := range kems {
		t.Run(kem.name, func(t *testing.T) {
			w := loadWycheproof[kemGroup](t, kem.file)
			var n count
			for _, g := range w.TestGroups {
				for _, v := range g.Tests {
					n.add(t, v.verdict)
					dk, err := kem.newKey(v.Seed)
					if len(v.Seed) != suite.SeedSize {
						if err == nil || v.Result != "invalid" {
							t.Errorf("vector %d: a seed of %d bytes is taken", v.TcID, len(v.Seed))
						}
						continue
					}
					if err != nil {
						t.Fatalf("vector %d: %v", v.TcID, err)
					}
					equal(t, v.TcID, dk.Encapsulator().Bytes(), v.EK)
					got, err := dk.Decapsulate(v.C)
					if (err == nil) != (v.Result == "valid") {
						t.Errorf("vector %d (%s): error %v, want %s", v.TcID, v.Comment, err, v.Result)
					}
					equal(t, v.TcID, got, v.K)
				}
			}
			n.check(t, w.NumberOfTests, map[string]count{
				"ML-KEM-768":  {valid: 161, invalid: 40},
				"ML-KEM-1024": {valid: 162, invalid: 40},
			}[kem.name])
		})
	}
}

type encapsGroup struct {
	Tests []struct {
		verdict
		EK, M, C, K hexBytes
	}
}

// Invalid are encapsulation keys of another length, and those with a
// coefficient that is not reduced: the check that docs/protocol.md §2 asks for.
func TestMLKEMEncapsulationWycheproof(t *testing.T) {
	for _, kem := range kems {
		t.Run(kem.name, func(t *testing.T) {
			w := loadWycheproof[encapsGroup](t, kem.file+"_encaps")
			var n count
			for _, g := range w.TestGroups {
				for _, v := range g.Tests {
					n.add(t, v.verdict)
					secret, ciphertext, err := kem.encapsulate(v.EK, v.M)
					if (err == nil) != (v.Result == "valid") {
						t.Errorf("vector %d (%s): error %v, want %s", v.TcID, v.Comment, err, v.Result)
					}
					equal(t, v.TcID, secret, v.K)
					equal(t, v.TcID, ciphertext, v.C)
				}
			}
			n.check(t, w.NumberOfTests, map[string]count{
				"ML-KEM-768":  {valid: 133, invalid: 132},
				"ML-KEM-1024": {valid: 133, invalid: 136},
			}[kem.name])
		})
	}
}

type kemACVPGroup struct {
	ParameterSet string
	Tests        []struct {
		D, Z, EK, M, C, K hexBytes
	}
}

// FIPS 203, algorithms 16 and 19, and then 18 with a ciphertext that was
// altered: its secret must be SHAKE256 of z and the ciphertext.
func TestMLKEMKeyGenACVP(t *testing.T) {
	a := loadACVP[kemACVPGroup](t, "ML-KEM-keyGen-FIPS203")
	for _, kem := range kems {
		t.Run(kem.name, func(t *testing.T) {
			n := 0
			for _, g := range a.TestGroups {
				if g.ParameterSet != kem.name {
					continue
				}
				for _, v := range g.Tests {
					n++
					dk, err := kem.newKey(append(bytes.Clone(v.D), v.Z...))
					if err != nil {
						t.Fatal(err)
					}
					equal(t, kem.name, dk.Encapsulator().Bytes(), v.EK)
					secret, ciphertext, err := kem.encapsulate(v.EK, v.D)
					if err != nil {
						t.Fatal(err)
					}
					got, err := dk.Decapsulate(ciphertext)
					if err != nil {
						t.Fatal(err)
					}
					equal(t, "decapsulation", got, secret)
					for _, at := range []int{0, len(ciphertext) / 2, len(ciphertext) - 1} {
						bad := bytes.Clone(ciphertext)
						bad[at] ^= 1
						got, err := dk.Decapsulate(bad)
						if err != nil {
							t.Fatal(err)
						}
						equal(t, "implicit rejection", got, sha3.SumSHAKE256(append(bytes.Clone(v.Z), bad...), len(secret)))
					}
				}
			}
			seen(t, n, 25)
		})
	}
}

// FIPS 203, algorithm 17.
func TestMLKEMEncapsulationACVP(t *testing.T) {
	a := loadACVP[kemACVPGroup](t, "ML-KEM-encap-FIPS203")
	for _, kem := range kems {
		t.Run(kem.name, func(t *testing.T) {
			n := 0
			for _, g := range a.TestGroups {
				if g.ParameterSet != kem.name {
					continue
				}
				for _, v := range g.Tests {
					n++
					secret, ciphertext, err := kem.encapsulate(v.EK, v.M)
					if err != nil {
						t.Fatal(err)
					}
					equal(t, "secret", secret, v.K)
					equal(t, "ciphertext", ciphertext, v.C)
				}
			}
			seen(t, n, 25)
		})
	}
}
