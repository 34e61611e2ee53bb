// §5 Handshake: the first message of A, who accepts an invitation or resets a session, to B, who made the invitation
// or gave the reset bundle.
//
// self is of account.js: the identity, and under device the private keys.

import { checkIdentity, identityBytes, parseIdentity } from "./account.js";
import {
  PERSON, checkBundle, openCell, parseResetBundle, readPair, sealCell, textHash, token,
} from "./invite.js";
import * as ratchet from "./ratchet.js";
import {
  H, SUITE, derive, dh, dhPublic, kdf, kem1024, kem768, keys, open, pairBytes, privatePair, publicPair, seal, xopen, xseal,
} from "./suite.js";
import { LP, Reader, compare, empty, equal, join, pad, refuse, u16, u32, u8, unpad } from "./wire.js";

const NAME = "Sotto handshake 1";
const RESET = 3;
const MAX_PAYLOAD = 3072;

// The schedule, which is the same for both sides and all modes. A step takes the state { h, ck } on.

function begin(mode, context, initiatorBundle, responderBundle, initiatorSecret, secret, resumption) {
  const h = H(LP(NAME, u16(SUITE), u8(mode), context, initiatorBundle, responderBundle));
  return { h, ck: kdf(h, LP(initiatorSecret, secret, resumption), "ck0") };
}

const invited = (mode, invitation, from) =>
  begin(
    mode, textHash(invitation), from ? from.bundleHash : empty, invitation.bundleHash,
    from ? from.secret : empty, invitation.secret, empty,
  );

const resetting = (session, bundle, rs) =>
  begin(RESET, session, empty, H(bundle.bytes), empty, bundle.secret, rs ?? empty);

function firstKeys({ h, ck }, E, ctOT, ctIK, secrets) {
  const h1 = H(h, E, ctOT, ctIK);
  const [ck1, k1] = keys(2, ck, LP(...secrets), join("ck1", h1));
  return { h: h1, ck: ck1, key: k1 };
}

function secondKeys({ h, ck }, c1, secret) {
  const h2 = H(h, c1);
  const [ck2, k2] = keys(2, ck, LP(secret), join("ck2", h2));
  return { h: h2, ck: ck2, key: k2 };
}

/** All that the schedule gave, by the names of §5. */
const summary = (state, first, second, c2) => ({
  h0: state.h, ck0: state.ck,
  h1: first.h, ck1: first.ck, k1: first.key,
  h2: second.h, ck2: second.ck, k2: second.key,
  h3: H(second.h, c2),
});

/** What is random in a first message, with what is encapsulated for the keys of B. */
export function ingredients(rand, theirs) {
  return {
    e: rand(32),
    ot: kem1024.encapsulate(rand, theirs.oneTime.ek),
    ik: kem1024.encapsulate(rand, theirs.device.ek),
    pair: privatePair(rand),
    step: kem768.encapsulate(rand, theirs.ratchet.ek),
  };
}

/** What A sends for keys of B. It gives the content of Msg1, and what the ratchet begins with. */
function write(made, state, self, theirs, between, payload) {
  if (payload.length > MAX_PAYLOAD) refuse("too long");
  const { e, ot, ik, pair, step } = made;
  const E = dhPublic(e);
  const first = firstKeys(state, E, ot.ct, ik.ct, [
    dh(e, theirs.oneTime.dh), dh(e, theirs.device.dh), ot.ss, ik.ss,
  ]);
  const c1 = seal(first.key, first.h, identityBytes(self));
  const second = secondKeys(first, c1, dh(self.device.dh, theirs.oneTime.dh));
  const c2 = seal(second.key, second.h, join(
    pairBytes(publicPair(kem768, pair)), step.ct, between, LP(payload),
  ));
  const schedule = summary(state, first, second, c2);
  return {
    content: join(E, ot.ct, ik.ct, LP(c1, c2)),
    schedule,
    start: { ...schedule, pair, theirs: theirs.ratchet, ...step },
  };
}

/** Takes the content of Msg1 apart. */
export function parseContent(content) {
  const r = new Reader(content);
  const m = { E: r.take(32), ctOT: r.take(1568), ctIK: r.take(1568), c1: r.lp(content.length), c2: r.lp(content.length) };
  r.end();
  return m;
}

/** B's keys for c1: what A's identity is sealed with. */
function openFirst(state, self, offer, m) {
  const first = firstKeys(state, m.E, m.ctOT, m.ctIK, [
    dh(offer.oneTime.dh, m.E), dh(self.device.dh, m.E),
    kem1024.decapsulate(offer.oneTime.seed, m.ctOT), kem1024.decapsulate(self.device.seed, m.ctIK),
  ]);
  return { ...first, identity: open(first.key, first.h, m.c1) };
}

/** Opens the rest, once the identity in c1 was checked. */
function openSecond(state, first, offer, peer, m, reset) {
  const second = secondKeys(first, m.c1, dh(offer.oneTime.dh, peer.device.dh));
  const r = new Reader(open(second.key, second.h, m.c2));
  const pair = readPair(r, kem768);
  const ct = r.take(1088);
  const version = reset ? r.u32() : undefined;
  const payload = r.lp(MAX_PAYLOAD);
  r.end();
  kem768.check(pair.ek);
  const ss = kem768.decapsulate(offer.ratchet.seed, ct);
  const schedule = summary(state, first, second, m.c2);
  return { payload, version, schedule, start: { ...schedule, pair: offer.ratchet, theirs: pair, ss, ct } };
}

