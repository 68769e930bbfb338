#!/usr/bin/env python3
"""Writes tests/vectors/*.vec: make_vectors.py [OUT].

Everything in these files is made by code that is not ours (the Python package `cryptography`, over OpenSSL) and by the
few lines of byte layout below, which share nothing with src/. Keys are throw-away: a scalar is the SHA-256 of a word.
ECDSA signatures are random, so a new run gives other signatures (and MACs over them); the rest repeats.
The numbers of kdf.vec and utrn.vec are published with the reference messages; the script only checks them.
"""
import hashlib
import os
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

USER, BROKER, METER, GAS = "90b3d51f30aa0001", "90b3d51f30aa0002", "00db1234567890f0", "00db1234567890f1"


def scalar(word):
    return int.from_bytes(hashlib.sha256(word.encode()).digest(), "big") % (1 << 255) + 1


def private(word):
    return ec.derive_private_key(scalar(word), ec.SECP256R1())


def shared(own, other):
    return private(own).exchange(ec.ECDH(), private(other).public_key())


def derive(z, purpose, originator, counter, target):
    info = bytes.fromhex("60857406080300" + originator + "09") + bytes([purpose]) + counter.to_bytes(8, "big") + bytes.fromhex(target)
    return hashlib.sha256(b"\0\0\0\1" + z + info).digest()[:16]


def length(size):
    if size < 0x80:
        return bytes([size])
    body = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(body)]) + body


def prefixed(data):
    return length(len(data)) + data


def signing_part(kind, counter, originator, target, other, content, date_time=b""):
    return (bytes([0xDF, 9, kind]) + counter.to_bytes(8, "big") + b"\x08" + bytes.fromhex(originator) + b"\x08" + bytes.fromhex(target) +
            prefixed(date_time) + prefixed(other) + prefixed(content))


def signed(part, word):
    r, s = decode_dss_signature(private(word).sign(part[1:], ec.ECDSA(hashes.SHA256())))
    return part + b"\x40" + r.to_bytes(32, "big") + s.to_bytes(32, "big")


def with_mac(part, z, kind, counter, originator, target):
    key = derive(z, kind, originator, counter, target)
    mac = AESGCM(key).encrypt(bytes.fromhex(originator) + bytes(4), b"", b"\x11" + bytes(5) + part)[:12]
    return b"\xdd" + bytes(6) + length(5 + len(part) + 12) + b"\x11" + bytes(4) + part + mac


def cipher_block(key, device, plain):
    # AESGCM gives 16 tag bytes; GBCS keeps 12.
    return b"\x31" + bytes(4) + AESGCM(key).encrypt(bytes.fromhex(device) + bytes(4), plain, b"\x31")[:-4]


def block(**values):
    return "".join(f"{name}={value}\n" for name, value in values.items()) + "\n"


