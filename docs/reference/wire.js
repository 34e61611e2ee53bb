// §1 Notation: how numbers, strings and lists of them become bytes, and back.
//
// Every parser here is strict: what is too short, has a byte too many or is written in a second way is refused.

/** What is thrown for input that the protocol does not accept. The code says which refusal it is. */
export class Refused extends Error {
  constructor(code, message = code) {
    super(message);
    this.name = "Refused";
    this.code = code;
  }
}

export function refuse(code, message) {
  throw new Refused(code, message);
}

export const empty = new Uint8Array(0);
export const zeros = (n) => new Uint8Array(n);
export const ascii = (text) => new TextEncoder().encode(text);

/** x | y | …, where texts stand for their ASCII bytes. */
export function join(...parts) {
  const arrays = parts.map((p) => (typeof p === "string" ? ascii(p) : p));
  const all = new Uint8Array(arrays.reduce((n, a) => n + a.length, 0));
  let at = 0;
  for (const a of arrays) {
    all.set(a, at);
    at += a.length;
  }
  return all;
}

function number(size, value) {
  const b = new Uint8Array(size);
  let rest = BigInt(value);
  for (let i = size - 1; i >= 0; i--, rest >>= 8n) b[i] = Number(rest & 255n);
  if (rest !== 0n) throw new RangeError(`${value} does not fit into ${size} bytes`);
  return b;
}

export const u8 = (n) => number(1, n);
export const u16 = (n) => number(2, n);
export const u32 = (n) => number(4, n);
export const u64 = (n) => number(8, n);

/** LP(x, y, …): each with its length before it. */
export function LP(...parts) {
  return join(...parts.flatMap((p) => [u32(p.length), p]));
}

export function pad(x, size) {
  if (4 + x.length > size) refuse("too long");
  const padded = new Uint8Array(size);
  padded.set(LP(x));
  return padded;
}

export function unpad(padded) {
  const r = new Reader(padded);
  const x = r.lp(padded.length);
  if (r.rest().some((b) => b !== 0)) refuse("malformed", "padding is not zero");
  return x;
}

/** Reads a byte string from its beginning to its end. */
export class Reader {
  constructor(all) {
    this.all = all;
    this.at = 0;
  }
  take(n) {
    if (n > this.all.length - this.at) refuse("malformed", "too short");
    this.at += n;
    return this.all.slice(this.at - n, this.at);
  }
  rest() {
    return this.take(this.all.length - this.at);
  }
  number(size) {
    return this.take(size).reduce((n, b) => (n << 8n) | BigInt(b), 0n);
  }
  u8() {
    return Number(this.number(1));
  }
  u16() {
    return Number(this.number(2));
  }
  u32() {
    return Number(this.number(4));
  }
  u64() {
    return this.number(8);
  }
  lp(limit) {
    const n = this.u32();
    if (n > limit) refuse("malformed", "longer than allowed");
    return this.take(n);
  }
  /** A field that has one value only. */
  constant(size, value, what) {
    if (this.number(size) !== BigInt(value)) refuse("malformed", `unknown ${what}`);
  }
  end() {
    if (this.at !== this.all.length) refuse("malformed", "bytes too many");
  }
}

/** -1, 0 or 1, in the order of bytes. */
export function compare(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

/** Whether two byte strings are equal, in a time that depends on their lengths only. */
export function equal(a, b) {
  if (a.length !== b.length) return false;
  let differ = 0;
  for (let i = 0; i < a.length; i++) differ |= a[i] ^ b[i];
  return differ === 0;
}

export const hex = (b) => Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** RFC 4648 base32 in lower case, without padding. */
export function base32(b) {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of b) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
    held &= 31;
  }
  if (bits > 0) text += alphabet[(held << (5 - bits)) & 31];
  return text;
}

/** The bytes whose base32 is text; a second way to write them is refused. */
export function unbase32(text) {
  const b = [];
  let bits = 0;
  let held = 0;
  for (const c of text) {
    const value = alphabet.indexOf(c);
    if (value < 0) refuse("malformed", "not base32");
    held = ((held << 5) | value) & 4095;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      b.push((held >> bits) & 255);
    }
  }
  const decoded = Uint8Array.from(b);
  if (base32(decoded) !== text) refuse("malformed", "not the one way to write it");
  return decoded;
}
