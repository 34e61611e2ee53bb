// Makes the vectors of this implementation: node vectors/make.js. They are the same each time.

import * as account from "../account.js";
import * as handshake from "../handshake.js";
import * as invite from "../invite.js";
import { H } from "../suite.js";
import * as vault from "../vault.js";
import { LP, ascii, base32, compare, join, u32, u8 } from "../wire.js";
import { altered, pairJSON, recorded, refusal, save, seeded, shown } from "./file.js";
import { Recorder } from "./script.js";

const rand = seeded("the vectors of the reference implementation");

// The people of all files.

const accounts = {};
const devices = {};
const lists = {};
const file = { accounts: [], devices: [], lists: [], judged: [], altered: [], identities: [], safety: [] };

for (const name of ["alice", "bob"]) {
  const entropy = rand(32);
  accounts[name] = account.account(entropy);
  const { key, id } = accounts[name];
  file.accounts.push({ name, entropy, phrase: account.phrase(entropy), sha256: H(key), id });
}
for (const name of ["alice laptop", "alice desktop", "alice spare", "bob laptop", "bob desktop"]) {
  const d = (devices[name] = account.device(rand));
  file.devices.push({
    name, ed25519: d.ed, x25519: d.dh, mlkem1024: d.seed,
    sha256: H(d.public.bytes), hash: d.public.hash, id: d.public.id,
  });
}

function list(name, kind, members, { before, cosigner, version, made } = {}) {
  const owner = name.split(" ")[0];
  const public_ = members.map((m) => devices[m].public);
  const l = (lists[name] =
    made ??
    (kind === "first" ? account.firstList(accounts[owner], public_)
      : kind === "recovery" ? account.recoverList(accounts[owner], version, public_)
      : account.changeList(accounts[owner], lists[before], public_, devices[cosigner])));
  file.lists.push({
    name, account: owner, kind, version: l.version, devices: members, before, cosigner, hash: l.hash,
    list: made || name === "alice second" ? l.bytes : undefined,
  });
}

const change = (before, cosigner) => ({ before, cosigner });
list("alice first", "first", ["alice laptop"]);
list("alice second", "change", ["alice laptop", "alice desktop"], change("alice first", "alice laptop"));
list("alice third", "change", ["alice desktop"], change("alice second", "alice desktop"));
list("alice branch", "change", ["alice spare"], change("alice first", "alice laptop"));
list("alice recovery", "recovery", ["alice spare"], { version: 29_000_000 });
list("alice anew", "change", ["alice spare", "alice desktop"], change("alice recovery", "alice spare"));
list("bob first", "first", ["bob laptop"]);
list("bob second", "change", ["bob laptop", "bob desktop"], change("bob first", "bob laptop"));
// Two that no honest program makes: one whose co-signer is no device of the list before, and one whose co-signature
// is of another device than it says.
list("alice stranger", "change", ["alice spare"], {
  ...change("alice first", "alice spare"),
  made: account.changeList(accounts.alice, lists["alice first"], [devices["alice spare"].public], devices["alice spare"]),
});
list("alice false", "change", ["alice desktop"], {
  ...change("alice first", "alice laptop"),
  made: account.changeList(accounts.alice, lists["alice first"], [devices["alice desktop"].public], {
    public: devices["alice laptop"].public, ed: devices["alice desktop"].ed,
  }),
});

for (const [name, pinned, cosigner] of [
  ["alice first", "alice first"],
  ["alice second", "alice first", "alice laptop"],
  ["alice third", "alice second", "alice desktop"],
  ["alice anew", "alice recovery", "alice spare"],
  ["alice first", "alice second"],
  ["alice third", "alice recovery"],
  ["alice branch", "alice second", "alice laptop"],
  ["alice third", "alice branch", "alice desktop"],
  ["alice third", "alice first", "alice laptop"],
  ["alice anew", "alice third", "alice spare"],
  ["alice recovery", "alice third"],
  ["alice recovery", "alice first"],
  ["alice second", "alice first"],
  ["alice second", "alice first", "alice desktop"],
  ["alice third", "alice second", "alice laptop"],
  ["alice stranger", "alice first", "alice spare"],
  ["alice false", "alice first", "alice laptop"],
  ["alice false", "alice first", "alice desktop"],
]) {
  let verdict;
  const refused = refusal(() => {
    verdict = account.judge(lists[name], lists[pinned], cosigner && devices[cosigner].public);
  });
  file.judged.push({ list: name, pinned, cosigner, verdict: verdict ?? `refused: ${refused}` });
}

// Where to change a byte, and by which check it is found.
for (const [name, at, xor] of [
  ["alice first", 0, 3], ["alice first", 1, 1], ["alice first", 36, 1], ["alice first", 36, 2],
  ["alice first", 40, 1], ["alice first", 69, 1], ["alice first", 69, 3], ["alice first", 69, 9],
  ["alice first", 80, 128], ["alice first", 105, 1], ["alice first", 106, 1], ["alice first", 106, 2],
  ["alice first", 107, 1], ["alice first", 171, 1], ["alice first", -1, 1],
  ["alice second", 36, 128], ["alice second", 37, 255], ["alice second", 70, 255], ["alice second", 142, 1],
  ["alice second", 150, 1], ["alice second", 200, 1], ["alice second", 300, 1],
]) {
  const bytes = altered(lists[name].bytes, { at, xor });
  const refused = refusal(() => account.verifyList(account.parseList(bytes), accounts.alice.key));
  if (refused === "accepted") throw new Error(`${name} ${at}`);
  file.altered.push({ list: name, at, xor, refused });
}

