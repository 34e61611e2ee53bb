// §3 Account: the phrase, the account key, device keys, the list of devices, and what is compared.

import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english";
import {
  H, derive, dhPublic, dsaPublic, dsaSign, dsaVerify, edPublic, edSign, edVerify, kdf, kem1024,
} from "./suite.js";
import { LP, Reader, base32, compare, empty, equal, join, refuse, u32, u8, zeros } from "./wire.js";

// §3.1 Phrase

export function phrase(entropy) {
  if (entropy.length !== 32) throw new RangeError("an account is made from 32 bytes");
  return entropyToMnemonic(entropy, wordlist);
}

export function entropyOf(words) {
  try {
    const text = words.trim().toLowerCase().split(/\s+/);
    if (text.length === 24) return mnemonicToEntropy(text.join(" "), wordlist);
  } catch {
    // Refused below, without the words.
  }
  refuse("phrase", "not a recovery phrase");
}

// §3.2 Account key and id

export const ACCOUNT_KEY = 32 + 1952;
const SIGNATURE = 64 + 3309;
const LIST_LABEL = "sotto/1 device list";

export const accountId = (key) => H(LP("sotto/1 account id"), key);

export function account(entropy) {
  const ed = derive(entropy, "sotto/1 account ed25519");
  const dsa = derive(entropy, "sotto/1 account ml-dsa-65");
  const key = join(edPublic(ed), dsaPublic(dsa));
  return { ed, dsa, key, id: accountId(key) };
}

function sign(account, label, m) {
  const M = LP(label, m);
  return join(edSign(account.ed, M), dsaSign(account.dsa, M, label));
}

function verify(key, label, m, signature) {
  const M = LP(label, m);
  return (
    edVerify(key.slice(0, 32), M, signature.slice(0, 64)) &&
    dsaVerify(key.slice(32), M, label, signature.slice(64))
  );
}

// §3.3 Device keys

export const DEVICE_KEYS = 32 + 32 + 1568;

/** The private keys of a device, each from randomness of its own, and its public ones. */
export const device = (rand) => deviceOf({ ed: rand(32), dh: rand(32), seed: rand(64) });

export function deviceOf({ ed, dh, seed }) {
  return { ed, dh, seed, public: parseDevice(join(edPublic(ed), dhPublic(dh), kem1024.publicOf(seed))) };
}

export function parseDevice(bytes) {
  const r = new Reader(bytes);
  const d = { bytes, ed: r.take(32), dh: r.take(32), ek: r.take(1568) };
  r.end();
  d.hash = H(LP("sotto/1 device keys"), bytes);
  d.id = d.hash.slice(0, 16);
  return d;
}

// §3.4 Device list

const MAX_DEVICES = 8;
const MAX_LIST = 70 + 36 * MAX_DEVICES + 97 + SIGNATURE;

function makeList(account, version, before, devices, cosigner) {
  const hashes = devices.map((d) => d.hash).sort(compare);
  const head = join(
    u8(1), account.id, u32(version), before,
    u8(hashes.length), ...hashes.flatMap((h) => [h, u32(0)]),
  );
  const cosigned = cosigner
    ? join(u8(1), cosigner.public.hash, edSign(cosigner.ed, LP("sotto/1 device list co-signature", head)))
    : u8(0);
  const body = join(head, cosigned);
  return parseList(join(body, sign(account, LIST_LABEL, body)));
}

/** The first list, version 1. devices are public keys, here and below. */
export const firstList = (account, devices) => makeList(account, 1, zeros(32), devices);

/** A change of the list before, co-signed by a device of it, whose private keys are given. */
export const changeList = (account, before, devices, cosigner) =>
  makeList(account, before.version + 1, before.hash, devices, cosigner);

/** A recovery, made with the phrase alone, at so many minutes of Unix time. */
export const recoverList = (account, minutes, devices) => makeList(account, minutes, zeros(32), devices);

