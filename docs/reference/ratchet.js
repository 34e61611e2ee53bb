// §7 Ratchet: the session after a handshake. A state is never changed: sealing and opening give the next one.

import {
  H, derive, dh, kdf, kem1024, kem768, keys, open, pairBytes, privatePair, publicPair, seal, xopen, xseal,
} from "./suite.js";
import { LP, Reader, empty, equal, hex, join, pad, refuse, u32, u8, unpad } from "./wire.js";

const CLASSES = [4096, 16384, 65536];
const HEADER = 2322;
const HEADER_B1 = HEADER + 1568;
const NONCE_END = 1 + 16 + 24;
export const MAX_PLAINTEXT = 61537;

// §7.4
const MAX_MISSING_CHAIN = 2000;
const MAX_MISSING_SESSION = 10000;
const KEEP_SECONDS = 30 * 24 * 60 * 60;
const MAX_CHAIN = 2 ** 32 - 1;
// §7.5
const MAX_LISTS = 64;

// §5.1, §7.2: how a session begins. The argument holds what the handshake made: h3 and ck2, the pair and the peer's
// public one of the first step with its ss and ct, and the identities own and peer with their lists.

function start(role, { h3, ck2, own, peer }) {
  const [RK, A1, B1] = keys(3, ck2, empty, join("root", h3));
  return {
    role, h3, RK,
    nextSend: role === "A" ? A1 : B1,
    nextReceive: role === "A" ? B1 : A1,
    own: [{ version: own.list.version, hash: own.list.hash }],
    peer: [{ version: peer.list.version, hash: peer.list.hash, place: { chain: 0, n: 0 } }],
    sending: null, receiving: null,
    over: [], kept: [],
    ownRS: [], peerRS: null,
  };
}

export function startA(handshake) {
  const { pair, theirs, ss, ct, own } = handshake;
  const s = start("A", handshake);
  const shown = publicPair(kem768, pair);
  s.theirs = theirs;
  s.IK = { dh: own.device.dh, seed: own.device.seed };
  beginSending(s, pair, { ...shown, ct }, step(s.RK, [dh(pair.dh, theirs.dh), ss], stepInfo(shown, ct)));
  return s;
}

export function startB(handshake) {
  const { pair, theirs, ss, ct, peer } = handshake;
  const s = start("B", handshake);
  s.pair = pair;
  s.IK = { dh: peer.device.dh, ek: peer.device.ek };
  beginReceiving(s, theirs, step(s.RK, [dh(pair.dh, theirs.dh), ss], stepInfo(theirs, ct)));
  return s;
}

// §7.2 Chains

function step(RK, secrets, info) {
  const [next, CK, nextHK, RS] = keys(4, RK, LP(...secrets), info);
  return { RK: next, CK, nextHK, RS };
}

const stepInfo = (pair, ct) => join("step", H(pairBytes(pair), ct));
const stepInfo3 = (pair, ct, ct3, h3) => join("step3", H(pairBytes(pair), ct, ct3, h3));

const messageKey = (CK) => kdf(CK, empty, "m");
const nextCK = (CK) => kdf(CK, empty, "c");
const tagOf = (HK) => derive(HK, "tag", 16);

function beginSending(s, pair, shown, { RK, CK, nextHK, RS }) {
  s.sending = {
    chain: nextChain(s),
    HK: s.nextSend, CK, n: 0, pn: s.sending?.n ?? 0, shown,
  };
  s.pair = pair;
  s.RK = RK;
  s.nextSend = nextHK;
  s.ownRS = [RS, ...s.ownRS].slice(0, 2);
}

function beginReceiving(s, theirs, { RK, CK, nextHK, RS }) {
  s.receiving = {
    chain: (s.receiving?.chain ?? 0) + 1,
    HK: s.nextReceive, CK, seen: 0, RS,
  };
  s.theirs = theirs;
  s.RK = RK;
  s.nextReceive = nextHK;
}

/** Whether the newest chain is the other's, so that the next cell we seal begins one of ours. */
function due(s) {
  const sent = s.sending?.chain ?? 0;
  const received = s.receiving?.chain ?? 0;
  return s.role === "A" ? received === sent : received === sent + 1;
}

