// Package history checks what Sotto promises about messages while everything
// fails: it runs real messengers, on real encrypted databases and a real libp2p
// network, and real mailboxes, under a schedule of failures, and then asks whether
// their history can have happened.
//
// The promises ([Run] reports whatever breaks one):
//
//  1. A message that is shown as delivered is in its recipient's database, once.
//  2. A message that Send accepted is delivered in the end, as long as its
//     sender's profile or a replica of it at a mailbox survives.
//  3. Whatever a person saw in a conversation before writing a message comes
//     before it, on both sides. (This holds each sender's own order, and a reply
//     after what it replies to. What stands apart, as of somebody who may be
//     another, has no order.)
//  4. Nothing that is on the wire, in a cell, or on the disk of a mailbox shows a
//     text, or who somebody is.
//
// A database that does not open after a crash, a program that does not answer or
// does not end, and a message from nobody break a promise as well.
//
// A run is a [Schedule], a list of steps: writing, reading, changing and taking
// back messages, starting programs, and failures. It is a function of a seed
// alone. What happens in between is up to the scheduler, the kernel and the
// network; a seed that fails therefore fails again often, but not always.
//
// How things fail:
//
//   - disk is a SQLite file layer under the enciphering. At the end of a program,
//     which can be asked for at the nth write, no byte changes any more: a power
//     cut takes away some of what was not synced, and tears a write in its middle.
//     A disk can be full or broken for some operations.
//   - points are the places in the program's code ([app.Surroundings]) and in its
//     use of mailboxes at which it can be made to end: before and after a commit,
//     before something is sent, deposited, or deleted at a mailbox, within the
//     taking in of mail, while a profile is opened or migrated. A program that has ended runs on until it notices, but
//     its disk and its network are gone, so that nobody can tell.
//   - wire is the network under TLS. It holds back, both ways or one, delays,
//     turns bits, and cuts.
//   - weather is what reaches the messenger: cells are lost, doubled, overtaken,
//     replayed.
//   - clocks are 40 days ahead or behind, computers sleep, and profiles are put
//     back from a copy.
//   - A box is a mailbox: it is killed like a program, loses what it has, is put
//     back from a copy, disappears for good, or lies ([Lie]).
//
// What a profile that was put back has lost is known (ledger), and forgiven; what
// it must still get is not. In some runs people reach each other by mailboxes
// only, to the end. There nothing that was deleted too early comes another way, and
// the points at which programs are to end stay set while the run settles, since most
// mail is taken in only then.
//
// To see that the checker sees, scripts/history-defects plants known mistakes in a
// copy of the program and expects each to be found.
package history