function notSelf(self, peer) {
  if (equal(self.id, peer.id)) refuse("self", "the account is our own");
}

// §5.1 By invitation

/**
 * A: accepts an invitation whose bundle was opened. In person, own is the offer that A itself shows. make is another
 * function than ingredients only where a message is to be made again from what was recorded.
 */
export function initiate(rand, self, invitation, bundleBytes, payload, own, make = ingredients) {
  const bundle = checkBundle(bundleBytes, invitation);
  const peer = bundle.identity;
  notSelf(self, peer);
  const from = own?.invitation;
  if (invitation.mode === PERSON) {
    if (!from || from.mode !== PERSON) refuse("mode", "meeting takes an invitation of one's own");
    if (compare(from.bundleHash, invitation.bundleHash) >= 0) refuse("role", "the other side begins");
  } else if (from) {
    refuse("mode", "a link takes no invitation of one's own");
  }
  const theirs = { ...bundle, device: peer.device };
  const state = invited(invitation.mode, invitation, from);
  const { content, schedule, start } = write(make(rand, theirs), state, self, theirs, empty, payload);
  return {
    schedule,
    msg1: sealCell(rand, derive(invitation.secret, "env"), content),
    peer,
    session: ratchet.startA({ ...start, own: self, peer }),
  };
}

/**
 * B: takes the first message of somebody who accepted the offer. In person, scanned is A's invitation and bundle the
 * bytes of A's bundle.
 */
export function respond(self, offer, msg1, scanned, bundleBytes) {
  const { invitation } = offer;
  const person = invitation.mode === PERSON;
  let met;
  if (person) {
    if (!scanned || scanned.mode !== PERSON) refuse("mode", "meeting takes the other's invitation");
    if (compare(scanned.bundleHash, invitation.bundleHash) >= 0) refuse("role", "this side begins");
    met = checkBundle(bundleBytes, scanned).identity;
  } else if (scanned) {
    refuse("mode", "a link takes no invitation of the other's");
  }
  const m = parseContent(openCell(derive(invitation.secret, "env"), msg1));
  const state = invited(invitation.mode, invitation, scanned);
  const first = openFirst(state, self, offer, m);
  const peer = parseIdentity(first.identity);
  if (met && !equal(peer.bytes, met.bytes)) refuse("identity", "not who was met");
  checkIdentity(peer);
  notSelf(self, peer);
  const { payload, schedule, start } = openSecond(state, first, offer, peer, m, false);
  return { peer, payload, schedule, session: ratchet.startB({ ...start, own: self, peer }) };
}

// §5.2 Reset

const RESET_PAD = 16327;

/**
 * A: begins anew with a reset bundle that was given in the session with the hash h3. peer is B's identity with the
 * list of B that A has pinned; rs is absent if A has none that it can trust.
 */
export function reset(rand, self, peer, h3, bundleBytes, rs, payload, make = ingredients) {
  const bundle = parseResetBundle(bundleBytes);
  const theirs = { ...bundle, device: peer.device };
  const state = resetting(h3, bundle, rs);
  const { content, schedule, start } = write(
    make(rand, theirs), state, self, theirs, u32(peer.list.version), payload,
  );
  const head = join(u8(1), token(bundle.secret));
  const nonce = rand(24);
  return {
    schedule,
    msg1: join(head, nonce, xseal(derive(bundle.secret, "env"), nonce, head, pad(content, RESET_PAD))),
    session: ratchet.startA({ ...start, own: self, peer }),
  };
}

/**
 * B: takes a reset. peer is A's identity as pinned, lists are all that B has had, and accepted the resumption secrets
 * of the old session that may come.
 */
export function respondReset(self, offer, peer, lists, accepted, msg1) {
  const m = parseContent(openReset(offer, msg1));
  const { state, first, fresh } = tryResumption(self, offer, accepted, m);
  const shown = parseIdentity(first.identity);
  if (!equal(shown.bytes, identityBytes(peer))) refuse("identity", "not the one that is pinned");
  checkIdentity(shown);
  const { payload, version, schedule, start } = openSecond(state, first, offer, shown, m, true);
  const list = lists.find((l) => l.version === version);
  if (!list) refuse("unknown list");
  return {
    payload, fresh, version, schedule,
    session: ratchet.startB({ ...start, own: { ...self, list }, peer: shown }),
  };
}

/** Opens the cell of a reset, and gives the content of Msg1. */
export function openReset({ secret }, msg1) {
  if (msg1.length !== 16384) refuse("malformed", "size of a cell");
  const head = msg1.slice(0, 17);
  if (!equal(head, join(u8(1), token(secret)))) refuse("unknown");
  return unpad(xopen(derive(secret, "env"), msg1.slice(17, 41), head, msg1.slice(41)));
}

function tryResumption(self, offer, accepted, m) {
  const bundle = { bytes: offer.bundle, secret: offer.secret };
  for (const rs of [...accepted, null]) {
    const state = resetting(offer.session, bundle, rs);
    try {
      return { state, first: openFirst(state, self, offer, m), fresh: rs !== null };
    } catch (err) {
      if (err.code !== "forged") throw err;
    }
  }
  refuse("forged");
}