const isB1 = (role, chain) => role === "B" && chain === 1;

/** What a next chain of ours is made of: a new pair, and what is encapsulated for the other. */
function ingredients(s, rand) {
  const chain = { pair: privatePair(rand), ...kem768.encapsulate(rand, s.theirs.ek) };
  if (isB1(s.role, nextChain(s))) {
    const third = kem1024.encapsulate(rand, s.IK.ek);
    Object.assign(chain, { ss3: third.ss, ct3: third.ct });
  }
  return chain;
}

const nextChain = (s) => (s.sending?.chain ?? 0) + 1;

/** Begins our next chain from { pair, ss, ct }, and for chain B1 { ss3, ct3 }. */
export function begin(session, { pair, ss, ct, ss3, ct3 }) {
  const s = copy(session);
  const shown = publicPair(kem768, pair);
  const secrets = [dh(pair.dh, s.theirs.dh), ss];
  if (isB1(s.role, nextChain(s))) {
    secrets.push(dh(pair.dh, s.IK.dh), ss3);
    beginSending(s, pair, { ...shown, ct, ct3 }, step(s.RK, secrets, stepInfo3(shown, ct, ct3, s.h3)));
    s.IK = null;
  } else {
    beginSending(s, pair, { ...shown, ct }, step(s.RK, secrets, stepInfo(shown, ct)));
  }
  return s;
}

/** Does the step to the other's next chain, and forgets the private keys that it takes. */
function nextReceivingChain(s, { pair, ct, ct3 }) {
  kem768.check(pair.ek);
  const secrets = [dh(s.pair.dh, pair.dh), kem768.decapsulate(s.pair.seed, ct)];
  if (ct3) {
    secrets.push(dh(s.IK.dh, pair.dh), kem1024.decapsulate(s.IK.seed, ct3));
    beginReceiving(s, pair, step(s.RK, secrets, stepInfo3(pair, ct, ct3, s.h3)));
    s.IK = null;
  } else {
    beginReceiving(s, pair, step(s.RK, secrets, stepInfo(pair, ct)));
  }
  s.pair = null;
  // The other begins a chain only after it has opened a cell of our newest, so the secret of the one before is done with.
  s.ownRS = s.ownRS.slice(0, 1);
}

// §7.1 Cells

const direction = (role) => u8(role === "A" ? 1 : 2);
const other = (role) => (role === "A" ? "B" : "A");
const bodySize = (size, header) => size - NONCE_END - header - 16 - 32 - 16;
const headerAD = (size, tag, role) => join(u8(1), u8(CLASSES.indexOf(size) + 1), tag, direction(role));

const bodyAD = (s, role, cell, header, sender, recipient) =>
  join(
    s.h3, direction(role), u8(CLASSES.indexOf(cell.length) + 1),
    H(cell.slice(0, NONCE_END + header + 16)), sender, recipient,
  );

const last = (list) => list[list.length - 1];

/** Seals a plaintext into a cell of the smallest class. It gives the cell, its place and the next state. */
export function encrypt(session, rand, plaintext) {
  if (plaintext.length > MAX_PLAINTEXT) refuse("too long");
  const s = due(session) ? begin(session, ingredients(session, rand)) : copy(session);
  const chain = s.sending;
  if (chain.n >= MAX_CHAIN) refuse("limit");
  const { shown } = chain;
  const headerSize = shown.ct3 ? HEADER_B1 : HEADER;
  const size = CLASSES.find((c) => plaintext.length + 4 <= bodySize(c, headerSize));
  const header = join(
    u8(1), u8(shown.ct3 ? 1 : 0), pairBytes(shown), shown.ct, u32(chain.pn), u32(chain.n),
    u32(last(s.own).version), u32(last(s.peer).version), shown.ct3 ?? empty,
  );
  const tag = tagOf(chain.HK);
  const nonce = rand(24);
  const cell = new Uint8Array(size);
  const head = join(u8(1), tag, nonce, xseal(chain.HK, nonce, headerAD(size, tag, s.role), header));
  cell.set(head);
  const [bodyKey, commitment] = keys(2, messageKey(chain.CK), nonce, "cell");
  const ad = bodyAD(s, s.role, cell, headerSize, last(s.own).hash, last(s.peer).hash);
  cell.set(join(commitment, seal(bodyKey, ad, pad(plaintext, bodySize(size, headerSize)))), head.length);
  const place = { chain: chain.chain, n: chain.n };
  s.sending = { ...chain, CK: nextCK(chain.CK), n: chain.n + 1 };
  return { cell, place, session: s };
}