export function parseList(bytes) {
  const r = new Reader(bytes);
  r.constant(1, 1, "format");
  const list = { bytes, account: r.take(32), version: r.u32(), before: r.take(32), devices: [] };
  const count = r.u8();
  if (count < 1 || count > MAX_DEVICES) refuse("malformed", "number of devices");
  for (let i = 0; i < count; i++) {
    const hash = r.take(32);
    if (i > 0 && compare(list.devices[i - 1], hash) >= 0) refuse("malformed", "devices out of order");
    r.constant(4, 0, "flag");
    list.devices.push(hash);
  }
  list.head = bytes.slice(0, r.at);
  list.cosigner = null;
  const cosigned = r.u8();
  if (cosigned > 1) refuse("malformed", "co-signature");
  if (cosigned === 1) list.cosigner = { hash: r.take(32), signature: r.take(64) };
  list.body = bytes.slice(0, r.at);
  list.signature = r.take(SIGNATURE);
  r.end();
  list.kind = kind(list);
  list.hash = H(LP("sotto/1 device list hash"), bytes);
  return list;
}

function kind({ version, before, cosigner }) {
  const after = !equal(before, zeros(32));
  if (version > 1 && after && cosigner) return "change";
  if (version > 1 && !after && !cosigner) return "recovery";
  if (version === 1 && !after && !cosigner) return "first";
  refuse("malformed", "not a device list of any kind");
}

export const hasDevice = (list, hash) => list.devices.some((d) => equal(d, hash));

/** Whether the list is of the account with this key, by both signatures. */
export function verifyList(list, key) {
  if (!equal(list.account, accountId(key))) refuse("signature", "the list is of another account");
  if (!verify(key, LIST_LABEL, list.body, list.signature)) refuse("signature");
}

/**
 * The verdict on a verified list by the pinned one of the same account. cosigner are the public keys of the device
 * that is said to have co-signed, as the one who judges knows them.
 */
export function judge(list, pinned, cosigner) {
  if (equal(list.hash, pinned.hash)) return "same";
  if (list.version < pinned.version) return "rollback";
  if (list.version === pinned.version) return "fork";
  if (list.kind === "recovery") return "recovery";
  if (list.version > pinned.version + 1) return "gap";
  if (!equal(list.before, pinned.hash)) return "fork";
  const { hash, signature } = list.cosigner;
  if (
    !hasDevice(pinned, hash) || !cosigner || !equal(cosigner.hash, hash) ||
    !edVerify(cosigner.ed, LP("sotto/1 device list co-signature", list.head), signature)
  ) {
    refuse("change", "not co-signed by a device of the list before");
  }
  return "follows";
}

// An identity is what others get to see of somebody: { key, id, list, device }.

/** What a device of an account is in a handshake: its identity, and the private keys. */
export function self(account, list, device) {
  return { key: account.key, id: account.id, list, device };
}

export const identityBytes = ({ key, list, device }) =>
  join(key, LP(list.bytes), (device.public ?? device).bytes);

/** Reads an identity from a longer text. */
export function readIdentity(r) {
  const start = r.at;
  const key = r.take(ACCOUNT_KEY);
  const list = parseList(r.lp(MAX_LIST));
  const device = parseDevice(r.take(DEVICE_KEYS));
  return { key, id: accountId(key), list, device, bytes: r.all.slice(start, r.at) };
}

export function parseIdentity(bytes) {
  const r = new Reader(bytes);
  const identity = readIdentity(r);
  r.end();
  return identity;
}

/** What whoever receives an identity checks before doing anything else with the device keys. */
export function checkIdentity({ key, list, device }) {
  verifyList(list, key);
  if (!hasDevice(list, device.hash)) refuse("device", "the device is not in the account's list");
  kem1024.check(device.ek);
}

// §3.5 Safety number

const ordered = (a, b) => (compare(a, b) <= 0 ? LP(a, b) : LP(b, a));

/** 60 digits from two account keys, in twelve groups of five. */
export function safetyNumber(a, b) {
  const r = new Reader(kdf(empty, ordered(a, b), "sotto/1 safety number", 60));
  const groups = [];
  for (let i = 0; i < 12; i++) groups.push(String(r.number(5) % 100000n).padStart(5, "0"));
  return groups.join("");
}

export const safetyCode = (a, b) =>
  "SOTTO:V/1/" + base32(kdf(empty, ordered(a, b), "sotto/1 safety code")).toUpperCase();
