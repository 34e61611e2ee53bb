import assert from "node:assert/strict";
import { test } from "node:test";
import { identityBytes } from "../account.js";
import * as handshake from "../handshake.js";
import { parseContent } from "../handshake.js";
import { openCell } from "../invite.js";
import { derive, kem1024, kem768 } from "../suite.js";
import { SETS, altered, base64, bytes, load, pairOf, people, recorded, refusal, shown } from "../vectors/file.js";
import { offerOf, resetOfferOf, sideOf } from "../vectors/offer.js";

const FIELDS = ["h0", "ck0", "h1", "ck1", "k1", "h2", "ck2", "k2", "h3"];

function sameSchedule(schedule, expected) {
  for (const f of FIELDS) assert.equal(base64(schedule[f]), expected[f], f);
}

for (const set of SETS) {
  const everybody = people(set);
  for (const c of load(set, "handshake").cases) {
    const initiator = sideOf(everybody, c.initiator);
    const responder = sideOf(everybody, c.responder);
    const msg1 = bytes(c.msg1);
    const side = c.reset ? byReset(everybody, initiator, responder, c) : byInvitation(initiator, responder, c);

    test(`${set}: ${c.name}: the responder reads it`, () => {
      const got = side.respond(msg1);
      assert.deepEqual(got.payload, bytes(c.payload));
      sameSchedule(got.schedule, c.schedule);
      if (c.reset) {
        assert.equal(got.fresh, c.reset.resumption != null);
        assert.equal(got.version, everybody.lists.get(c.reset.pinned).version);
      } else {
        assert.deepEqual(got.peer.bytes, identityBytes(initiator));
      }
    });

    test(`${set}: ${c.name}: the initiator makes the same bytes`, () => {
      const made = side.initiate(msg1);
      assert.equal(base64(made.msg1), c.msg1);
      sameSchedule(made.schedule, c.schedule);
    });

    test(`${set}: ${c.name}: what was altered is refused`, () => {
      for (const a of c.altered) {
        assert.notEqual(refusal(() => side.respond(altered(msg1, a))), "accepted", JSON.stringify(a));
      }
      assert.equal(refusal(() => side.respond(msg1.slice(1))), "malformed");
      for (const [what, respond] of Object.entries(side.others)) {
        assert.notEqual(refusal(() => respond(msg1)), "accepted", what);
      }
    });
  }
}

/** What was random in a first message, with the encapsulated secrets out of the private keys of the responder. */
function ingredients(c, content, oneTime, device, ratchet) {
  const { ctOT, ctIK } = parseContent(content);
  const ct = bytes(c.ctR);
  return () => ({
    e: bytes(c.e),
    pair: pairOf(c.pair),
    ot: { ct: ctOT, ss: kem1024.decapsulate(oneTime.seed, ctOT) },
    ik: { ct: ctIK, ss: kem1024.decapsulate(device.seed, ctIK) },
    step: { ct, ss: kem768.decapsulate(ratchet.seed, ct) },
  });
}

function byInvitation(initiator, responder, c) {
  const offer = offerOf(responder, c.invitation);
  const own = c.initiatorInvitation && offerOf(initiator, c.initiatorInvitation);
  const respond = (self, offer, msg1, other = own) => handshake.respond(self, offer, msg1, other?.invitation, other?.bundle);
  return {
    respond: (msg1) => respond(responder, offer, msg1),
    initiate(msg1) {
      const content = openCell(derive(offer.invitation.secret, "env"), msg1);
      const make = ingredients(c, content, offer.oneTime, responder.device, offer.ratchet);
      return handshake.initiate(
        recorded(msg1.slice(0, 24)), initiator, offer.invitation, offer.bundle, bytes(c.payload), own, make,
      );
    },
    others: {
      "of another invitation": (msg1) =>
        respond(responder, offerOf(responder, { ...c.invitation, expiry: c.invitation.expiry + 1 }), msg1),
      "with other one-time keys": (msg1) => respond(responder, { ...offer, oneTime: offer.ratchet }, msg1),
      "with another device": (msg1) => respond({ ...responder, device: initiator.device }, offer, msg1),
      "of the other mode": (msg1) =>
        own
          ? handshake.respond(responder, offer, msg1)
          : handshake.respond(responder, offer, msg1, offer.invitation, offer.bundle),
      "of oneself": (msg1) => respond({ ...initiator, device: responder.device }, offer, msg1),
    },
  };
}

function byReset({ lists }, initiator, responder, c) {
  const offer = resetOfferOf(c.reset);
  const accepted = c.reset.accepted.map(bytes);
  const had = c.reset.lists.map((name) => lists.get(name));
  const peer = shown(initiator);
  const respond = (msg1, change = {}) => {
    const all = { responder, offer, peer, had, accepted, ...change };
    return handshake.respondReset(all.responder, all.offer, all.peer, all.had, all.accepted, msg1);
  };
  const others = {
    "in another session": (msg1) => respond(msg1, { offer: { ...offer, session: offer.secret } }),
    "from another list": (msg1) => respond(msg1, { peer: { ...peer, list: lists.get("alice second") } }),
    "from another device": (msg1) => respond(msg1, { peer: { ...peer, device: responder.device.public } }),
    "to an unknown list": (msg1) =>
      respond(msg1, { had: had.filter((l) => l !== lists.get(c.reset.pinned)) }),
  };
  if (c.reset.resumption) others["with a secret that is not accepted"] = (msg1) => respond(msg1, { accepted: [] });
  return {
    respond,
    initiate(msg1) {
      const head = msg1.slice(0, 17);
      const content = handshake.openReset(offer, msg1);
      const make = ingredients(c, content, offer.oneTime, responder.device, offer.ratchet);
      assert.equal(base64(head.slice(1)), c.reset.token);
      return handshake.reset(
        recorded(msg1.slice(17, 41)), initiator, shown(responder, lists.get(c.reset.pinned)),
        offer.session, offer.bundle, c.reset.resumption && bytes(c.reset.resumption), bytes(c.payload), make,
      );
    },
    others,
  };
}