/** The state after so many more cells of the newest chain, none of which is made: for what was lost on its way. */
export function skip(session, count) {
  const s = copy(session);
  s.sending = { ...s.sending, n: s.sending.n + count };
  for (let i = 0; i < count; i++) s.sending.CK = nextCK(s.sending.CK);
  return s;
}

// §7.3 Opening a cell

/**
 * Opens a cell at a time in seconds. It gives the plaintext, the cell's place among the sender's, the version of our
 * list that the sender has pinned, and the next state.
 */
export function decrypt(session, now, cell) {
  const s = copy(session);
  s.kept = s.kept.filter((k) => now - k.at <= KEEP_SECONDS);
  if (!CLASSES.includes(cell.length) || cell[0] !== 1) refuse("malformed", "size or version of a cell");
  const chain = chainOfTag(s, cell.slice(1, 17)) ?? refuse("unknown");
  const role = other(s.role);
  const headerSize = isB1(role, chain.chain) ? HEADER_B1 : HEADER;
  const nonce = cell.slice(17, NONCE_END);
  const headerEnd = NONCE_END + headerSize + 16;
  const header = parseHeader(
    xopen(chain.HK, nonce, headerAD(cell.length, cell.slice(1, 17), role), cell.slice(NONCE_END, headerEnd)),
  );
  const place = { chain: chain.chain, n: header.n };
  const lists = listsOf(s, header, place);
  const mk = chain.next ? fromNextChain(s, header, now) : fromKnownChain(s, chain, header, now);
  const [bodyKey, commitment] = keys(2, mk, nonce, "cell");
  if (!equal(commitment, cell.slice(headerEnd, headerEnd + 32))) refuse("forged");
  const ad = bodyAD(s, role, cell, headerSize, lists.sender.hash, lists.recipient.hash);
  const plaintext = unpad(open(bodyKey, ad, cell.slice(headerEnd + 32)));
  s.peerRS = s.receiving.RS;
  return { plaintext, place, recipient: lists.recipient.version, session: s };
}

/** The chain of the other's with a tag: the newest, the next, or one that is over and misses cells. */
function chainOfTag(s, tag) {
  const next = { chain: (s.receiving?.chain ?? 0) + 1, HK: s.nextReceive, next: true };
  const missing = s.over.filter((o) => s.kept.some((k) => k.chain === o.chain));
  return [s.receiving, next, ...missing].find((c) => c && equal(tagOf(c.HK), tag));
}

/** The tags of the cells that this session may open, in hexadecimal. */
export function tags(s) {
  const missing = s.over.filter((o) => s.kept.some((k) => k.chain === o.chain));
  return [...(s.receiving ? [s.receiving.HK] : []), s.nextReceive, ...missing.map((o) => o.HK)].map((k) => hex(tagOf(k)));
}

function parseHeader(bytes) {
  const r = new Reader(bytes);
  r.constant(1, 1, "version");
  r.constant(1, bytes.length === HEADER_B1 ? 1 : 0, "flag");
  const header = {
    pair: { dh: r.take(32), ek: r.take(1184) }, ct: r.take(1088),
    pn: r.u32(), n: r.u32(), sender: r.u32(), recipient: r.u32(),
  };
  if (bytes.length === HEADER_B1) header.ct3 = r.take(1568);
  r.end();
  if (header.n >= MAX_CHAIN) refuse("forged", "beyond the end of any chain");
  return header;
}