for (const [who, l, device] of [
  ["alice", "alice first", "alice laptop"],
  ["alice", "alice third", "alice desktop"],
  ["alice", "alice third", "alice laptop"],
  ["bob", "alice first", "alice laptop"],
  ["alice", "bob first", "bob laptop"],
]) {
  const identity = shown(account.self(accounts[who], lists[l], devices[device]));
  file.identities.push({
    account: who, list: l, device, sha256: H(account.identityBytes(identity)),
    verdict: refusal(() => account.checkIdentity(identity)),
  });
}
file.safety.push({
  a: "alice", b: "bob",
  number: account.safetyNumber(accounts.alice.key, accounts.bob.key),
  code: account.safetyCode(accounts.alice.key, accounts.bob.key),
});
save("js", "account", file);

// Invitations.

const alice = account.self(accounts.alice, lists["alice first"], devices["alice laptop"]);
const bob = account.self(accounts.bob, lists["bob first"], devices["bob laptop"]);
const side = (who, l, device) => ({ account: who, list: l, device });
const sides = {
  alice: side("alice", "alice first", "alice laptop"),
  bob: side("bob", "bob first", "bob laptop"),
};

const prekeysJSON = ({ oneTime, ratchet }) => ({ oneTime: pairJSON(oneTime), ratchet: pairJSON(ratchet) });

function offerJSON(o) {
  const { id, route, notAfter } = invite.parseBundle(o.bundle);
  const { text, mode, bundleHash, secret, expiry, route: r, mailbox } = o.invitation;
  return {
    text, mode, bundleHash, secret, expiry, route: r, mailbox,
    textHash: invite.textHash(o.invitation), token: invite.token(secret),
    bundle: { id, notAfter: Number(notAfter), route, ...prekeysJSON(o) },
  };
}

const link = invite.offer(rand, bob, {
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

const bundleNonce = rand(24);
const cell = invite.sealBundle(recorded(bundleNonce), link);
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

// First messages.

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

// Sessions.

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
  r.seal("A3.1", "late, on list 2");
  r.seal("A3.2", "announces the third list");
  r.pinOwn("a", third);
  r.seal("A3.3", "on the third list");
  r.open("A3.0");
  r.refuse("A3.1x", "ahead");
  r.open("A3.2");
  r.pinPeer("b", "A3.2", third);
  r.refuse("A3.1x", "forged");
  r.open("A3.3");
  r.open("A3.1");
  return r.session;
}

save("js", "ratchet", { sessions: [reordering(), healing(), versions()] });

// A vault.

const parameters = { memory: 65536, time: 3, threads: 1 };
const passphrase = ascii("correct horse battery staple");
const [salt, masterNonce, accountNonce, master, entropy] = [rand(32), rand(24), rand(24), rand(32), rand(32)];
const keyFile = vault.sealFile(recorded(salt, masterNonce, accountNonce), passphrase, parameters, master, entropy);

/** The file with one byte changed, and the checksum made good or not. */
function damaged({ at, xor, summed }) {
  const b = altered(keyFile, { at, xor });
  if (summed) b.set(H(LP(ascii("sotto/1 vault checksum")), b.slice(0, -32)), b.length - 32);
  return b;
}

const recordKey = vault.recordKey(master);
save("js", "vault", {
  passphrase, ...parameters, salt, masterNonce, accountNonce, master, entropy, file: keyFile,
  databaseKey: vault.databaseKey(master), recordKey,
  wrongPassphrase: ascii("correct horse battery stapler"),
  altered: [
    { at: 0, xor: 1 }, { at: 8, xor: 1 }, { at: 18, xor: 1 }, { at: 60, xor: 1 }, { at: 193, xor: 1 }, { at: 225, xor: 1 },
    { at: 0, xor: 1, summed: true }, { at: 8, xor: 1, summed: true }, { at: 8, xor: 2, summed: true },
    { at: 10, xor: 1, summed: true }, { at: 10, xor: 16, summed: true }, { at: 16, xor: 1, summed: true },
    { at: 16, xor: 32, summed: true }, { at: 17, xor: 1, summed: true }, { at: 17, xor: 16, summed: true },
    { at: 121, xor: 1, summed: true },
    { at: 122, xor: 1, summed: true },
  ].map((a) => ({ ...a, refused: refusal(() => vault.openFile(damaged(a), passphrase)) })),
  records: [["sessions", "an id", 1, "a state"], ["sessions", "an id", 2, ""], ["keys", "", 4294967295, "a key"]].map(
    ([table, id, version, content]) => ({
      table, id, version, content: ascii(content),
      sealed: vault.sealRecord(rand, recordKey, table, ascii(id), version, ascii(content)),
    }),
  ),
});
