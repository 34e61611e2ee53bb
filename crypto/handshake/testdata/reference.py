#!/usr/bin/env python3
"""Follows testdata/transcript.json by docs/protocol.md alone.

The readers' side of the protocol in another language, sharing no code with the
program: everything in the transcript is derived from its seeds, opened and
compared. Needs the Python package "cryptography", version 48 or later.

    python3 reference.py            prints what it checked; exits 1 if it differs
"""

import base64
import hashlib
import hmac
import json
import pathlib
import struct
import sys

from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = pathlib.Path(__file__).parent


# --- §1 notation and §2 primitives -------------------------------------------

def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def LP(*parts):
    return b"".join(struct.pack(">I", len(p)) + p for p in parts)


def KDF(salt, ikm, info, n=32):
    key = hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()
    out, block, i = b"", b"", 1
    while len(out) < n:
        block = hmac.new(key, block + info + bytes([i]), hashlib.sha256).digest()
        out, i = out + block, i + 1
    return out[:n]


def aead_open(key, sealed, ad):
    return ChaCha20Poly1305(key).decrypt(bytes(12), sealed, ad)


def hchacha20(key, nonce):
    s = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", nonce))

    def quarter(a, b, c, d):
        for x, y, z, r in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xFFFFFFFF
            v = s[z] ^ s[x]
            s[z] = ((v << r) | (v >> (32 - r))) & 0xFFFFFFFF

    for _ in range(10):
        for q in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                  (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(*q)
    return struct.pack("<8I", *(s[0:4] + s[12:16]))


def xaead_open(key, nonce, sealed, ad):
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])).decrypt(bytes(4) + nonce[16:], sealed, ad or None)


def unpad(b):
    n = struct.unpack(">I", b[:4])[0]
    check("padding", b[4 + n:], bytes(len(b) - 4 - n))
    return b[4:4 + n]


def raw(public):
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


class Pair:
    """An X25519 key and an ML-KEM key, from their seeds."""

    def __init__(self, seeds, kem):
        self.dh = x25519.X25519PrivateKey.from_private_bytes(seeds[:32])
        self.kem = kem.from_seed_bytes(seeds[32:])
        self.public = raw(self.dh.public_key()) + self.kem.public_key().public_bytes_raw()

    def agree(self, peer):
        return self.dh.exchange(x25519.X25519PublicKey.from_public_bytes(peer))


class Cursor:
    def __init__(self, b):
        self.b = b

    def take(self, n):
        p, self.b = self.b[:n], self.b[n:]
        assert len(p) == n
        return p

    def lp(self):
        return self.take(struct.unpack(">I", self.take(4))[0])

    def end(self):
        check("nothing left", self.b, b"")


checked = []


def check(what, got, want):
    checked.append(what)
    if got != want:
        sys.exit(f"{what} differs")


# --- §3 account ---------------------------------------------------------------

def signed(label, message):
    return LP(label, message)


def verify_identity(b):
    """Checks an identity as others get it; returns its device keys and list."""
    c = Cursor(b)
    account, blist, device = c.take(1984), c.lp(), c.take(1632)
    c.end()
    body, sig = blist[:-3373], blist[-3373:]
    label = b"sotto/1 device list"
    ed25519.Ed25519PublicKey.from_public_bytes(account[:32]).verify(sig[:64], signed(label, body))
    mldsa.MLDSA65PublicKey.from_public_bytes(account[32:]).verify(sig[64:], signed(label, body), label)
    l = Cursor(body)
    check("list format", l.take(1), b"\x01")
    check("list account", l.take(32), H(LP(b"sotto/1 account id"), account))
    version, prev = struct.unpack(">I", l.take(4))[0], l.take(32)
    check("first list", (version, prev), (1, bytes(32)))
    devices = [l.take(36) for _ in range(l.take(1)[0])]
    check("no co-signature", l.take(1), b"\x00")
    l.end()
    check("device in list", devices, [H(LP(b"sotto/1 device keys"), device) + bytes(4)])
    return account, device, H(LP(b"sotto/1 device list hash"), blist)


def account_key(entropy):
    classical = ed25519.Ed25519PrivateKey.from_private_bytes(KDF(b"", entropy, b"sotto/1 account ed25519"))
    pq = mldsa.MLDSA65PrivateKey.from_seed_bytes(KDF(b"", entropy, b"sotto/1 account ml-dsa-65"))
    return raw(classical.public_key()) + pq.public_key().public_bytes_raw()


