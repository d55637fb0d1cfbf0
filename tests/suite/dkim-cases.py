#!/usr/bin/env python3
"""dkim-cases.py PROGRAM: every message of Mail::DKIM's tests, and the DKIM and ARC cases of mail-auth, by
suite-dkim-verify. Exit 77 (skipped) when they are not there.

Most messages of Mail::DKIM are from before RFC 6376, and many from before RFC 4871. Where its own tests
expect something else than what is told here, the passage that says so stands beside it.
"""
import sys
import tempfile

import dkim_run
import zones

# What is found of a message: a result a signature; what Mail::DKIM's tests expect ('' for nothing); why it differs.
SHA1 = 'RFC 8301, 3.1: rsa-sha1 must not be used for verifying; RFC 8601, 2.7.1: not acceptable is policy'
G = 'RFC 6376, C.2: g= is no more, and 3.2: an unknown tag is ignored; RFC 8301, 3.1'
DRAFT = 'RFC 6376, 3.5: v= must be there and be 1; 6.1.1'
OLD = 'RFC 4870 is historic: DomainKey-Signature is none of RFC 6376'
TABLE = [
    (['pass'], 'pass', '', 'goodkey_ed25519'),
    (['policy'], 'pass', SHA1, 'good_1878523 good_83176 good_qp_1 good_qp_2 good_qp_3 good_rfc4871_3 good_rfc4871_4 '
        'goodkey_1 goodkey_2 goodkey_3 goodkey_4'),
    (['neutral', 'policy', 'fail', 'neutral'], 'pass', SHA1, 'multiple_2'),
    (['fail'], 'fail', '', 'bad_1878954 badkey2_ed25519 badkey3_ed25519'),
    (['permerror'], 'fail', DRAFT, 'bad_1 bad_ietf01_1 bad_ietf01_2 bad_ietf01_3'),
    (['permerror'], 'invalid', '', 'badkey_10 badkey_11 badkey1_ed25519 badkey4_ed25519 badkey5_ed25519 ignore_8'),
    (['temperror'], 'invalid', '', 'badkey_14 badkey_15'),
    (['neutral'], 'invalid', '', 'badkey_1 badkey_2 badkey_3 badkey_4 badkey_5 badkey_6 badkey_7 '
        'ignore_1 ignore_2 ignore_3 ignore_4 ignore_5 ignore_6'),
    (['policy'], 'invalid', '', 'ignore_7'),
    (['policy'], 'invalid', G, 'badkey_8 badkey_9 badkey_12 badkey_13'),
    (['permerror'], 'pass', DRAFT, 'mine_ietf01_1 mine_ietf01_2 mine_ietf01_3 mine_ietf01_4 good_ietf01_1 '
        'good_ietf01_2'),
    (['permerror'] * 4, 'pass', DRAFT, 'multiple_1'),
    (['neutral'], 'pass', DRAFT, 'mine_ietf05_1 no_body_1 no_body_2 no_body_3'),
    (['permerror'], '', '', 'good_ietf00_1 good_ietf00_2 good_ietf00_3 good_ietf00_4 good_ietf00_5 test5'),
    ([], 'pass', OLD, 'good_dk_gmail good_dk_yahoo good_dk_1 good_dk_2 good_dk_3 good_dk_4 good_dk_5 good_dk_6 '
        'good_dk_7 dk_headers_1 dk_headers_2 dk_multiple_1'),
    ([], 'invalid', OLD, 'bad_dk_1 bad_dk_2 bad_dk_3 bad_dk_4 bad_dk_5'),
]
WANTED = {name: (found, theirs, why) for found, theirs, why, names in TABLE for name in names.split()}
AGREED = {'pass': {'pass'}, 'fail': {'fail'}, 'invalid': {'neutral', 'permerror', 'temperror', 'policy'}}

failed = 0


def check(name, found, wanted):
    global failed
    if found != wanted:
        print(f'FAILED: {name}: {found}, not {wanted}')
        failed += 1


def perl(folder):
    suite, records = zones.unpacked('perl-mail-dkim'), []
    for line in (suite / 't/FAKE_DNS.dat').read_bytes().splitlines():
        if line.strip() and line[:1] not in b'#;' and not line.endswith(b'NXDOMAIN'):
            name, text = line.split(None, 1)
            data = 'SERVFAIL' if text.startswith(b'~~') else b'' if text == b'""' else text
            records.append((name.decode(), data))
    zone = dkim_run.zone_of(records)
    messages = {path.stem: path.read_bytes() for path in sorted(suite.glob('t/corpus/*.txt'))}
    messages['test5'] = (suite / 't/test5.txt').read_bytes()
    for name, (signatures, _) in dkim_run.verify(sys.argv[1], folder, zone, messages).items():
        wanted, theirs, why = WANTED.get(name, (None, '', ''))
        found = [s[0] for s in signatures]
        check(name, found, wanted)
        if theirs and not why and not AGREED[theirs] & set(found):
            check(name, found, theirs)
    check('messages', sorted(messages), sorted(WANTED))
    return len(messages), sum(bool(why) for _, _, why in WANTED.values())


def mail_auth(folder):
    """Its files begin with the records of a zone, up to an empty line. Of a message that a list changed, the
    author's signature does not verify."""
    suite, cases = zones.unpacked('stalwart-mail-auth'), 0
    for path in sorted(suite.glob('resources/dkim/*.txt')) + sorted(suite.glob('resources/arc/*.txt')):
        records, _, message = path.read_bytes().partition(b'\n\n')
        lines = [line.split(None, 1) for line in records.splitlines()]
        zone = dkim_run.zone_of((name.decode(), text) for name, text in lines)
        now = 1685000000 if path.name == '002.txt' and path.parent.name == 'arc' else 1667843664
        found = dkim_run.verify(sys.argv[1], folder, zone,
            {'lf': message, 'crlf': message.replace(b'\n', b'\r\n')}, now)
        for ends, (signatures, chain) in found.items():
            name = f'{path.parent.name}/{path.name} {ends}'
            listed = path.parent.name == 'arc' and path.name == '001.txt'
            check(name, [s[0] for s in signatures], ['pass', 'pass', 'fail'] if listed else ['pass'] * max(1, len(signatures)))
            check(name, chain[0], 'pass' if path.parent.name == 'arc' else 'none')
        cases += 1
    return cases


with tempfile.TemporaryDirectory() as top:
    messages, otherwise = perl(top)
    print(f'{messages} messages of Mail::DKIM, of {otherwise} an RFC tells the result; {mail_auth(top)} of mail-auth')
sys.exit(failed > 0)