def messages():
    keys = {f"{party}_{use}": f"{scalar(party + use):064x}" for party in ("user", "broker", "meter", "gas") for use in ("ka", "ds")}
    yield block(name="parties", user=USER, broker=BROKER, meter=METER, gas=GAS, **keys)
    broker_meter, user_meter = shared("brokerka", "meterka"), shared("userka", "meterka")
    broker_gas, user_gas = shared("brokerka", "gaska"), shared("userka", "gaska")

    part = signing_part(1, 7001, USER, METER, bytes.fromhex("0059"), bytes.fromhex("d920001b5900010100010000000201ff020100")) + b"\0"
    yield block(name="DLMS command, MAC only", message=with_mac(part, broker_meter, 1, 7001, USER, METER).hex(), kind="command", code="0059",
                counter=7001, mac="valid", signature="none")

    part = signing_part(1, 7002, USER, METER, bytes.fromhex("004f"), bytes.fromhex("d920001b5a0001030009" + "00000a006aff01" + "01120033"))
    yield block(name="DLMS pre-command without signature field", message=part.hex(), kind="command", code="004f", counter=7002, mac="none",
                signature="none")
    yield block(name="DLMS critical command", message=with_mac(signed(part, "userds"), broker_meter, 1, 7002, USER, METER).hex(),
                kind="command", code="004f", counter=7002, mac="valid", signature="valid")

    part = signing_part(2, 7002, METER, USER, bytes.fromhex("004f"), bytes.fromhex("da20001b5a000001000103" + "00"))
    yield block(name="DLMS signed response", message=signed(part, "meterds").hex(), kind="response", code="004f", counter=7002, mac="none",
                signature="valid")

    plain = bytes.fromhex("0202" + "0204" + "0600012345" + "02020f00161e" + "0600000001" + "02020f001620" + "00")
    cipher = cipher_block(derive(user_meter, 4, METER, 7003, USER), METER, plain)
    parameters = ("0101020216020205" + "090904" + f"{7003:016x}" + "0908" + METER + "0908" + USER + "0900" + "02021602020209010209" + "00")
    content = bytes.fromhex("da20001b5b0000" + "01" + "0202" + parameters + "09") + prefixed(cipher) + bytes.fromhex("010300")
    part = signing_part(2, 7003, METER, USER, bytes.fromhex("0027"), content, bytes.fromhex("07ea0b16ff0909090000" + "0000")) + b"\0"
    yield block(name="DLMS response with encrypted attributes", message=with_mac(part, user_meter, 2, 7003, METER, USER).hex(),
                kind="response", code="0027", counter=7003, mac="valid", signature="none", plain=plain.hex())

    zcl = bytes.fromhex("0203002210270001030022010000000300300100000025393000000000")
    cipher = cipher_block(derive(user_gas, 4, GAS, 7004, USER), GAS, zcl)
    frame = bytes.fromhex("0000" + "180001") + len(cipher).to_bytes(2, "big") + cipher
    content = bytes.fromhex("010901" + "03" + "0702") + len(frame).to_bytes(2, "big") + frame
    part = signing_part(2, 7004, GAS, USER, bytes.fromhex("0074"), content, bytes.fromhex("07ea0b16ff090909000000" + "00")) + b"\0"
    yield block(name="GBZ response with an encrypted component", message=with_mac(part, user_gas, 2, 7004, GAS, USER).hex(), kind="response",
                code="0074", counter=7004, mac="valid", signature="none", plain=zcl.hex())

    other = bytes.fromhex("0034" + USER) + (7005).to_bytes(8, "big")
    frame = bytes.fromhex("000000" + "00000103")
    content = bytes.fromhex("010901" + "01" + "0702") + len(frame).to_bytes(2, "big") + frame
    part = signing_part(1, 41, BROKER, GAS, bytes.fromhex("0074") + other[2:], content) + b"\0"
    yield block(name="GBZ command that the broker originates for a user", message=with_mac(part, broker_gas, 1, 41, BROKER, GAS).hex(),
                kind="command", code="0074", counter=41, mac="valid", signature="none")

    part = signing_part(3, 9001, GAS, USER, bytes.fromhex("1000"), bytes.fromhex("0109008f3031000000"))
    yield block(name="GBZ critical alert", message=signed(part, "gasds").hex(), kind="alert", code="1000", counter=9001, mac="none",
                signature="valid")

    body = bytes.fromhex("0f200023290002021281" + "0e" + "090c" + "07ea0b16ff09090900800000")
    part = signing_part(3, 9001, METER, USER, bytes.fromhex("1001"), body) + b"\0"
    yield block(name="DLMS non-critical alert", message=with_mac(part, user_meter, 3, 9001, METER, USER).hex(), kind="alert", code="1001",
                counter=9001, mac="valid", signature="none")

    der = bytes.fromhex("3026" + "0420") + hashlib.sha256(b"image").digest() + bytes.fromhex("02021b5e")
    part = signing_part(1, 7006, USER, METER, bytes.fromhex("0012"), der)
    yield block(name="ASN.1 critical command", message=with_mac(signed(part, "userds"), broker_meter, 1, 7006, USER, METER).hex(),
                kind="command", code="0012", counter=7006, mac="valid", signature="valid")


def agreements():
    for i in range(8):
        a, b = f"ecdh a {i}", f"ecdh b {i}"
        point = private(b).public_key().public_numbers()
        yield block(private=f"{scalar(a):064x}", public=f"04{point.x:064x}{point.y:064x}", shared=shared(a, b).hex())


def seals():
    for i in range(12):
        word = hashlib.sha256(f"gcm {i}".encode()).digest()
        key, iv, aad, plain = word[:16], word[16:28], word[:i], (word * 3)[:i * 7]
        sealed = AESGCM(key).encrypt(iv, plain, aad)
        yield block(key=key.hex(), iv=iv.hex(), aad=aad.hex(), plain=plain.hex(), cipher=sealed[:-16].hex(), tag=sealed[-16:-4].hex())