def device_keys(seeds):
    sign = ed25519.Ed25519PrivateKey.from_private_bytes(seeds[:32])
    pair = Pair(seeds[32:], mlkem.MLKEM1024PrivateKey)
    return pair, raw(sign.public_key()) + pair.public


def safety(a, b):
    ikm = LP(*sorted((a, b)))
    n = KDF(b"", ikm, b"sotto/1 safety number", 60)
    digits = "".join("%05d" % (int.from_bytes(n[i:i + 5], "big") % 100000) for i in range(0, 60, 5))
    code = base64.b32encode(KDF(b"", ikm, b"sotto/1 safety code")).decode().rstrip("=")
    return digits, "SOTTO:V/1/" + code


# --- §4 invitation ------------------------------------------------------------

def parse_link(text):
    b = text.removeprefix("sotto:i/1/").upper()
    b = base64.b32decode(b + "=" * (-len(b) % 8))
    check("link checksum", b[-4:], H(LP(b"sotto/1 invitation checksum"), b[:-4])[:4])
    c = Cursor(b[:-4])
    head, bundle, secret, expires = c.take(2), c.take(32), c.take(32), c.take(4)
    route, mailbox = c.take(c.take(1)[0]), c.take(c.take(1)[0])
    c.end()
    return head[1:], bundle, secret, struct.unpack(">I", expires)[0], route, mailbox


def open_cell(secret, label, cell):
    check("cell size", len(cell), 16384)
    return unpad(xaead_open(KDF(b"", secret, label), cell[:24], cell[24:], b""))


# --- §7 ratchet ---------------------------------------------------------------

def split3(b):
    return b[:32], b[32:64], b[64:]


def open_message(cell, header_key, chain_key, n, answer, from_a, h3, lists):
    klass = {4096: 1, 16384: 2, 65536: 3}[len(cell)]
    version, tag, nonce = cell[:1], cell[1:17], cell[17:41]
    check("tag", tag, KDF(b"", header_key, b"tag", 16))
    direction = b"\x01" if from_a else b"\x02"
    size = 2322 + (1568 if answer else 0) + 16
    header = Cursor(xaead_open(header_key, nonce, cell[41:41 + size], version + bytes([klass]) + tag + direction))
    check("header version and flags", header.take(2), bytes([1, 1 if answer else 0]))
    public, ct = header.take(1216), header.take(1088)
    pn, number, own, peer = struct.unpack(">4I", header.take(16))
    ct3 = header.take(1568) if answer else b""
    header.end()
    check("n and list versions", (number, own, peer), (n, 1, 1))
    for _ in range(n):
        chain_key = KDF(chain_key, b"", b"c")
    keys = KDF(KDF(chain_key, b"", b"m"), nonce, b"cell", 64)
    before = cell[:41 + size]
    check("commitment", cell[41 + size:73 + size], keys[32:])
    ad = h3 + direction + bytes([klass]) + H(before) + b"".join(lists)
    return unpad(aead_open(keys[:32], cell[73 + size:], ad)), public, ct, ct3, pn


def header_of(cell, header_key, answer, from_a):
    """The part of a header that a chain's step needs, before its chain key is known."""
    klass = {4096: 1, 16384: 2, 65536: 3}[len(cell)]
    size = 2322 + (1568 if answer else 0) + 16
    ad = cell[:1] + bytes([klass]) + cell[1:17] + (b"\x01" if from_a else b"\x02")
    b = xaead_open(header_key, cell[17:41], cell[41:41 + size], ad)
    return b[2:34], b[34:1218], b[1218:2306], b[2322:]


