// invite.json.

import * as invite from "../../invite.js";
import { H } from "../../suite.js";
import { LP, ascii, base32, join, u32, u8 } from "../../wire.js";
import { pairJSON, refusal, save, seeded } from "../file.js";
import { bob, sides } from "./people.js";

const rand = seeded("invitations");

export const prekeysJSON = ({ oneTime, ratchet }) => ({ oneTime: pairJSON(oneTime), ratchet: pairJSON(ratchet) });

export function offerJSON(o) {
  const { id, route, notAfter } = invite.parseBundle(o.bundle);
  const { text, mode, bundleHash, secret, expiry, route: r, mailbox } = o.invitation;
  return {
    text, mode, bundleHash, secret, expiry, route: r, mailbox,
    textHash: invite.textHash(o.invitation), token: invite.token(secret),
    bundle: { id, notAfter: Number(notAfter), route, ...prekeysJSON(o) },
  };
}

export const link = invite.offer(rand, bob, {
  mode: invite.LINK, expiry: 1_900_000_000, route: ascii("the way to Bob"), mailbox: ascii("a box"),
  bundleRoute: ascii("the way to Bob, and another"),
});
const { text } = link.invitation;

/** The text of a binary form with a right checksum. */
function withChecksum(version, mode, route, mailbox, behind = 0) {
  const b = join(
    u8(version), u8(mode), rand(64), u32(1_900_000_000), u8(route), rand(route), u8(mailbox), rand(mailbox), rand(behind),
  );
  return "sotto:i/1/" + base32(join(b, H(LP(ascii("sotto/1 invitation checksum")), b).slice(0, 4)));
}

const texts = [
  text.toUpperCase(), `\n\t ${text} \n`, "Sotto:I/1/" + text.slice(10), text.slice(0, -1), text + "a", text + "=",
  text.slice(0, -1) + (text.endsWith("a") ? "b" : "a"), text.slice(0, 40) + " " + text.slice(40),
  text.slice(0, 40) + "\n" + text.slice(40), text.replace("/1/", "/2/"), text.replace("/1/", "/10/"),
  text.replace("/1/", "/0/"), text.replace("/1/", "/01/"), text.replace("/1/", "/x/"), text.replace("/1/", "/"),
  "sotto:i/1/", "sotto:i/1", "sotto:i/", "sotto:j/1/" + text.slice(10), "an example", "",
  withChecksum(1, 1, 128, 32), withChecksum(1, 2, 0, 0), withChecksum(2, 1, 0, 0), withChecksum(0, 1, 0, 0),
  withChecksum(1, 3, 0, 0), withChecksum(1, 0, 0, 0), withChecksum(1, 1, 129, 0), withChecksum(1, 1, 0, 33),
  withChecksum(1, 1, 0, 0, 1),
].map((t) => ({ text: t, verdict: refusal(() => invite.parseInvitation(t)) }));

const cell = invite.sealBundle(rand, link);
const resetGiven = invite.resetOffer(rand, rand(32));
save("js", "invite", {
  inviter: sides.bob,
  invitation: offerJSON(link),
  bundleSize: link.bundle.length,
  cell,
  altered: [0, 23, 24, 2000, 12000, -1].map((at) => ({ at, xor: 1 })),
  texts,
  reset: {
    secret: resetGiven.secret, ...prekeysJSON(resetGiven),
    token: invite.token(resetGiven.secret), sha256: H(resetGiven.bundle), size: resetGiven.bundle.length,
  },
});
