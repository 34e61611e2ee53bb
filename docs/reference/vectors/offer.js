// Offers made again from the vectors: what an inviter keeps, and what the giver of a reset bundle keeps.

import * as invite from "../invite.js";
import { bytes, pairOf, recorded } from "./file.js";

/** A side of a handshake by its names in account.json. */
export const sideOf = (people, { account, list, device }) => people.self(account, list, device);

export function offerOf(self, { mode, secret, expiry, route, mailbox, bundle }) {
  const [oneTime, ratchet] = [pairOf(bundle.oneTime), pairOf(bundle.ratchet)];
  const rand = recorded(bytes(secret), bytes(bundle.id), oneTime.dh, oneTime.seed, ratchet.dh, ratchet.seed);
  return invite.offer(rand, self, {
    mode, expiry, route: bytes(route), mailbox: bytes(mailbox), bundleRoute: bytes(bundle.route),
  });
}

export function resetOfferOf({ session, secret, oneTime, ratchet }) {
  const [one, two] = [pairOf(oneTime), pairOf(ratchet)];
  const rand = recorded(bytes(secret), one.dh, one.seed, two.dh, two.seed);
  return invite.resetOffer(rand, session && bytes(session));
}
