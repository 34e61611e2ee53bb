// §2 Primitives and sizes: suite 1, the only one, out of the Noble libraries.
//
// Randomness is a function rand(n) that gives n bytes. Everything is computed from it, so that the same rand gives the
// same bytes.

import { randomBytes } from "node:crypto";
import { chacha20poly1305, xchacha20poly1305 } from "@noble/ciphers/chacha";
import { ed25519, x25519 } from "@noble/curves/ed25519";
import { argon2id as argon2 } from "@noble/hashes/argon2";
import { hkdf } from "@noble/hashes/hkdf";
import { sha256 } from "@noble/hashes/sha2";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa";
import { ml_kem768, ml_kem1024 } from "@noble/post-quantum/ml-kem";
import { ascii, empty, join, refuse, zeros } from "./wire.js";

export const SUITE = 1;

/** Randomness of the operating system. */
export const system = (n) => new Uint8Array(randomBytes(n));

export const H = (...parts) => sha256(join(...parts));

const octets = (x) => (typeof x === "string" ? ascii(x) : x);

/** KDF(salt, ikm, info): HKDF-SHA256. */
export function kdf(salt, ikm, info, size = 32) {
  return hkdf(sha256, octets(ikm), octets(salt), octets(info), size);
}

/** KDF(x, label). */
export const derive = (x, label, size = 32) => kdf(empty, x, label, size);

/** a || b || … = KDF(salt, ikm, info): so many keys of 32 bytes. */
export function keys(count, salt, ikm, info) {
  const all = kdf(salt, ikm, info, 32 * count);
  return Array.from({ length: count }, (_, i) => all.slice(32 * i, 32 * i + 32));
}

export const argon2id = (passphrase, salt, time, memory, threads) =>
  argon2(passphrase, salt, { t: time, m: memory, p: threads, dkLen: 32 });

// X25519. A result that is all zero is refused.

export const dhPublic = (priv) => x25519.getPublicKey(priv);

export function dh(priv, pub) {
  try {
    return x25519.getSharedSecret(priv, pub);
  } catch {
    refuse("key", "X25519 result is zero");
  }
}

// ML-KEM. Private keys are seeds of 64 bytes, d | z.

function kem(mlkem, k, ekSize, ctSize) {
  const kem = {
    ekSize,
    ctSize,
    publicOf: (seed) => mlkem.keygen(seed).publicKey,
    /** FIPS 203 §7.2: each of the key's coefficients of twelve bits is below q. */
    check(ek) {
      if (ek.length !== ekSize) refuse("key", "size of an encapsulation key");
      for (let i = 0; i < 384 * k; i += 3) {
        const low = ek[i] | ((ek[i + 1] & 15) << 8);
        const high = (ek[i + 1] >> 4) | (ek[i + 2] << 4);
        if (low >= 3329 || high >= 3329) refuse("key", "not an encapsulation key");
      }
      return ek;
    },
    encapsulate(rand, ek) {
      const { sharedSecret, cipherText } = mlkem.encapsulate(kem.check(ek), rand(32));
      return { ss: sharedSecret.slice(), ct: cipherText };
    },
    decapsulate: (seed, ct) => mlkem.decapsulate(ct, mlkem.keygen(seed).secretKey).slice(),
  };
  return kem;
}

export const kem768 = kem(ml_kem768, 3, 1184, 1088);
export const kem1024 = kem(ml_kem1024, 4, 1568, 1568);

// Signatures. Ed25519 is verified as RFC 8032 has it; ML-DSA-65 is the deterministic variant.

export const edPublic = (seed) => ed25519.getPublicKey(seed);
export const edSign = (seed, m) => ed25519.sign(m, seed);

export function edVerify(pub, m, signature) {
  try {
    return ed25519.verify(signature, m, pub, { zip215: false });
  } catch {
    return false;
  }
}

export const dsaPublic = (seed) => ml_dsa65.keygen(seed).publicKey;
export const dsaSign = (seed, m, context) => ml_dsa65.sign(ml_dsa65.keygen(seed).secretKey, m, octets(context));

export function dsaVerify(pub, m, context, signature) {
  try {
    return ml_dsa65.verify(pub, m, signature, octets(context));
  } catch {
    return false;
  }
}

// AEAD under a key that is used once, and XAEAD under a random nonce. A failure to open is an ordinary outcome.

export const seal = (key, ad, x) => chacha20poly1305(key, zeros(12), ad).encrypt(x);
export const xseal = (key, nonce, ad, x) => xchacha20poly1305(key, nonce, ad).encrypt(x);
export const open = (key, ad, x) => opened(() => chacha20poly1305(key, zeros(12), ad).decrypt(x));
export const xopen = (key, nonce, ad, x) => opened(() => xchacha20poly1305(key, nonce, ad).decrypt(x));

function opened(decrypt) {
  try {
    return decrypt();
  } catch {
    refuse("forged");
  }
}

// Pairs of an X25519 and an ML-KEM key. The private one is { dh, seed }, the public one { dh, ek }.

export const privatePair = (rand) => ({ dh: rand(32), seed: rand(64) });
export const publicPair = (kem, pair) => ({ dh: dhPublic(pair.dh), ek: kem.publicOf(pair.seed) });
export const pairBytes = (pair) => join(pair.dh, pair.ek);

