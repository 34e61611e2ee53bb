// §8 Vault: the key file of a profile, and the records that are sealed with what is in it.

import { H, argon2id, derive, xopen, xseal } from "./suite.js";
import { LP, Reader, ascii, equal, join, refuse, u32, u8 } from "./wire.js";

const MAGIC = "SottoKey";
const MASTER = "sotto/1 vault master slot";
const ACCOUNT = "sotto/1 vault account slot";

const HEADER = 8 + 1 + 4 + 4 + 1 + 32;
const SLOT = 24 + 32 + 16;
export const FILE = HEADER + 2 * SLOT + 32;

const checksum = (x) => H(LP("sotto/1 vault checksum"), x);

function checkParameters({ memory, time, threads }) {
  if (memory < 65536 || memory > 1048576 || time < 3 || time > 16 || threads < 1 || threads > 16) {
    refuse("parameters");
  }
}

/** Seals the master key and the account's entropy under a passphrase. parameters are { memory in KiB, time, threads }. */
export function sealFile(rand, passphrase, parameters, master, entropy) {
  checkParameters(parameters);
  const { memory, time, threads } = parameters;
  const salt = rand(32);
  const header = join(MAGIC, u8(1), u32(memory), u32(time), u8(threads), salt);
  const kek = argon2id(passphrase, salt, time, memory, threads);
  const slot = (label, secret) => {
    const nonce = rand(24);
    return join(nonce, xseal(derive(kek, label), nonce, header, secret));
  };
  const slots = join(slot(MASTER, master), slot(ACCOUNT, entropy));
  return join(header, slots, checksum(join(header, slots)));
}

export function parseFile(file) {
  if (file.length < 8 + 1 + 32 || !equal(file.slice(0, 8), ascii(MAGIC))) refuse("damaged", "not a key file");
  if (!equal(checksum(file.slice(0, -32)), file.slice(-32))) refuse("damaged", "checksum");
  if (file[8] > 1) refuse("newer");
  if (file[8] < 1 || file.length !== FILE) refuse("damaged", "version or size");
  const r = new Reader(file.slice(0, -32));
  r.take(9);
  const parsed = { memory: r.u32(), time: r.u32(), threads: r.u8(), salt: r.take(32), header: file.slice(0, HEADER) };
  parsed.master = r.take(SLOT);
  parsed.account = r.take(SLOT);
  r.end();
  checkParameters(parsed);
  return parsed;
}

/** Opens a key file: { master, entropy }. */
export function openFile(file, passphrase) {
  const f = parseFile(file);
  const kek = argon2id(passphrase, f.salt, f.time, f.memory, f.threads);
  const slot = (label, sealed, refused) => {
    try {
      return xopen(derive(kek, label), sealed.slice(0, 24), f.header, sealed.slice(24));
    } catch {
      refuse(refused);
    }
  };
  // A passphrase that opens the one slot is right.
  return { master: slot(MASTER, f.master, "passphrase"), entropy: slot(ACCOUNT, f.account, "damaged") };
}

export const databaseKey = (master) => derive(master, "sotto/1 vault database");
export const recordKey = (master) => derive(master, "sotto/1 vault record");

const recordAD = (table, id, version) => join(LP(ascii(table), id), u32(version));

/** Seals a record of a table, by its id and version. */
export function sealRecord(rand, key, table, id, version, content) {
  const nonce = rand(24);
  return join(nonce, xseal(key, nonce, recordAD(table, id, version), content));
}

export function openRecord(key, table, id, version, sealed) {
  if (sealed.length < 40) refuse("malformed", "too short");
  return xopen(key, sealed.slice(0, 24), recordAD(table, id, version), sealed.slice(24));
}