SUPPLIER_ESME = "42da8fad4c8c9d613976f39f1e79ccc88571efa43933d57146b533bc6d253e0f"
BROKER_ESME = "ed342441df01551a6beaff3b54adc981f4c6a7e71dff4c3e1cc80b3c9f4e5ac0"
SUPPLIER, ACB, ESME, GSME, GPF = "90b3d51f30010000", "90b3d51f30000002", "00db1234567890a0", "00db1234567890a1", "00db1234567890a3"
KDF = [
    ("ECS52 command, broker and ESME", BROKER_ESME, 1, SUPPLIER, 0x3E8, ESME, "ec1d51bd8f8bf0cdd2314cf396cc12c0"),
    ("ECS52 response, supplier and ESME", SUPPLIER_ESME, 2, ESME, 0x3E8, SUPPLIER, "d288091f13f120da8d2649c3aa543058"),
    ("GCS38 command, broker and GSME", "5b88e998667e52db03247ce3508da4639ab2b3217b516a48db6918bfa9f80e9f", 1, SUPPLIER, 0x3E8, GSME,
     "ce1d0953edc30c957f78c76c811e684e"),
    ("ECS17b response, encryption", SUPPLIER_ESME, 4, ESME, 0x3E8, SUPPLIER, "12cb821c471ec2144c68e12a5657f9fd"),
    ("GCS13a response, encryption", "afa16a4d1a999876856e9f073127d4ad518c095cb8df47404b9351c0baba3e06", 4, GPF, 0x3E8, SUPPLIER,
     "2b11caa7c88c7b480a8485a750d89420"),
    ("generic alert", SUPPLIER_ESME, 3, ESME, 0x7D0, SUPPLIER, "73761d0b43493dbbaabfe474cac5974b"),
    ("ECS21b response for another party", BROKER_ESME, 2, ESME, 0x516, ACB, "151abca3be2346fee4ffaf25d0759a17"),
    ("ECS21b response for another party, encryption", SUPPLIER_ESME, 4, ESME, 0x7D2, SUPPLIER, "61685f7f7bddaa7e251c2a4a1fd4085d"),
]


def derivations():
    for name, z, purpose, originator, counter, target, key in KDF:
        assert derive(bytes.fromhex(z), purpose, originator, counter, target).hex() == key, name
        yield block(name=name, secret=z, purpose=purpose, originator=originator, counter=counter, target=target, key=key)


Z_ESME = "5c00001ae96494fedfd740c4679d346e913d89b978beeff76577be69c92bf3ce"
Z_GSME = "6d6cbd57da3086763462e5ea13bdfa2ed7e2c3e2e9cefe4eb036ce71ff2e7bab"
UTRN = [
    (Z_ESME, ESME, 3, 10, 1, "73946144332040217315"), (Z_GSME, GSME, 6, 1250, 0, "73950067887105178605"),
    (Z_ESME, ESME, 5, 10, 1, "73948959061972833313"), (Z_ESME, ESME, 1, 100, 1, "73943333457189043313"),
    (Z_ESME, ESME, 4, 1234, 0, "73947252416745201637"), (Z_ESME, ESME, 1, 8191, 1, "73943680956463432551"),
]


def tokens():
    for z, target, counter, value, kind, utrn in UTRN:
        key = derive(bytes.fromhex(z), 1, SUPPLIER, counter << 32, target)
        high = counter << 15 | kind << 13 | value
        aad = b"\x11" + bytes(5) + bytes.fromhex(SUPPLIER + target) + b"\1" + (counter << 32).to_bytes(8, "big") + high.to_bytes(4, "big")
        tag = AESGCM(key).encrypt(bytes.fromhex(SUPPLIER) + bytes(4), b"", aad)
        low = int.from_bytes(tag[-4:], "big")
        assert str((high << 32 | low) + 7394156990786306048) == utrn[:19], utrn
        yield block(secret=z, originator=SUPPLIER, target=target, counter=counter << 32, value=value, value_class=kind, utrn=utrn)


def main():
    out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/vectors")
    files = {
        "messages.vec": ("GBCS messages under throw-away keys, made with python cryptography.", messages),
        "ecdh.vec": ("ECDH P-256, made with python cryptography.", agreements),
        "gcm.vec": ("AES-128-GCM with tags cut to 12 bytes, made with python cryptography.", seals),
        "kdf.vec": ("Key derivation of published reference messages, recomputed with python hashlib.", derivations),
        "utrn.vec": ("Published top-up tokens, recomputed with python cryptography (check digit as published).", tokens),
    }
    for name, (origin, blocks) in files.items():
        with open(os.path.join(out, name), "w", encoding="ascii") as file:
            file.write(f"# {origin}\n# Written by scripts/make_vectors.py; a blank line ends a vector.\n\n" + "".join(blocks()).rstrip("\n") + "\n")


if __name__ == "__main__":
    main()
