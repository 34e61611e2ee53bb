// handshake.json.

import * as handshake from "../../handshake.js";
import * as invite from "../../invite.js";
import { ascii, compare } from "../../wire.js";
import { pairJSON, save, seeded, shown } from "../file.js";
import { link, offerJSON, prekeysJSON } from "./invite.js";
import { alice, bob, lists, sides } from "./people.js";

const rand = seeded("first messages");

/** Makes ingredients and keeps what of them is written down. */
function keeping(kept) {
  return (r, theirs) => {
    const made = handshake.ingredients(r, theirs);
    Object.assign(kept, { e: made.e, pair: pairJSON(made.pair), ctR: made.step.ct });
    return made;
  };
}

const cases = [];
const where = [0, 1, 16, 17, 40, 41, 5000, 12000, -1].map((at) => ({ at, xor: 128 }));

{
  const kept = {};
  const payload = ascii("Alice, by a link");
  const { msg1, schedule } = handshake.initiate(rand, alice, link.invitation, link.bundle, payload, undefined, keeping(kept));
  cases.push({
    name: "link", initiator: sides.alice, responder: sides.bob, invitation: offerJSON(link),
    ...kept, payload, schedule, altered: where, msg1,
  });
}
{
  const options = { mode: invite.PERSON, expiry: 1_900_000_001 };
  let a = invite.offer(rand, alice, options);
  const b = invite.offer(rand, bob, options);
  while (compare(a.invitation.bundleHash, b.invitation.bundleHash) > 0) a = invite.offer(rand, alice, options);
  const kept = {};
  const payload = ascii("Alice, in person");
  const { msg1, schedule } = handshake.initiate(rand, alice, b.invitation, b.bundle, payload, a, keeping(kept));
  cases.push({
    name: "in person", initiator: sides.alice, responder: sides.bob, invitation: offerJSON(b), initiatorInvitation: offerJSON(a),
    ...kept, payload, schedule, altered: where, msg1,
  });
}

const secrets = [rand(32), rand(32)];
for (const [name, rs, pinned] of [["fresh reset", secrets[1], "bob first"], ["stale reset", null, "bob second"]]) {
  const session = rand(32);
  const offer = invite.resetOffer(rand, session);
  const kept = {};
  const payload = ascii(name);
  const { msg1, schedule } = handshake.reset(
    rand, alice, shown(bob, lists[pinned]), session, offer.bundle, rs, payload, keeping(kept),
  );
  cases.push({
    name, initiator: sides.alice, responder: { ...sides.bob, list: "bob second" },
    reset: {
      session, secret: offer.secret, ...prekeysJSON(offer), token: invite.token(offer.secret),
      resumption: rs, accepted: secrets, pinned, lists: ["bob first", "bob second"],
    },
    ...kept, payload, schedule, altered: where, msg1,
  });
}
save("js", "handshake", { cases });
