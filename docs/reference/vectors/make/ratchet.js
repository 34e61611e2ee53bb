// ratchet.json.

import { save, seeded } from "../file.js";
import { Recorder } from "../script.js";

const rand = seeded("sessions");

const pinned = (version) => ({ version, hash: rand(32) });
const twoLists = () => ({ initiator: pinned(1), responder: pinned(1) });

function reordering() {
  const r = new Recorder(rand, "loss and reordering", twoLists(), true);
  r.seal("A1.0", "the first");
  r.keep("a", "a short");
  r.seal("A1.1", "one that comes late");
  r.seal("A1.2", "");
  r.keep("a", "a long");
  r.seal("A1.3", "of a copy", { from: "a long" });
  r.open("A1.0");
  for (const [at, code] of [[0, "malformed"], [1, "unknown"], [16, "unknown"], [17, "forged"], [40, "forged"], [41, "forged"],
    [2362, "forged"], [2378, "forged"], [2379, "forged"], [2410, "forged"], [2411, "forged"], [4000, "forged"], [-1, "forged"]]) {
    r.refuse("A1.2", code, { alter: { at, xor: 1 } });
  }
  r.open("A1.2");
  r.refuse("A1.0", "replay");
  r.refuse("A1.2", "replay");
  r.seal("B1.0", "x", { repeat: 97 });
  r.seal("B1.1", "x", { repeat: 98 });
  r.open("B1.1");
  r.open("B1.0");
  r.refuse("B1.0", "replay");
  r.refuse("B1.1", "replay");
  // A copy that went on from before A1.1 says that its first chain had one cell.
  r.open("B1.0", { from: "a short" });
  r.seal("A2b.0", "of a copy", { from: "a short" });
  r.refuse("A2b.0", "forged");
  r.seal("A2.0", "missing for 30 days");
  r.seal("A2.1", "after chain A1");
  r.open("A2.1");
  r.state("a", "b");
  r.refuse("A1.3", "forged");
  r.open("A1.1");
  r.refuse("A1.1", "unknown");
  r.refuse("A1.0", "unknown");
  r.refuse("A2.0", "replay", { at: 30 * 24 * 3600 + 1 });
  r.open("A2.0", { at: 30 * 24 * 3600 });
  r.state("b");
  return r.session;
}

function healing() {
  const r = new Recorder(rand, "healing over three chains of each side", twoLists());
  for (const [id, text, repeat] of [
    ["A1.0", "what the first message could not say"], ["B1.0", "the answer"], ["A2.0", "confirmed"],
    ["B2.0", "sixteen ", 1000], ["A3.0", "sixty-four ", 5594], ["B3.0", "enough"],
  ]) {
    r.seal(id, text, { repeat });
    r.open(id);
    r.state("a", "b");
  }
  return r.session;
}

function versions() {
  const r = new Recorder(rand, "device lists", { initiator: pinned(1), responder: pinned(7) });
  const [second, third] = [pinned(2), pinned(29_000_000)];
  r.seal("A1.0", "list 1");
  r.open("A1.0");
  r.seal("B1.0", "list 7");
  r.open("B1.0");
  r.seal("A2.0", "announces list 2");
  r.keep("a", "a restored");
  r.pinOwn("a", second);
  r.seal("A2.1", "on list 2");
  r.refuse("A2.1", "ahead");
  r.open("A2.0");
  r.refuse("A2.1", "ahead");
  r.seal("B2.0", "the new list is not pinned yet", { to: "b before" });
  r.open("B2.0", { to: "a before" });
  r.pinPeer("b", "A2.0", second);
  r.open("A2.1");
  // A restored copy of A's state, in which list 1 is the newest.
  r.seal("A2.1x", "lost", { from: "a restored" });
  r.seal("A2.2x", "on list 1 again", { from: "a restored" });
  r.refuse("A2.2x", "rollback");
  r.seal("B2b.0", "the new list is pinned");
  r.refuse("B2b.0", "unknown list", { from: "a restored" });
  r.open("B2b.0");
  // A state that counts on a list before it has announced it.
  r.seal("A3.0", "on list 2");
  r.pinOwn("a", third, "a early");
  r.seal("A3.1x", "on the third list", { from: "a early" });
  r.seal("A3.2x", "on the third list", { from: "a early" });
  r.seal("A3.1", "late, on list 2");
  r.seal("A3.2", "announces the third list");
  r.pinOwn("a", third);
  r.seal("A3.3", "on the third list");
  r.open("A3.0");
  r.refuse("A3.1x", "ahead");
  r.open("A3.2");
  r.pinPeer("b", "A3.2", third);
  r.refuse("A3.1x", "forged");
  r.refuse("A3.2x", "forged");
  r.open("A3.3");
  r.open("A3.1");
  return r.session;
}

function limits() {
  const r = new Recorder(rand, "limits", twoLists());
  r.seal("A1.0", "missing");
  r.skip("a", 2000, "a far");
  r.seal("A1.2001x", "after 2,001", { from: "a far" });
  r.refuse("A1.2001x", "limit");
  for (let chain = 1; chain <= 5; chain++) {
    if (chain > 1) r.seal(`A${chain}.0`, "missing");
    r.skip("a", 1999);
    r.seal(`A${chain}.2000`, "after 2,000");
    r.open(`A${chain}.2000`);
    r.seal(`B${chain}.0`, "next");
    r.open(`B${chain}.0`);
  }
  r.seal("A6.0", "the 10,001st");
  r.seal("A6.1", "after it");
  r.refuse("A6.1", "limit");
  r.open("A6.0");
  r.refuse("A6.0", "replay");
  r.open("A6.1");
  r.seal("A6.2", "the 10,001st");
  r.seal("A6.3", "after it");
  r.refuse("A6.3", "limit");
  r.open("A1.0");
  r.open("A6.3");
  r.open("A6.2");
  return r.session;
}

save("js", "ratchet", { sessions: [reordering(), healing(), versions(), limits()] });
