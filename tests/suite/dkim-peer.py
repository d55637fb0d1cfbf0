#!/usr/bin/python3
"""dkim-peer.py PROGRAM: random messages that python3-dkim signs are verified by suite-dkim-verify; and of the same
messages, changed somewhere, both say the same. Exit 77 (skipped) when python3-dkim, python3-nacl or openssl is not
there.

Where the two are meant to differ, a message is made without it: python3-dkim takes l= that leaves text unsigned for a
pass, and a CR without LF in a header for text; base64 must have its padding, which RFC 6376, 3.5 (base64string), leaves
free.
"""
import base64
import random
import subprocess
import sys
import tempfile

import dkim_run

try:
    import dkim
    import nacl.signing  # noqa: F401 (python3-dkim needs it for ed25519)
    rsa = subprocess.run(['openssl', 'genrsa', '-traditional', '1024'], capture_output=True, check=True).stdout
    public = subprocess.run(['openssl', 'rsa', '-pubout', '-outform', 'DER'], input=rsa, capture_output=True,
        check=True).stdout
except (ImportError, OSError) as why:
    print(f'skipped: {why}')
    sys.exit(77)

MESSAGES = 400
SEED = base64.b64encode(bytes(range(32)))
ED = bytes(nacl.signing.SigningKey(bytes(range(32))).verify_key)
KEYS = {
    b'rsa._domainkey.example.org.': b'v=DKIM1; k=rsa; p=' + base64.b64encode(public),
    b'ed._domainkey.example.org.': b'v=DKIM1; k=ed25519; p=' + base64.b64encode(ED),
}
draw = random.Random(6376)


def value():
    pieces = [b'word', b' ', b'  ', b'\t', b'\r\n ', b'\r\n\t', b'a;b=c', b'\xc3\xa9', b'<x@example.org>', b':']
    return b' ' + b''.join(draw.choice(pieces) for _ in range(draw.randrange(8))) + b'z'


def unsigned():
    names = [b'From'] + [draw.choice([b'To', b'Subject', b'X-A', b'X-B', b'Date']) for _ in range(draw.randrange(8))]
    draw.shuffle(names)
    lines = [b'text', b' ', b'two  blanks', b'', b'\ttab \t', b'.', b'\xff8 bit', b'end ']
    return b''.join(name + b':' + value() + b'\r\n' for name in names), b''.join(
        draw.choice(lines) + b'\r\n' for _ in range(draw.randrange(12)))


def signed():
    head, body = unsigned()
    ed = draw.randrange(2)
    present = [line.split(b':')[0].lower() for line in head.split(b'\r\n') if line[:1] not in b' \t' and b':' in line]
    names = [b'from'] + [draw.choice([*present, b'nothing']) for _ in range(draw.randrange(6))]
    forms = draw.choice([b'simple', b'relaxed']), draw.choice([b'simple', b'relaxed'])
    field = dkim.sign(head + b'\r\n' + body, b'ed' if ed else b'rsa', b'example.org', SEED if ed else rsa,
        canonicalize=forms, include_headers=names, length=draw.randrange(8) == 0,
        signature_algorithm=b'ed25519-sha256' if ed else b'rsa-sha256')
    return field + head + b'\r\n' + body


def in_name(message, at):
    """True at the beginning of a header's line, up to the colon: what then is no field any more python3-dkim does not
    read at all."""
    start = message.rfind(b'\n', 0, at) + 1
    return at < message.index(b'\r\n\r\n') + 4 and (at == start or b':' not in message[start:at]
        and message[start:start + 1] not in b' \t')


def changed(message):
    """One byte another, one gone, one more; never of the kinds that the two read differently."""
    while True:
        at, kind = draw.randrange(len(message)), draw.randrange(3)
        new = bytes([draw.choice(b'aZ0 \t;:=x')])
        other = message[:at] + (b'' if kind == 0 else new) + message[at + (kind != 2):]
        bare = b'\r' in other.replace(b'\r\n', b'') or b'\n' in other.replace(b'\r\n', b'')
        cut = b' l=' in message and at > message.index(b'\r\n\r\n')
        padding = message[at:at + 1] == b'='
        if other != message and not padding and not bare and not cut and not in_name(message, at):
            return other


def theirs(message):
    try:
        return dkim.verify(message, dnsfunc=lambda name, **_: KEYS.get(name), minkey=1024)
    except Exception:  # whatever it says of a message that cannot be read
        return False


failed = 0
with tempfile.TemporaryDirectory() as folder:
    zone = dkim_run.zone_of((name.decode(), record) for name, record in KEYS.items())
    messages = {i: signed() for i in range(MESSAGES)}
    messages.update({MESSAGES + i: changed(messages[i]) for i in range(MESSAGES)})
    agreed = {True: 0, False: 0}
    for i, (signatures, _) in dkim_run.verify(sys.argv[1], folder, zone, messages, 4000000000).items():
        passes = [s[0] for s in signatures] == ['pass']
        want = True if i < MESSAGES else theirs(messages[i])
        agreed[want] += passes == want
        if passes != want:
            print(f'FAILED: message {i}: {signatures}, python3-dkim: {want}\n{messages[i]}')
            failed += 1
print(f'{MESSAGES} messages that python3-dkim signed, and {MESSAGES} changed: both say {agreed[True]} pass, '
    f'{agreed[False]} do not')
sys.exit(failed > 0)
