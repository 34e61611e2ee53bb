// Reading and writing the vectors, and what their makers and readers share. The fields are described in README.md.

import { readFileSync, writeFileSync } from "node:fs";
import * as account from "../account.js";
import { H, kdf, kem1024, kem768, publicPair } from "../suite.js";
import { Refused, join, u32 } from "../wire.js";

export const SETS = ["go", "js"];

const path = (set, name) => new URL(`${set}/${name}.json`, import.meta.url);

export const load = (set, name) => JSON.parse(readFileSync(path(set, name), "utf8"));

/** Writes a file of vectors, with byte strings in base64. */
export function save(set, name, value) {
  const text = JSON.stringify(value, (_, v) => (v instanceof Uint8Array ? base64(v) : v), 1);
  writeFileSync(path(set, name), text + "\n");
}

export const base64 = (b) => Buffer.from(b).toString("base64");
export const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

/** Randomness that is the same for the same name. */
export function seeded(name) {
  let count = 0;
  return (n) => kdf(H(join(name)), u32(count++), "vectors", n);
}

/** Randomness that was recorded: gives these byte strings, one after the other. */
export function recorded(...parts) {
  return (n) => {
    const next = parts.shift();
    if (next?.length !== n) throw new Error(`${n} bytes were not recorded`);
    return next;
  };
}

/** A copy with one byte changed. */
export function altered(b, { at, xor }) {
  const copy = b.slice();
  copy[at < 0 ? b.length + at : at] ^= xor;
  return copy;
}

/** The code with which something is refused, or "accepted". Anything but a refusal is a fault of the program. */
export function refusal(f) {
  try {
    f();
    return "accepted";
  } catch (err) {
    if (err instanceof Refused) return err.code;
    throw err;
  }
}

// Keys as they stand in the files.

export const privateDevice = (d) =>
  account.deviceOf({ ed: bytes(d.ed25519), dh: bytes(d.x25519), seed: bytes(d.mlkem1024) });

export const pairOf = (p) => ({ dh: bytes(p.x25519), seed: bytes(p.mlkem) });
export const pairJSON = (p) => ({ x25519: p.dh, mlkem: p.seed });

/** Both pairs that a bundle stands for, private and public. */
export function prekeysOf({ oneTime, ratchet }) {
  const mine = { oneTime: pairOf(oneTime), ratchet: pairOf(ratchet) };
  return { ...mine, public: { oneTime: publicPair(kem1024, mine.oneTime), ratchet: publicPair(kem768, mine.ratchet) } };
}

/**
 * The accounts, devices and lists of account.json by their names. The lists are made here from what the file says of
 * them, but for those of which it has the bytes.
 */
export function people(set) {
  const file = load(set, "account");
  const accounts = new Map(file.accounts.map((a) => [a.name, account.account(bytes(a.entropy))]));
  const devices = new Map(file.devices.map((d) => [d.name, privateDevice(d)]));
  const lists = new Map();
  for (const l of file.lists) lists.set(l.name, l.list ? account.parseList(bytes(l.list)) : makeList(l));
  function makeList(l) {
    const owner = accounts.get(l.account);
    const members = l.devices.map((name) => devices.get(name).public);
    if (l.kind === "first") return account.firstList(owner, members);
    if (l.kind === "recovery") return account.recoverList(owner, l.version, members);
    return account.changeList(owner, lists.get(l.before), members, devices.get(l.cosigner));
  }
  const self = (name, list, device) => account.self(accounts.get(name), lists.get(list), devices.get(device));
  return { file, accounts, devices, lists, self };
}

/** What others see of a side: without the private keys. */
export const shown = (self, list = self.list) => ({ ...self, list, device: self.device.public });
