package ratchet

import "errors"

// Errors of Encrypt and Decrypt. The session is unchanged by all of them.
var (
	// ErrTooLong says that a plaintext is longer than MaxPlaintext.
	ErrTooLong = errors.New("ratchet: plaintext too long")
	// ErrCell says that bytes are not a cell.
	ErrCell = errors.New("ratchet: not a cell")
	// ErrUnknown says that a cell's tag is none of this session's: the cell is
	// for another session, or a repetition from a chain that is over.
	ErrUnknown = errors.New("ratchet: cell of no chain of this session")
	// ErrForged says that a cell has a tag of this session but was not made by
	// the peer as it stands.
	ErrForged = errors.New("ratchet: cell is not authentic")
	// ErrReplay says that the key of a cell was used already, or was kept for
	// 30 days in vain.
	ErrReplay = errors.New("ratchet: cell was opened before")
	// ErrTooFarAhead says that more cells are missing before this one than a
	// session keeps keys for. Opening the missing ones helps.
	ErrTooFarAhead = errors.New("ratchet: too many cells are missing before this one")
	// ErrListAhead says that a cell counts on a device list of its sender's that
	// was not announced yet. Keep the cell and open it after the announcement.
	ErrListAhead = errors.New("ratchet: device list of the sender is not known yet")
	// ErrListRollback says that the sender has gone back to an older device
	// list of its own. That is a reason for an alarm.
	ErrListRollback = errors.New("ratchet: sender counts on an older device list of its own")
	// ErrListUnknown says that the sender counts on a device list of ours that
	// we never had in this session. That is a reason for an alarm: the sender
	// was shown a list that this device does not know.
	ErrListUnknown = errors.New("ratchet: sender counts on a device list that is not ours")
	// ErrChainFull says that 2³²-1 cells were sent without an answer.
	ErrChainFull = errors.New("ratchet: chain is full")
)
