import assert from "node:assert/strict";
import { test } from "node:test";
import { identityBytes } from "../account.js";
import * as invite from "../invite.js";
import { H } from "../suite.js";
import { join } from "../wire.js";
import { SETS, altered, base64, bytes, load, people, recorded, refusal, prekeysOf } from "../vectors/file.js";
import { offerOf, resetOfferOf, sideOf } from "../vectors/offer.js";

for (const set of SETS) {
  const file = load(set, "invite");
  const inviter = sideOf(people(set), file.inviter);
  const { invitation } = file;

  test(`${set}: the invitation and its bundle follow from their parts`, () => {
    const offer = offerOf(inviter, invitation);
    assert.equal(offer.invitation.text, invitation.text);
    assert.equal(base64(invite.textHash(offer.invitation)), invitation.textHash);
    assert.equal(base64(invite.token(offer.invitation.secret)), invitation.token);
    assert.equal(offer.bundle.length, file.bundleSize);
    const cell = bytes(file.cell);
    assert.equal(base64(invite.sealBundle(recorded(cell.slice(0, 24)), offer)), file.cell);
  });

  test(`${set}: the bundle opens, and no other`, () => {
    const parsed = invite.parseInvitation(invitation.text);
    for (const [field, value] of Object.entries({
      mode: invitation.mode, expiry: invitation.expiry, bundleHash: bytes(invitation.bundleHash),
      secret: bytes(invitation.secret), route: bytes(invitation.route), mailbox: bytes(invitation.mailbox),
    })) {
      assert.deepEqual(parsed[field], value, field);
    }
    const cell = bytes(file.cell);
    const bundle = invite.openBundle(cell, parsed);
    assert.deepEqual(bundle.identity.bytes, identityBytes(inviter));
    assert.deepEqual({ oneTime: bundle.oneTime, ratchet: bundle.ratchet }, prekeysOf(invitation.bundle).public);
    assert.equal(base64(bundle.id), invitation.bundle.id);
    assert.equal(base64(bundle.route), invitation.bundle.route);
    assert.equal(bundle.notAfter, BigInt(invitation.bundle.notAfter));
    for (const a of file.altered) {
      assert.equal(refusal(() => invite.openBundle(altered(cell, a), parsed)), "forged", JSON.stringify(a));
    }
    for (const other of [
      { ...parsed, secret: H(parsed.secret) }, { ...parsed, bundleHash: H(parsed.bundleHash) },
      { ...parsed, mode: invite.PERSON }, { ...parsed, expiry: parsed.expiry + 1 },
    ]) {
      assert.equal(refusal(() => invite.openBundle(cell, other)), "forged");
    }
    assert.equal(refusal(() => invite.openBundle(cell.slice(1), parsed)), "malformed");
    assert.equal(refusal(() => invite.parseBundle(join(bundle.bytes, new Uint8Array(1)))), "malformed");
    assert.equal(refusal(() => invite.parseBundle(bundle.bytes.slice(0, -1))), "malformed");
  });

  test(`${set}: texts`, () => {
    for (const { text, verdict } of file.texts) {
      assert.equal(refusal(() => invite.parseInvitation(text)), verdict, JSON.stringify(text));
    }
  });

  test(`${set}: the reset bundle follows from its parts`, () => {
    const { bundle, secret } = resetOfferOf(file.reset);
    assert.equal(bundle.length, file.reset.size);
    assert.equal(base64(H(bundle)), file.reset.sha256);
    assert.equal(base64(invite.token(secret)), file.reset.token);
    const parsed = invite.parseResetBundle(bundle);
    assert.deepEqual({ oneTime: parsed.oneTime, ratchet: parsed.ratchet }, prekeysOf(file.reset).public);
    for (const at of [0, 1, 2]) {
      assert.equal(refusal(() => invite.parseResetBundle(altered(bundle, { at, xor: 2 }))), "malformed");
    }
    assert.equal(refusal(() => invite.parseResetBundle(bundle.slice(0, -1))), "malformed");
    assert.equal(refusal(() => invite.parseResetBundle(join(bundle, new Uint8Array(1)))), "malformed");
  });
}