/** The key of a cell of a chain that has begun. */
function fromKnownChain(s, chain, { n }, now) {
  if (chain !== s.receiving) {
    if (n >= chain.length) refuse("forged", "beyond the end of its chain");
    return takeKept(s, chain.chain, n);
  }
  if (n < chain.seen) return takeKept(s, chain.chain, n);
  limit(s, [[chain.chain, n - chain.seen]]);
  return advance(s, n, now);
}

/** The key of a cell that begins the other's next chain. */
function fromNextChain(s, header, now) {
  if (due(s)) refuse("forged", "a chain of ours comes first");
  const before = s.receiving;
  if (header.pn < (before?.seen ?? 0) || (!before && header.pn !== 0)) refuse("forged", "length of the chain before");
  limit(s, [[before?.chain ?? 0, header.pn - (before?.seen ?? 0)], [(before?.chain ?? 0) + 1, header.n]]);
  if (before) {
    keep(s, header.pn, now);
    s.over.push({ chain: before.chain, HK: before.HK, length: header.pn });
    s.over = s.over.filter((o) => s.kept.some((k) => k.chain === o.chain));
  }
  nextReceivingChain(s, header);
  return advance(s, header.n, now);
}

function takeKept(s, chain, n) {
  const at = s.kept.findIndex((k) => k.chain === chain && k.n === n);
  if (at < 0) refuse("replay");
  const [{ mk }] = s.kept.splice(at, 1);
  s.over = s.over.filter((o) => s.kept.some((k) => k.chain === o.chain));
  return mk;
}

/** Keeps the keys of the newest chain up to n, without it. */
function keep(s, n, now) {
  const chain = (s.receiving = { ...s.receiving });
  for (; chain.seen < n; chain.seen++) {
    s.kept.push({ chain: chain.chain, n: chain.seen, mk: messageKey(chain.CK), at: now });
    chain.CK = nextCK(chain.CK);
  }
}

function advance(s, n, now) {
  keep(s, n, now);
  const mk = messageKey(s.receiving.CK);
  s.receiving = { ...s.receiving, CK: nextCK(s.receiving.CK), seen: n + 1 };
  return mk;
}

/** §7.4: whether so many more keys of those chains may be kept. */
function limit(s, more) {
  let session = s.kept.length;
  for (const [chain, count] of more) {
    session += count;
    if (s.kept.filter((k) => k.chain === chain).length + count > MAX_MISSING_CHAIN) refuse("limit");
  }
  if (session > MAX_MISSING_SESSION) refuse("limit");
}

// §7.5 Device lists

const before = (a, b) => a.chain < b.chain || (a.chain === b.chain && a.n < b.n);

/** The lists that a header names, each with version and hash. */
function listsOf(s, header, place) {
  const known = s.peer.filter((l) => before(l.place, place));
  const inForce = last(known) ?? refuse("rollback");
  if (header.sender > last(s.peer).version) refuse("ahead");
  if (header.sender < inForce.version) refuse("rollback");
  if (header.sender > inForce.version) refuse("forged", "the list is not in force at this place");
  const recipient = s.own.find((l) => l.version === header.recipient) ?? refuse("unknown list");
  return { sender: inForce, recipient };
}

function pin(lists, entry) {
  if (entry.version <= last(lists).version) refuse("rollback", "a list that is not newer");
  return [...lists, entry].slice(-MAX_LISTS);
}

/** Our new list, in force from our next cell: the cell that announces it was sealed before. */
export function pinOwn(session, { version, hash }) {
  return { ...session, own: pin(session.own, { version, hash }) };
}

/** The other's new list, which was announced by the cell at a place and judged. */
export function pinPeer(session, place, { version, hash }) {
  return { ...session, peer: pin(session.peer, { version, hash, place }) };
}

// §6: whether the other has proven to be who it says.

export const confirmed = (s) => (s.receiving?.chain ?? 0) >= (s.role === "A" ? 1 : 2);

// §7.2: the resumption secret to reset with, if a cell of the other's was opened, and those that are accepted.

export const resumption = (s) => s.peerRS;
export const resumptions = (s) => s.ownRS;

function copy(s) {
  return { ...s, over: [...s.over], kept: [...s.kept] };
}
