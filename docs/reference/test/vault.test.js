import assert from "node:assert/strict";
import { test } from "node:test";
import { H } from "../suite.js";
import * as vault from "../vault.js";
import { SETS, altered, base64, bytes, load, recorded, refusal } from "../vectors/file.js";
import { LP, ascii, join } from "../wire.js";

for (const set of SETS) {
  const v = load(set, "vault");
  const file = bytes(v.file);
  const passphrase = bytes(v.passphrase);

  test(`${set}: the key file follows from its parts`, () => {
    const rand = recorded(bytes(v.salt), bytes(v.masterNonce), bytes(v.accountNonce));
    assert.equal(base64(vault.sealFile(rand, passphrase, v, bytes(v.master), bytes(v.entropy))), v.file);
  });

  test(`${set}: the key file opens with its passphrase alone`, () => {
    const { master, entropy } = vault.openFile(file, passphrase);
    assert.deepEqual([base64(master), base64(entropy)], [v.master, v.entropy]);
    assert.equal(base64(vault.databaseKey(master)), v.databaseKey);
    assert.equal(base64(vault.recordKey(master)), v.recordKey);
    assert.equal(refusal(() => vault.openFile(file, bytes(v.wrongPassphrase))), "passphrase");
  });

  test(`${set}: what was altered is refused`, () => {
    for (const a of v.altered) {
      let changed = altered(file, a);
      if (a.summed) {
        const content = changed.slice(0, -32);
        changed = join(content, H(LP(ascii("sotto/1 vault checksum")), content));
      }
      assert.equal(refusal(() => vault.openFile(changed, passphrase)), a.refused, JSON.stringify(a));
    }
    assert.equal(refusal(() => vault.parseFile(file.slice(0, -1))), "damaged");
    assert.equal(refusal(() => vault.parseFile(join(file, new Uint8Array(1)))), "damaged");
  });

  test(`${set}: records`, () => {
    const key = bytes(v.recordKey);
    for (const { table, id, version, content, sealed } of v.records) {
      const record = bytes(sealed);
      const open = (t, i, n, s) => vault.openRecord(key, t, ascii(i), n, s);
      assert.equal(base64(open(table, id, version, record)), content);
      const again = vault.sealRecord(recorded(record.slice(0, 24)), key, table, ascii(id), version, bytes(content));
      assert.equal(base64(again), sealed);
      for (const other of [
        ["x" + table, id, version, record], [table, id + "x", version, record], [table, id, version - 1, record],
        [table.slice(0, -1), table.slice(-1) + id, version, record],
      ]) {
        assert.equal(refusal(() => open(...other)), "forged");
      }
      for (let at = 0; at < record.length; at++) {
        assert.equal(refusal(() => open(table, id, version, altered(record, { at, xor: 1 }))), "forged");
      }
      assert.equal(refusal(() => open(table, id, version, record.slice(0, 39))), "malformed");
    }
  });
}
