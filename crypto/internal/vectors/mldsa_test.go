package vectors

import (
	"slices"
	"testing"

	"filippo.io/mldsa"
	"filippo.io/mldsa/mldsacrypto"
)

type verifyGroup struct {
	PublicKey hexBytes
	Tests     []struct {
		verdict
		Msg, Ctx, Sig hexBytes
	}
}

// verify is what the product does with a signature, from the encoded key on.
func verify(public, message, signature, context []byte) error {
	pub, err := mldsa.NewPublicKey(mldsa.MLDSA65(), public)
	if err != nil {
		return err
	}
	return mldsa.Verify(pub, message, signature, &mldsa.Options{Context: string(context)})
}

func TestMLDSAVerifyWycheproof(t *testing.T) {
	w := loadWycheproof[verifyGroup](t, "mldsa_65_verify")
	var n, withContext count
	for _, g := range w.TestGroups {
		for _, v := range g.Tests {
			n.add(t, v.verdict)
			if v.Ctx != nil {
				withContext.add(t, v.verdict)
			}
			if err := verify(g.PublicKey, v.Msg, v.Sig, v.Ctx); (err == nil) != (v.Result == "valid") {
				t.Errorf("vector %d (%s): error %v, want %s", v.TcID, v.Comment, err, v.Result)
			}
		}
	}
	n.check(t, w.NumberOfTests, count{valid: 79, invalid: 131})
	withContext.check(t, 8, count{valid: 3, invalid: 5})
}

type signGroup struct {
	PrivateSeed, PublicKey hexBytes
	Tests                  []struct {
		verdict
		Msg, Ctx, Mu, Sig, Rnd hexBytes
	}
}

// From a seed follow the public key and the signature of a message in a
// context. Vectors flagged Internal give only the hash of the message with the
// key, which is signed instead. The one randomized signature cannot be made
// anew, since the library takes no randomness from its caller; it must verify.
func TestMLDSASignWycheproof(t *testing.T) {
	w := loadWycheproof[signGroup](t, "mldsa_65_sign_seed")
	var n count
	var internal, randomized int
	for _, g := range w.TestGroups {
		key, keyErr := mldsa.NewPrivateKey(mldsa.MLDSA65(), g.PrivateSeed)
		for _, v := range g.Tests {
			n.add(t, v.verdict)
			if keyErr != nil {
				if v.Result != "invalid" || !slices.Contains(v.Flags, "IncorrectPrivateKeyLength") {
					t.Errorf("vector %d (%s): %v", v.TcID, v.Comment, keyErr)
				}
				continue
			}
			equal(t, v.TcID, key.PublicKey().Bytes(), g.PublicKey)
			if slices.Contains(v.Flags, "Internal") {
				internal++
				got, err := key.SignDeterministic(v.Mu, mldsacrypto.MLDSAMu)
				if err != nil {
					t.Errorf("vector %d: %v", v.TcID, err)
				}
				equal(t, v.TcID, got, v.Sig)
				continue
			}
			if v.Result == "valid" {
				if err := verify(g.PublicKey, v.Msg, v.Sig, v.Ctx); err != nil {
					t.Errorf("vector %d: %v", v.TcID, err)
				}
			}
			if v.Rnd != nil {
				randomized++
				continue
			}
			got, err := key.SignDeterministic(v.Msg, &mldsa.Options{Context: string(v.Ctx)})
			if (err == nil) != (v.Result == "valid") {
				t.Errorf("vector %d (%s): error %v, want %s", v.TcID, v.Comment, err, v.Result)
			}
			equal(t, v.TcID, got, v.Sig)
		}
	}
	n.check(t, w.NumberOfTests, count{valid: 101, invalid: 4})
	seen(t, internal, 17)
	seen(t, randomized, 1)
}

type dsaACVPGroup struct {
	Tests []struct {
		Seed, PK                    hexBytes
		Message, Context, Signature hexBytes
		TestPassed                  bool
	}
	PK hexBytes
}

// FIPS 204, algorithm 1.
func TestMLDSAKeyGenACVP(t *testing.T) {
	n := 0
	for _, g := range loadACVP[dsaACVPGroup](t, "ML-DSA-keyGen-FIPS204").TestGroups {
		for _, v := range g.Tests {
			n++
			key, err := mldsa.NewPrivateKey(mldsa.MLDSA65(), v.Seed)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "public key", key.PublicKey().Bytes(), v.PK)
		}
	}
	seen(t, n, 25)
}

// FIPS 204, algorithm 3.
func TestMLDSAVerifyACVP(t *testing.T) {
	n := 0
	for _, g := range loadACVP[dsaACVPGroup](t, "ML-DSA-sigVer-FIPS204").TestGroups {
		for _, v := range g.Tests {
			n++
			if err := verify(v.PK, v.Message, v.Signature, v.Context); (err == nil) != v.TestPassed {
				t.Errorf("error %v, want %v", err, v.TestPassed)
			}
		}
	}
	seen(t, n, 1)
}
