// account.json: the people of all files.

import * as account from "../../account.js";
import { H } from "../../suite.js";
import { altered, refusal, save, seeded, shown } from "../file.js";

const rand = seeded("people");

export const accounts = {};
export const devices = {};
export const lists = {};
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


// Who takes part in the handshakes, and how the files say it.

export const alice = account.self(accounts.alice, lists["alice first"], devices["alice laptop"]);
export const bob = account.self(accounts.bob, lists["bob first"], devices["bob laptop"]);
export const sides = {
  alice: { account: "alice", list: "alice first", device: "alice laptop" },
  bob: { account: "bob", list: "bob first", device: "bob laptop" },
};
