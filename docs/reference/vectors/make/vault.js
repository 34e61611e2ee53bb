// vault.json.

import { H } from "../../suite.js";
import * as vault from "../../vault.js";
import { LP, ascii } from "../../wire.js";
import { altered, recorded, refusal, save, seeded } from "../file.js";

const rand = seeded("a vault");

const parameters = { memory: 65536, time: 3, threads: 1 };
const passphrase = ascii("a passphrase of many words");
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
  wrongPassphrase: ascii("a passphrase of many words!"),
  altered: [
    { at: 0, xor: 1 }, { at: 8, xor: 1 }, { at: 18, xor: 1 }, { at: 60, xor: 1 }, { at: 193, xor: 1 }, { at: 225, xor: 1 },
    { at: 0, xor: 1, summed: true }, { at: 8, xor: 1, summed: true }, { at: 8, xor: 2, summed: true },
    { at: 10, xor: 1, summed: true }, { at: 10, xor: 16, summed: true }, { at: 16, xor: 1, summed: true },
    { at: 16, xor: 32, summed: true }, { at: 17, xor: 1, summed: true }, { at: 17, xor: 16, summed: true },
    { at: 122, xor: 1, summed: true },
  ].map((a) => ({ ...a, refused: refusal(() => vault.openFile(damaged(a), passphrase)) })),
  records: [["sessions", "an id", 1, "a state"], ["sessions", "an id", 2, ""], ["keys", "", 4294967295, "a key"]].map(
    ([table, id, version, content]) => ({
      table, id, version, content: ascii(content),
      sealed: vault.sealRecord(rand, recordKey, table, ascii(id), version, ascii(content)),
    }),
  ),
});
