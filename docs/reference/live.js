// Speaks with the program over standard input and output: node live.js.
//
// Each request is a frame, u32(length) | JSON, and is answered by one frame. Byte strings are in base64. The program
// says what to do next and carries the cells, as a network would; keys and states never leave their side. What is
// refused is answered with { refused: code }.

import * as account from "./account.js";
import * as handshake from "./handshake.js";
import * as invite from "./invite.js";
import * as ratchet from "./ratchet.js";
import { system as rand } from "./suite.js";
import { Refused, join, u32 } from "./wire.js";
import { base64, bytes } from "./vectors/file.js";

const EXPIRY = 2_000_000_000;
const MAX_FRAME = 1 << 20;

let self, own, scanned, peer, session, given;

const requests = {
  /** A new person with one device. */
  begin() {
    const owner = account.account(rand(32));
    const device = account.device(rand);
    self = account.self(owner, account.firstList(owner, [device.public]), device);
    own = scanned = peer = session = given = undefined;
  },
  /** Makes an invitation: its text, and the cell with the bundle. */
  offer({ mode }) {
    own = invite.offer(rand, self, { mode, expiry: EXPIRY });
    return { text: own.invitation.text, cell: invite.sealBundle(rand, own) };
  },
  scan({ text, cell }) {
    const invitation = invite.parseInvitation(text);
    scanned = { invitation, bundle: invite.openBundle(bytes(cell), invitation) };
  },
  initiate({ payload }) {
    const done = handshake.initiate(rand, self, scanned.invitation, scanned.bundle.bytes, bytes(payload), own);
    ({ peer, session } = done);
    return { cell: done.msg1 };
  },
  respond({ cell }) {
    const done = handshake.respond(self, own, bytes(cell), scanned?.invitation, scanned?.bundle.bytes);
    ({ peer, session } = done);
    return { payload: done.payload };
  },
  /** Seals what is given, or so many random bytes. */
  seal({ size, payload }) {
    const plaintext = payload === undefined ? rand(size) : bytes(payload);
    const sealed = ratchet.encrypt(session, rand, plaintext);
    session = sealed.session;
    return { cell: sealed.cell, payload: plaintext };
  },
  open({ cell }) {
    const opened = ratchet.decrypt(session, 0, bytes(cell));
    session = opened.session;
    return { payload: opened.plaintext };
  },
  /** Makes a reset bundle for the other. */
  give() {
    given = invite.resetOffer(rand, session.h3);
    return { payload: given.bundle };
  },
  /** Begins anew with a bundle of the other, with the resumption secret if the reset is to be fresh. */
  reset({ bundle, fresh, payload }) {
    const rs = fresh ? ratchet.resumption(session) : null;
    const done = handshake.reset(rand, self, peer, session.h3, bytes(bundle), rs, bytes(payload));
    session = done.session;
    return { cell: done.msg1 };
  },
  "respond to reset"({ cell }) {
    const accepted = ratchet.resumptions(session);
    const done = handshake.respondReset(self, given, peer, [self.list], accepted, bytes(cell));
    session = done.session;
    return { payload: done.payload, fresh: done.fresh };
  },
  /** What both sides must agree on. */
  state() {
    return {
      number: account.safetyNumber(self.key, peer.key),
      code: account.safetyCode(self.key, peer.key),
      session: session.h3,
      confirmed: ratchet.confirmed(session),
    };
  },
};

function answer(request) {
  try {
    return requests[request.do](request) ?? {};
  } catch (err) {
    if (err instanceof Refused) return { refused: err.code };
    throw err;
  }
}

let input = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  input = Buffer.concat([input, chunk]);
  while (input.length >= 4) {
    const size = input.readUInt32BE(0);
    if (size > MAX_FRAME) throw new Error("a frame that is too long");
    if (input.length < 4 + size) break;
    const request = JSON.parse(input.subarray(4, 4 + size).toString());
    input = input.subarray(4 + size);
    const text = JSON.stringify(answer(request), (_, v) => (v instanceof Uint8Array ? base64(v) : v));
    process.stdout.write(join(u32(Buffer.byteLength(text)), text));
  }
}
