// Sessions of the ratchet that follow a script: how ratchet.json is made, and how it is read.
//
// A script has registers, each with a state of a session. A step takes the state of one register and puts the next
// into another, so that a state can be used twice, as only an attacker or a restored copy does.

import * as ratchet from "../ratchet.js";
import { H, dhPublic, kem1024, kem768, publicPair } from "../suite.js";
import { altered, base64, bytes, pairJSON, pairOf, recorded, refusal } from "./file.js";

const listOf = (l) => ({ version: l.version, hash: bytes(l.hash) });
const repeated = (text = "", count = 1) => new TextEncoder().encode(text.repeat(count));

const SMALL = 4096;

/** Both sides' first states, for a session as it stands in the file. */
export function begin(s) {
  const device = pairOf(s.initiatorDevice);
  const first = s.chains[0];
  const pairs = { a: pairOf(first), b: pairOf(s.firstPair) };
  const ss = kem768.decapsulate(pairs.b.seed, bytes(first.ct));
  const common = { h3: bytes(s.h3), ck2: bytes(s.ck2), ss, ct: bytes(first.ct) };
  const lists = { initiator: listOf(s.lists.initiator), responder: listOf(s.lists.responder) };
  const seen = { dh: dhPublic(device.dh), ek: kem1024.publicOf(device.seed) };
  return {
    a: ratchet.startA({
      ...common, pair: pairs.a, theirs: publicPair(kem768, pairs.b),
      own: { device, list: lists.initiator }, peer: { list: lists.responder },
    }),
    b: ratchet.startB({
      ...common, pair: pairs.b, theirs: publicPair(kem768, pairs.a),
      own: { list: lists.responder }, peer: { device: seen, list: lists.initiator },
    }),
  };
}

/** What begins a chain of the file, with the secrets out of the private keys of whoever it was made for. */
function chainOf(s, name) {
  const c = s.chains.find((c) => c.name === name);
  const to = pairOf(c.for === "B0" ? s.firstPair : s.chains.find((other) => other.name === c.for));
  const chain = { pair: pairOf(c), ct: bytes(c.ct), ss: kem768.decapsulate(to.seed, bytes(c.ct)) };
  if (c.ct3) {
    chain.ct3 = bytes(c.ct3);
    chain.ss3 = kem1024.decapsulate(pairOf(s.initiatorDevice).seed, chain.ct3);
  }
  return chain;
}

/** Does the steps of a session. Each cell is sealed again and must be the same, and what is opened is compared. */
export function follow(s, assert) {
  const registers = begin(s);
  const cells = new Map();
  const does = {
    seal(step) {
      let from = registers[step.from];
      if (step.begins) from = ratchet.begin(from, chainOf(s, step.chain));
      const plaintext = repeated(step.text, step.repeat);
      const { cell, place, session } = ratchet.encrypt(from, recorded(bytes(step.nonce)), plaintext);
      if (step.cell) assert.equal(base64(cell), step.cell, step.id);
      assert.equal(base64(H(cell)), step.sha256, step.id);
      assert.equal(place.n, step.n ?? 0, step.id);
      assert.equal(place.chain, Number(step.chain[1]), step.id);
      cells.set(step.id, { cell: step.cell ? bytes(step.cell) : cell, plaintext, place });
      registers[step.to] = session;
    },
    open(step) {
      const { cell, plaintext, place } = cells.get(step.id);
      const from = registers[step.from];
      const changed = step.alter ? altered(cell, step.alter) : cell;
      if (step.refused) {
        const code = refusal(() => ratchet.decrypt(from, step.at ?? 0, changed));
        assert.equal(code, step.refused, `${step.id} ${JSON.stringify(step.alter ?? "")}`);
        return;
      }
      const opened = ratchet.decrypt(from, step.at ?? 0, changed);
      assert.deepEqual(opened.plaintext, plaintext, step.id);
      assert.deepEqual(opened.place, place, step.id);
      assert.equal(opened.recipient, step.recipient, step.id);
      registers[step.to] = opened.session;
    },
    skip(step) {
      registers[step.to] = ratchet.skip(registers[step.from], step.count);
    },
    keep(step) {
      registers[step.to] = registers[step.from];
    },
    "pin own"(step) {
      registers[step.to] = ratchet.pinOwn(registers[step.from], listOf(step.list));
    },
    "pin peer"(step) {
      registers[step.to] = ratchet.pinPeer(registers[step.from], cells.get(step.announced).place, listOf(step.list));
    },
    state(step) {
      const from = registers[step.from];
      assert.deepEqual(ratchet.tags(from).sort(), step.tags, "tags");
      assert.equal(base64(ratchet.resumption(from) ?? []), step.resumption ?? "", "resumption");
      assert.deepEqual(ratchet.resumptions(from).map(base64), step.resumptions ?? [], "resumptions");
    },
  };
  for (const step of s.steps) does[step.do](step);
}

