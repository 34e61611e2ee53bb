package handshake

import "errors"

// Errors of opening and of both sides of the handshake. What an invitation's
// text is refused with stands beside ParseInvite.
var (
	// ErrEnvelope says that a cell was not made with the secret of this
	// invitation or reset bundle, so it is from somebody who does not have it.
	ErrEnvelope = errors.New("handshake: cell is not of this invitation")
	// ErrBundle says that a bundle is not the one that the invitation promises,
	// or not one that an honest side makes.
	ErrBundle = errors.New("handshake: bundle does not match the invitation")
	// ErrForged says that a first message was made with the right secret but
	// is not what an honest initiator sends.
	ErrForged = errors.New("handshake: first message is not authentic")
	// ErrPinned says that a reset shows another account, device or device list
	// than those that are pinned for its sender.
	ErrPinned = errors.New("handshake: reset by another identity than the pinned one")
	// ErrListUnknown says that the sender of a reset was shown a device list
	// of our account that we never had. That is a reason for an alarm.
	ErrListUnknown = errors.New("handshake: reset counts on a device list that is not ours")
	// ErrMode says that an invitation in person is used as a link, or a link
	// as one in person.
	ErrMode = errors.New("handshake: invitation is of the other mode")
	// ErrRole says that in person the other side is the one to go first.
	ErrRole = errors.New("handshake: the other side goes first")
	// ErrSelf says that somebody meets their own account.
	ErrSelf = errors.New("handshake: both sides are the same account")
	// ErrTooLong says that something does not fit into a cell.
	ErrTooLong = errors.New("handshake: too long")
	// ErrKey says that a public key is of low order or not valid.
	ErrKey = errors.New("handshake: public key is not valid")
	// ErrOffer says that bytes are not a stored offer, or that an offer cannot
	// be made of what was given.
	ErrOffer = errors.New("handshake: malformed offer")
	// ErrWiped says that an offer was used after Wipe.
	ErrWiped = errors.New("handshake: offer was wiped")
)
