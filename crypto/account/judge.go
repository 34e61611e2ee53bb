package account

import (
	"crypto/ed25519"
	"crypto/subtle"
	"fmt"
)

// A Verdict says how a list stands to one that was pinned (docs/protocol.md
// §3.4). What is to be done about each is said in §7.5.
type Verdict int

// The verdicts.
const (
	Same     Verdict = iota + 1 // the pinned list itself
	Follows                     // the next one, co-signed by a device of the pinned list
	Recovery                    // made with the phrase alone
	Gap                         // a later change, of a list that is not known here
	Fork                        // a second list in the place of the pinned one or of the next
	Rollback                    // an older version
)

// String returns the Verdict in a word.
func (v Verdict) String() string {
	switch v {
	case Same:
		return "same"
	case Follows:
		return "follows"
	case Recovery:
		return "recovery"
	case Gap:
		return "gap"
	case Fork:
		return "fork"
	case Rollback:
		return "rollback"
	}
	return fmt.Sprintf("Verdict(%d)", int(v))
}

// Judge says how l stands to a list that was pinned for the same account. The
// caller has called Verify on both.
//
// cosigner is the device from which l came. Only if it is in the pinned list,
// and has itself signed the change, does l follow: the account key alone makes
// a recovery, and a list that another device signed has to come from that one.
// Without a cosigner no list follows. Judge returns ErrChange for a next list
// that is not rightly co-signed, and for one of another account.
func (l *List) Judge(pinned *List, cosigner *DevicePublic) (Verdict, error) {
	switch {
	case l.Account != pinned.Account:
		return 0, ErrChange
	case l.Hash() == pinned.Hash():
		return Same, nil
	case l.Version < pinned.Version:
		return Rollback, nil
	case l.Version == pinned.Version:
		return Fork, nil
	case !l.change():
		return Recovery, nil
	case l.Version-pinned.Version > 1:
		return Gap, nil
	case l.Prev != pinned.Hash():
		return Fork, nil
	}
	if err := l.verifyCosignature(pinned, cosigner); err != nil {
		return 0, err
	}
	return Follows, nil
}

// verifyCosignature checks that by, a device of pinned, co-signed l.
func (l *List) verifyCosignature(pinned *List, by *DevicePublic) error {
	if by == nil {
		return ErrChange
	}
	hash := by.Hash()
	if !pinned.Has(hash) || subtle.ConstantTimeCompare(l.cosigner, hash[:]) == 0 {
		return ErrChange
	}
	if !ed25519.Verify(by.Ed25519(), signedMessage(labelCosignature, l.head()), l.cosignature) {
		return fmt.Errorf("%w: %w", ErrChange, ErrSignature)
	}
	return nil
}