/**
 * Makes a script by doing it: each method does a step and notes it. Of a session that is to be whole the small cells are
 * noted as they are, of another only their hashes.
 */
export class Recorder {
  constructor(rand, name, lists, whole = false) {
    this.rand = rand;
    this.whole = whole;
    const device = { x25519: rand(32), mlkem: rand(64) };
    const firstPair = { dh: rand(32), seed: rand(64) };
    const pair = { dh: rand(32), seed: rand(64) };
    const { ct } = kem768.encapsulate(rand, kem768.publicOf(firstPair.seed));
    this.session = plain({
      name, h3: rand(32), ck2: rand(32), initiatorDevice: device, firstPair: pairJSON(firstPair), lists,
      chains: [{ name: "A1", for: "B0", ...pairJSON(pair), ct }],
      steps: [],
    });
    this.registers = begin(this.session);
    this.cells = new Map();
    this.newest = { a: "B0", b: "A1" }; // the other's chain that a register stands at
  }
  put(from, to, state, newest = this.newest[from]) {
    this.registers[to] = state;
    this.newest[to] = newest;
  }
  note(step) {
    this.session.steps.push(plain(step));
  }
  /** Seals a text; id is chain and number, with a mark behind it for a second cell in the same place. */
  seal(id, text, { repeat = 1, from = id[0].toLowerCase(), to = from } = {}) {
    const [, chain, n] = id.match(/^([AB]\d[a-z]?)\.(\d+)/);
    const before = this.registers[from];
    const parts = [];
    const tee = (size) => {
      const b = this.rand(size);
      parts.push(b);
      return b;
    };
    const { cell, place, session } = ratchet.encrypt(before, tee, repeated(text, repeat));
    if (place.n !== Number(n) || place.chain !== Number(chain[1])) throw new Error(`${id} is at ${JSON.stringify(place)}`);
    const begins = parts.length > 1;
    if (begins) {
      const { ct, ct3 } = session.sending.shown;
      this.session.chains.push(plain({ name: chain, for: this.newest[from], ...pairJSON({ dh: parts[0], seed: parts[1] }), ct, ct3 }));
    }
    this.note({
      do: "seal", from, to, id, chain, begins, n: place.n, text, repeat, nonce: cell.slice(17, 41),
      sha256: H(cell), cell: this.whole && cell.length === SMALL ? cell : undefined,
    });
    this.cells.set(id, { cell, place, chain });
    this.put(from, to, session);
  }
  open(id, { from = id[0] === "A" ? "b" : "a", to = from, at = 0 } = {}) {
    const { cell, chain } = this.cells.get(id);
    const { recipient, session } = ratchet.decrypt(this.registers[from], at, cell);
    this.note({ do: "open", from, to, id, at, recipient });
    this.put(from, to, session, chain[1] > this.newest[from][1] ? chain : this.newest[from]);
  }
  refuse(id, refused, { from = id[0] === "A" ? "b" : "a", at = 0, alter } = {}) {
    const { cell } = this.cells.get(id);
    const code = refusal(() => ratchet.decrypt(this.registers[from], at, alter ? altered(cell, alter) : cell));
    if (code !== refused) throw new Error(`${id}: ${code}, not ${refused}`);
    this.note({ do: "open", from, id, at, alter, refused });
  }
  pinOwn(from, list, to = from) {
    this.note({ do: "pin own", from, to, list });
    this.put(from, to, ratchet.pinOwn(this.registers[from], list));
  }
  pinPeer(from, announced, list, to = from) {
    this.note({ do: "pin peer", from, to, announced, list });
    this.put(from, to, ratchet.pinPeer(this.registers[from], this.cells.get(announced).place, list));
  }
  skip(from, count, to = from) {
    this.note({ do: "skip", from, to, count });
    this.put(from, to, ratchet.skip(this.registers[from], count));
  }
  keep(from, to) {
    this.put(from, to, this.registers[from]);
    this.note({ do: "keep", from, to });
  }
  state(...names) {
    for (const from of names) {
      const s = this.registers[from];
      this.note({
        do: "state", from, tags: ratchet.tags(s).sort(),
        resumption: ratchet.resumption(s) ?? new Uint8Array(0), resumptions: ratchet.resumptions(s),
      });
    }
  }
}

/** As it will be read from the file. */
const plain = (value) =>
  JSON.parse(JSON.stringify(value, (_, v) => (v instanceof Uint8Array ? base64(v) : v)));
