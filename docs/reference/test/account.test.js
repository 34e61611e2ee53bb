import assert from "node:assert/strict";
import { test } from "node:test";
import * as account from "../account.js";
import { H } from "../suite.js";
import { join } from "../wire.js";
import { SETS, altered, base64, bytes, people, refusal, shown } from "../vectors/file.js";

for (const set of SETS) {
  const { file, accounts, devices, lists, self } = people(set);

  test(`${set}: accounts follow from their phrases`, () => {
    for (const a of file.accounts) {
      const { key, id } = account.account(account.entropyOf(`\n ${a.phrase.toUpperCase().replaceAll(" ", "\t")}`));
      assert.equal(base64(H(key)), a.sha256);
      assert.equal(base64(id), a.id);
      assert.equal(account.phrase(bytes(a.entropy)), a.phrase);
      const words = a.phrase.split(" ");
      for (const wrong of [words.slice(1), [...words, words[0]], [words[1], words[0], ...words.slice(2)], ["x", ...words.slice(1)]]) {
        assert.equal(refusal(() => account.entropyOf(wrong.join(" "))), "phrase");
      }
    }
  });

  test(`${set}: devices follow from their seeds`, () => {
    for (const d of file.devices) {
      const { bytes: keys, hash, id } = devices.get(d.name).public;
      assert.deepEqual([base64(H(keys)), base64(hash), base64(id)], [d.sha256, d.hash, d.id], d.name);
    }
  });

  test(`${set}: lists are made and verified alike`, () => {
    for (const l of file.lists) {
      const list = lists.get(l.name);
      assert.equal(base64(list.hash), l.hash, l.name);
      assert.equal(list.kind, l.kind, l.name);
      assert.equal(list.version, l.version, l.name);
      assert.deepEqual(
        list.devices.map(base64), l.devices.map((d) => devices.get(d).public.hash).sort(Buffer.compare).map(base64),
      );
      account.verifyList(list, accounts.get(l.account).key);
      assert.equal(refusal(() => account.parseList(list.bytes.slice(0, -1))), "malformed");
      assert.equal(refusal(() => account.parseList(join(list.bytes, new Uint8Array(1)))), "malformed");
    }
    for (const a of file.altered) {
      const changed = altered(lists.get(a.list).bytes, a);
      const owner = accounts.get(file.lists.find((l) => l.name === a.list).account);
      const code = refusal(() => account.verifyList(account.parseList(changed), owner.key));
      assert.equal(code, a.refused, JSON.stringify(a));
    }
  });

  test(`${set}: verdicts`, () => {
    for (const { list, pinned, cosigner, verdict } of file.judged) {
      let found;
      const refused = refusal(() => {
        found = account.judge(lists.get(list), lists.get(pinned), cosigner && devices.get(cosigner).public);
      });
      assert.equal(found ?? `refused: ${refused}`, verdict, `${list}, ${pinned} pinned`);
    }
  });

  test(`${set}: identities`, () => {
    for (const i of file.identities) {
      const encoded = account.identityBytes(shown(self(i.account, i.list, i.device)));
      assert.equal(base64(H(encoded)), i.sha256);
      assert.equal(refusal(() => account.checkIdentity(account.parseIdentity(encoded))), i.verdict, JSON.stringify(i));
      assert.equal(refusal(() => account.parseIdentity(encoded.slice(0, -1))), "malformed");
      assert.equal(refusal(() => account.parseIdentity(join(encoded, new Uint8Array(1)))), "malformed");
    }
  });

  test(`${set}: safety numbers`, () => {
    for (const { a, b, number, code } of file.safety) {
      const [x, y] = [accounts.get(a).key, accounts.get(b).key];
      assert.match(number, /^\d{60}$/);
      assert.deepEqual([account.safetyNumber(x, y), account.safetyNumber(y, x)], [number, number]);
      assert.deepEqual([account.safetyCode(x, y), account.safetyCode(y, x)], [code, code]);
    }
  });
}
