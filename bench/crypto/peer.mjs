// Times libsignal for the Go program beside it. Each line on standard input
// names an operation, as in {"what": "encrypt", "size": 256, "stored": true,
// "n": 100}; the answer is the processor time of n of them: {"ns": 123456}. The
// first line out says which versions answer.
//
// "stored" is a session store that serialises every record it is given and
// reads it again, as one on a disk must; without it records stay objects.
import * as signal from '@signalapp/libsignal-client';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const { CiphertextMessageType, PreKeySignalMessage, SignalMessage } = signal;

// Records by name, as objects or as bytes.
class Records {
  #map = new Map();
  constructor(stored, type) { this.stored = stored; this.type = type; }
  set(name, record) { this.#map.set(String(name), this.stored ? record.serialize() : record); }
  get(name) {
    const record = this.#map.get(String(name));
    return record && this.stored ? this.type.deserialize(record) : record ?? null;
  }
  delete(name) { this.#map.delete(String(name)); }
}

class Sessions extends signal.SessionStore {
  constructor(stored) { super(); this.records = new Records(stored, signal.SessionRecord); }
  async saveSession(address, record) { this.records.set(address, record); }
  async getSession(address) { return this.records.get(address); }
  async getExistingSessions(addresses) { return addresses.map(a => this.records.get(a)); }
}

class Identities extends signal.IdentityKeyStore {
  key = signal.PrivateKey.generate();
  known = new Map();
  async getIdentityKey() { return this.key; }
  async getLocalRegistrationId() { return 1; }
  async saveIdentity(address, key) { this.known.set(String(address), key); return signal.IdentityChange.NewOrUnchanged; }
  async isTrustedIdentity() { return true; }
  async getIdentity(address) { return this.known.get(String(address)) ?? null; }
}

class PreKeys extends signal.PreKeyStore {
  constructor(stored) { super(); this.records = new Records(stored, signal.PreKeyRecord); }
  async savePreKey(id, record) { this.records.set(id, record); }
  async getPreKey(id) { return this.records.get(id); }
  async removePreKey(id) { this.records.delete(id); }
}

class SignedPreKeys extends signal.SignedPreKeyStore {
  constructor(stored) { super(); this.records = new Records(stored, signal.SignedPreKeyRecord); }
  async saveSignedPreKey(id, record) { this.records.set(id, record); }
  async getSignedPreKey(id) { return this.records.get(id); }
}

class KyberPreKeys extends signal.KyberPreKeyStore {
  constructor(stored) { super(); this.records = new Records(stored, signal.KyberPreKeyRecord); }
  async saveKyberPreKey(id, record) { this.records.set(id, record); }
  async getKyberPreKey(id) { return this.records.get(id); }
  async markKyberPreKeyUsed() {}
}

class Party {
  constructor(stored) {
    this.address = signal.ProtocolAddress.new(randomUUID(), 1);
    this.identity = new Identities();
    this.sessions = new Sessions(stored);
    this.preKeys = new PreKeys(stored);
    this.signedPreKeys = new SignedPreKeys(stored);
    this.kyberPreKeys = new KyberPreKeys(stored);
  }

  // What a server would hand out: one key of each kind, two of them signed.
  async bundle() {
    const once = signal.PrivateKey.generate(), signed = signal.PrivateKey.generate();
    const kyber = signal.KEMKeyPair.generate();
    const publicOnce = once.getPublicKey(), publicSigned = signed.getPublicKey(), publicKyber = kyber.getPublicKey();
    const signature = this.identity.key.sign(publicSigned.serialize());
    const kyberSignature = this.identity.key.sign(publicKyber.serialize());
    await this.preKeys.savePreKey(1, signal.PreKeyRecord.new(1, publicOnce, once));
    await this.signedPreKeys.saveSignedPreKey(1, signal.SignedPreKeyRecord.new(1, Date.now(), publicSigned, signed, signature));
    await this.kyberPreKeys.saveKyberPreKey(1, signal.KyberPreKeyRecord.new(1, Date.now(), kyber, kyberSignature));
    return signal.PreKeyBundle.new(1, 1, 1, publicOnce, 1, publicSigned, signature,
      this.identity.key.getPublicKey(), 1, publicKyber, kyberSignature);
  }

  // Checks a bundle and begins the session, with its first message.
  async initiate(bundle, to, text) {
    await signal.processPreKeyBundle(bundle, to.address, this.address, this.sessions, this.identity);
    return this.encrypt(to, text);
  }

  async encrypt(to, text) {
    const message = await signal.signalEncrypt(text, to.address, this.address, this.sessions, this.identity);
    return { type: message.type(), bytes: message.serialize() };
  }

  decrypt(from, { type, bytes }) {
    if (type === CiphertextMessageType.PreKey) {
      return signal.signalDecryptPreKey(PreKeySignalMessage.deserialize(bytes), from.address, this.address,
        this.sessions, this.identity, this.preKeys, this.signedPreKeys, this.kyberPreKeys);
    }
    return signal.signalDecrypt(SignalMessage.deserialize(bytes), from.address, this.address, this.sessions, this.identity);
  }
}

// Two parties with a session that each has answered in.
async function pair(stored) {
  const alice = new Party(stored), bob = new Party(stored), text = randomBytes(256);
  await bob.decrypt(alice, await alice.initiate(await bob.bundle(), bob, text));
  for (let i = 0; i < 4; i++) {
    await alice.decrypt(bob, await bob.encrypt(alice, text));
    await bob.decrypt(alice, await alice.encrypt(bob, text));
  }
  return { alice, bob };
}

// Pairs that stay through all rounds, so that the phases of the post-quantum
// ratchet, each of many messages, are all in the figures.
const pairs = new Map();
async function lasting(what, stored) {
  const name = `${what} ${stored}`;
  if (!pairs.has(name)) pairs.set(name, await pair(stored));
  return pairs.get(name);
}

// The processor time of the whole process, in nanoseconds. As on the other side
// it begins with a clean heap: what was made before has been collected, and the
// library's objects behind it have been given back, which Node does later.
async function timed(work) {
  for (let i = 0; i < 2; i++) {
    gc();
    await setTimeout(20);
  }
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return 1000 * (user + system);
}

async function each(n, make) {
  const all = [];
  for (let i = 0; i < n; i++) all.push(await make(i));
  return all;
}

// What begins a session, up to one of its steps.
async function meeting(stored, text) {
  const alice = new Party(stored), bob = new Party(stored);
  const bundle = await bob.bundle();
  return { alice, bob, bundle, text };
}

const skipped = 1000;

const operations = {
  async prekeys({ n, stored }) {
    const all = await each(n, () => new Party(stored));
    return timed(async () => { for (const party of all) await party.bundle(); });
  },
  async initiate({ n, stored, size }) {
    const all = await each(n, () => meeting(stored, randomBytes(size)));
    return timed(async () => { for (const m of all) await m.alice.initiate(m.bundle, m.bob, m.text); });
  },
  async respond({ n, stored, size }) {
    const all = await each(n, async () => {
      const m = await meeting(stored, randomBytes(size));
      return { ...m, message: await m.alice.initiate(m.bundle, m.bob, m.text) };
    });
    return timed(async () => { for (const m of all) await m.bob.decrypt(m.alice, m.message); });
  },
  async setup({ n, stored, size }) {
    const all = await each(n, () => meeting(stored, randomBytes(size)));
    return timed(async () => {
      for (const m of all) await m.bob.decrypt(m.alice, await m.alice.initiate(m.bundle, m.bob, m.text));
    });
  },
  async encrypt({ n, stored, size }) {
    const { alice, bob } = await lasting('oneway', stored), text = randomBytes(size), sent = [];
    const ns = await timed(async () => { for (let i = 0; i < n; i++) sent.push(await alice.encrypt(bob, text)); });
    for (const message of sent) await bob.decrypt(alice, message);
    return ns;
  },
  async decrypt({ n, stored, size }) {
    const { alice, bob } = await lasting('oneway', stored), text = randomBytes(size);
    const sent = await each(n, () => alice.encrypt(bob, text));
    return timed(async () => { for (const message of sent) await bob.decrypt(alice, message); });
  },
  async oneway({ n, stored, size }) {
    const { alice, bob } = await lasting('oneway', stored), text = randomBytes(size);
    return timed(async () => { for (let i = 0; i < n; i++) await bob.decrypt(alice, await alice.encrypt(bob, text)); });
  },
  async pingpong({ n, stored, size }) {
    const { alice, bob } = await lasting('pingpong', stored), text = randomBytes(size);
    return timed(async () => {
      for (let i = 0; i < n; i++) {
        await bob.decrypt(alice, await alice.encrypt(bob, text));
        await alice.decrypt(bob, await bob.encrypt(alice, text));
      }
    });
  },
  // n gaps, each in a session of its own.
  async gap({ n, stored, size }) {
    const text = randomBytes(size);
    const all = await each(n, async () => {
      const p = await pair(stored);
      return { ...p, sent: await each(skipped + 1, () => p.alice.encrypt(p.bob, text)) };
    });
    return timed(async () => { for (const { alice, bob, sent } of all) await bob.decrypt(alice, sent[skipped]); });
  },
  // The n newest of the messages of a gap, the newest first.
  async skipped({ n, stored, size }) {
    const { alice, bob } = await pair(stored), text = randomBytes(size);
    const sent = await each(skipped + 1, () => alice.encrypt(bob, text));
    await bob.decrypt(alice, sent.pop());
    return timed(async () => { for (let i = 0; i < n; i++) await bob.decrypt(alice, sent.pop()); });
  },
};

const { version } = JSON.parse(readFileSync(new URL('node_modules/@signalapp/libsignal-client/package.json', import.meta.url)));
console.log(JSON.stringify({ node: process.version, libsignal: version }));
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify({ ns: await operations[request.what](request) }));
}