def main():
    tr = json.loads((HERE / "transcript.json").read_text())
    b64 = base64.b64decode

    # §3: identities and safety number.
    devices, identities = [], []
    for entropy, seeds, identity in zip(tr["Entropies"], tr["Devices"], tr["Identities"]):
        pair, public = device_keys(b64(seeds))
        account, device, list_hash = verify_identity(b64(identity))
        check("account key", account, account_key(b64(entropy)))
        check("device keys", device, public)
        devices.append(pair)
        identities.append((account, list_hash))
    check("safety", safety(identities[1][0], identities[0][0]), (tr["Safety"], tr["SafetyCode"]))

    # §4: link and bundle.
    mode, bundle_hash, secret, expires, route, _ = parse_link(tr["Link"])
    check("token", KDF(b"", secret, b"token", 16), b64(tr["Token"]))
    bundle = open_cell(secret, b"bundle", b64(tr["BundleCell"]))
    check("bundle hash", H(bundle), bundle_hash)
    c = Cursor(bundle)
    check("bundle head", c.take(4), b"\x01" + mode + b"\x00\x01")
    c.take(16)
    check("expiry", struct.unpack(">Q", c.take(8))[0], expires)
    identity_b = b64(tr["Identities"][1])
    check("bundle identity", c.take(len(identity_b)), identity_b)
    one_time = Pair(b64(tr["OneTime"]), mlkem.MLKEM1024PrivateKey)
    ratchet0 = Pair(b64(tr["Ratchet"]), mlkem.MLKEM768PrivateKey)
    check("one-time pair", c.take(1600), one_time.public)
    check("ratchet pair", c.take(1216), ratchet0.public)
    check("route", c.lp(), route)
    c.end()

    # §5: the first message, as Bob reads it.
    c = Cursor(open_cell(secret, b"env", b64(tr["Msg1"])))
    e, ct_ot, ct_ik, c1, c2 = c.take(32), c.take(1568), c.take(1568), c.lp(), c.lp()
    c.end()
    h = H(LP(b"Sotto handshake 1", b"\x00\x01", mode, H(tr["Link"].encode()), b"", bundle_hash))
    ck = KDF(h, LP(b"", secret, b""), b"ck0")
    h = H(h, e, ct_ot, ct_ik)
    ikm = LP(one_time.agree(e), devices[1].agree(e), one_time.kem.decapsulate(ct_ot), devices[1].kem.decapsulate(ct_ik))
    keys = KDF(ck, ikm, b"ck1" + h, 64)
    ck, k = keys[:32], keys[32:]
    identity_a = aead_open(k, c1, h)
    check("identity in c1", identity_a, b64(tr["Identities"][0]))
    h = H(h, c1)
    device_a = identity_a[-1632:]
    keys = KDF(ck, LP(one_time.agree(device_a[32:64])), b"ck2" + h, 64)
    ck, k = keys[:32], keys[32:]
    c = Cursor(aead_open(k, c2, h))
    public_a1, ct_r, payload = c.take(1216), c.take(1088), c.lp()
    c.end()
    check("payload", payload.decode(), tr["Payload"])
    h3 = H(h, c2)
    check("h3", h3, b64(tr["Hash"]))

    # §7: root, chains and cells.
    root, head_a, head_b = split3(KDF(ck, b"", b"root" + h3, 96))
    pairs = {"B0": ratchet0}
    for chain in tr["Chains"]:
        pairs[chain["Name"]] = Pair(b64(chain["Pair"]), mlkem.MLKEM768PrivateKey)
    check("R_A1 and E_A1", pairs["A1"].public, public_a1)
    heads = {"A": head_a, "B": head_b}
    chains = {}
    previous = "B0"
    for name in ("A1", "B1", "A2", "B2"):
        side, answer, head = name[0], name == "B1", heads[name[0]]
        first = next(b64(x["Cell"]) for x in tr["Cells"] if x["Chain"] == name)
        dh, ek, ct, ct3 = header_of(first, head, answer, side == "A")
        check("keys of " + name, dh + ek, pairs[name].public)
        if name == "A1":
            check("ctR", ct, ct_r)
        receiver = pairs[previous]
        ikm = LP(receiver.agree(dh), receiver.kem.decapsulate(ct))
        if answer:
            ikm += LP(devices[0].agree(dh), devices[0].kem.decapsulate(ct3))
            info = b"step3" + H(dh, ek, ct, ct3, h3)
        else:
            info = b"step" + H(dh, ek, ct)
        root, chain, heads[side] = split3(KDF(root, ikm, info, 96))
        chains[name] = (head, chain, answer)
        previous = name
    for x in tr["Cells"]:
        head, chain, answer = chains[x["Chain"]]
        from_a = x["Chain"][0] == "A"
        lists = [identities[0][1], identities[1][1]]
        text, *_, pn = open_message(b64(x["Cell"]), head, chain, x["N"], answer, from_a, h3, lists if from_a else lists[::-1])
        check("text of " + x["Chain"], text.decode(), x["Text"])
        check("pn of " + x["Chain"], pn, {"A1": 0, "B1": 0, "A2": 3, "B2": 2}[x["Chain"]])
    print(f"{len(checked)} values agree")


main()
