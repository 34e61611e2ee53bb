// §4 Invitation: what is shown, and the bundle of keys that it stands for.

import { identityBytes, readIdentity, checkIdentity } from "./account.js";
import { H, SUITE, derive, kem1024, kem768, pairBytes, privatePair, publicPair, xopen, xseal } from "./suite.js";
import { LP, Reader, ascii, base32, empty, equal, join, pad, refuse, u16, u32, u64, u8, unbase32, unpad } from "./wire.js";

export const LINK = 1;
export const PERSON = 2;

// §4.1 Text

const SCHEME = "sotto:i/";
const PREFIX = SCHEME + "1/";
const MAX_ROUTE = 128;
const MAX_MAILBOX = 32;

const checksum = (binary) => H(LP("sotto/1 invitation checksum"), binary).slice(0, 4);

/** The canonical text of { mode, bundleHash, secret, expiry, route, mailbox }. */
export function invitationText({ mode, bundleHash, secret, expiry, route, mailbox }) {
  if (route.length > MAX_ROUTE || mailbox.length > MAX_MAILBOX) refuse("too long");
  const binary = join(
    u8(1), u8(mode), bundleHash, secret, u32(expiry),
    u8(route.length), route, u8(mailbox.length), mailbox,
  );
  return PREFIX + base32(join(binary, checksum(binary)));
}

/** Reads an invitation. Refusals have one of the codes "not an invitation", "newer" and "damaged". */
export function parseInvitation(shown) {
  const text = shown.trim().toLowerCase();
  if (!text.startsWith(SCHEME)) refuse("not an invitation");
  if (!text.startsWith(PREFIX)) refuse(/^[1-9]\d*\//.test(text.slice(SCHEME.length)) ? "newer" : "damaged");
  try {
    return parseBinary(unbase32(text.slice(PREFIX.length)), text);
  } catch (err) {
    refuse(err.code === "newer" ? "newer" : "damaged", err.message);
  }
}

function parseBinary(binary, text) {
  const content = binary.slice(0, -4);
  if (!equal(checksum(content), binary.slice(-4))) refuse("damaged", "checksum");
  const r = new Reader(content);
  const version = r.u8();
  if (version > 1) refuse("newer");
  if (version < 1) refuse("damaged", "version");
  const invitation = {
    text, mode: r.u8(), bundleHash: r.take(32), secret: r.take(32), expiry: r.u32(),
    route: r.take(within(r.u8(), MAX_ROUTE)), mailbox: r.take(within(r.u8(), MAX_MAILBOX)),
  };
  r.end();
  if (invitation.mode !== LINK && invitation.mode !== PERSON) refuse("damaged", "mode");
  return invitation;
}

const within = (n, limit) => (n <= limit ? n : refuse("malformed", "longer than allowed"));

/** H(invitation text). */
export const textHash = (invitation) => H(ascii(invitation.text));

/** The name on the wire of what belongs to a secret. */
export const token = (secret) => derive(secret, "token", 16);

// §4.2 Bundle

const CELL = 16384;
const MAX_BUNDLE_ROUTE = 256;

export function sealCell(rand, key, content) {
  const nonce = rand(24);
  return join(nonce, xseal(key, nonce, empty, pad(content, CELL - 40)));
}

export function openCell(key, cell) {
  if (cell.length !== CELL) refuse("malformed", "size of a cell");
  return unpad(xopen(key, cell.slice(0, 24), empty, cell.slice(24)));
}

/**
 * Makes an invitation: its text, its bundle, and the private halves of the bundle's pairs.
 */
export function offer(rand, self, { mode, expiry, route = empty, mailbox = empty, bundleRoute = empty }) {
  const secret = rand(32);
  const id = rand(16);
  const oneTime = privatePair(rand);
  const ratchet = privatePair(rand);
  const bundle = join(
    u8(1), u8(mode), u16(SUITE), id, u64(expiry), identityBytes(self),
    pairBytes(publicPair(kem1024, oneTime)), pairBytes(publicPair(kem768, ratchet)), LP(bundleRoute),
  );
  const text = invitationText({ mode, bundleHash: H(bundle), secret, expiry, route, mailbox });
  return { invitation: parseInvitation(text), bundle, oneTime, ratchet };
}

export const sealBundle = (rand, { invitation, bundle }) =>
  sealCell(rand, derive(invitation.secret, "bundle"), bundle);

/** Opens the cell that holds the bundle of an invitation. */
export const openBundle = (cell, invitation) =>
  checkBundle(openCell(derive(invitation.secret, "bundle"), cell), invitation);

/** Reads a bundle by the invitation that names it, with all that is to be checked. */
export function checkBundle(bytes, invitation) {
  if (!equal(H(bytes), invitation.bundleHash)) refuse("forged", "not the bundle of the invitation");
  const bundle = parseBundle(bytes);
  if (bundle.mode !== invitation.mode || bundle.notAfter !== BigInt(invitation.expiry)) {
    refuse("forged", "mode or time is not that of the invitation");
  }
  checkIdentity(bundle.identity);
  kem1024.check(bundle.oneTime.ek);
  kem768.check(bundle.ratchet.ek);
  return bundle;
}

export function parseBundle(bytes) {
  const r = new Reader(bytes);
  r.constant(1, 1, "version");
  const mode = r.u8();
  if (mode !== LINK && mode !== PERSON) refuse("malformed", "mode");
  r.constant(2, SUITE, "suite");
  const bundle = {
    bytes, mode, id: r.take(16), notAfter: r.u64(), identity: readIdentity(r),
    oneTime: readPair(r, kem1024), ratchet: readPair(r, kem768), route: r.lp(MAX_BUNDLE_ROUTE),
  };
  r.end();
  return bundle;
}

export const readPair = (r, kem) => ({ dh: r.take(32), ek: r.take(kem.ekSize) });

// §4.3 Reset bundle

/** Makes a reset bundle, given in the session with this hash, and keeps the private halves. */
export function resetOffer(rand, session) {
  const secret = rand(32);
  const oneTime = privatePair(rand);
  const ratchet = privatePair(rand);
  const bundle = join(
    u8(1), u16(SUITE), secret, pairBytes(publicPair(kem1024, oneTime)), pairBytes(publicPair(kem768, ratchet)),
  );
  return { session, secret, bundle, oneTime, ratchet };
}

export function parseResetBundle(bytes) {
  const r = new Reader(bytes);
  r.constant(1, 1, "version");
  r.constant(2, SUITE, "suite");
  const bundle = { bytes, secret: r.take(32), oneTime: readPair(r, kem1024), ratchet: readPair(r, kem768) };
  r.end();
  kem1024.check(bundle.oneTime.ek);
  kem768.check(bundle.ratchet.ek);
  return bundle;
}
