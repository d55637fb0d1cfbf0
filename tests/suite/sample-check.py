#!/usr/bin/env python3
"""Checks the sample mailbox: whole, readable, and nobody's.

usage: sample-check.py DIRECTORY    (share/sample)

A sample that is given away must not name anyone's machine: every address in it is private or
kept for documentation (RFC 5737, RFC 3849), every domain is reserved (RFC 2606, RFC 6761) and
every AS number too (RFC 5398). Prints a line for each fault; exits with 1 if there is one.
"""
import csv
import email
import email.policy
import email.utils
import ipaddress
import pathlib
import re
import sys

LEAST = 60
MAX_LINE = 998  # RFC 5322, section 2.1.1
DOC_NETS = [ipaddress.ip_network(n) for n in
            ('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32')]
OWN_NETS = [ipaddress.ip_network(n) for n in
            ('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '::1/128')]
DOC_ASNS = set(range(64496, 64512)) | set(range(65536, 65552))
RESERVED = re.compile(r'(^|\.)(example|test|invalid|localhost|example\.(com|org|net))$')
# Top-level names that would show a domain even where nothing before it says that one follows.
REAL_TLDS = 'com|net|org|info|biz|ie|de|fr|jp|cn|ru|es|pt|br|uk|eu|us|io|co|me|tv|xyz|top|online'

IPV4 = re.compile(r'(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)')
IPV6 = re.compile(r'(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,}(?![\w:])')
HOST = r'((?:[\w-]+\.)+[\w-]+)'
NAMED = re.compile(r'(?:@|://)' + HOST)
HOP = re.compile(r'\b(?:from|by|helo=)\s*' + HOST)
BARE = re.compile(r'(?<![\w.-])(?:[a-z0-9-]+\.)+(?:' + REAL_TLDS + r')(?![\w.-]*\w)', re.I)


class Faults:
    """Counts and prints what is wrong."""

    def __init__(self):
        self.count = 0

    def add(self, where, what):
        self.count += 1
        print(f'{where}: {what}')


def address_of(text):
    """The address that text spells, or None (a version number, a clock)."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def within(ip, nets):
    return any(ip.version == n.version and ip in n for n in nets)


def check_addresses(text, where, faults):
    for m in list(IPV4.finditer(text)) + list(IPV6.finditer(text)):
        ip = address_of(m.group())
        if ip is not None and not within(ip, DOC_NETS + OWN_NETS):
            faults.add(where, f'address {ip} is not kept for documentation')


def check_domains(text, where, faults):
    hosts = [m.group(1) for m in NAMED.finditer(text)] + [m.group() for m in BARE.finditer(text)]
    for host in hosts:
        if address_of(host) is None and not RESERVED.search(host.lower()):
            faults.add(where, f'domain {host} is not reserved')


def check_hops(msg, where, faults):
    for line in msg.get_all('Received', []):
        for host in HOP.findall(str(line)):
            if address_of(host) is None and not RESERVED.search(host.lower()):
                faults.add(where, f'Received names {host}')


def readable_texts(msg, where, faults):
    """Yields the headers and the decoded text of each part, enclosed messages included."""
    for part in msg.walk():
        yield '\n'.join(f'{k}: {v}' for k, v in part.items())
        if part.get_content_maintype() != 'text':
            continue
        data = part.get_payload(decode=True) or b''
        charset = part.get_content_charset() or 'us-ascii'
        try:
            yield data.decode(charset)
        except (LookupError, UnicodeDecodeError) as e:
            faults.add(where, f'text does not decode as {charset}: {e}')


def check_lines(raw, where, faults):
    if b'\r' in raw or b'\0' in raw:
        faults.add(where, 'holds CR or NUL')
    if not raw.endswith(b'\n'):
        faults.add(where, 'last line has no end')
    if max(map(len, raw.split(b'\n'))) > MAX_LINE:
        faults.add(where, f'a line is over {MAX_LINE} bytes')


def arrival(msg):
    """When our own server wrote its line: the only clock to trust."""
    return email.utils.parsedate_to_datetime(str(msg['Received']).rsplit(';', 1)[1].strip())


def check_message(path, where, faults):
    """Checks one message and returns it parsed."""
    raw = path.read_bytes()
    check_lines(raw, where, faults)
    msg = email.message_from_bytes(raw, policy=email.policy.compat32)
    for part in msg.walk():
        for defect in part.defects:
            faults.add(where, f'does not parse: {defect!r}')
        if part.get_content_type() == 'message/rfc822' and 'From' not in part.get_payload(0):
            faults.add(where, 'encloses a message without a head')
    for name in ('Return-Path', 'Delivered-To', 'Received', 'From'):
        if name not in msg:
            faults.add(where, f'no {name}')
    check_hops(msg, where, faults)
    for text in readable_texts(msg, where, faults):
        check_addresses(text, where, faults)
        check_domains(text, where, faults)
    return msg


def read_index(root, faults):
    """The paths named in INDEX, in its order; says what is missing or named twice."""
    paths, kinds = [], {'ham': 0, 'spam': 0}
    for n, line in enumerate((root / 'INDEX').read_text().splitlines(), 1):
        kind, _, path = line.partition(' ')
        if kind not in kinds or not re.fullmatch(r'mail/\d{4}\.eml', path):
            faults.add(f'INDEX:{n}', f'not "ham|spam mail/NNNN.eml": {line}')
            continue
        kinds[kind] += 1
        paths.append(path)
    there = {f'mail/{p.name}' for p in (root / 'mail').iterdir()}
    for path in sorted(there ^ set(paths)):
        faults.add('INDEX', f'{path} is only in INDEX or only in the folder')
    if len(paths) != len(set(paths)):
        faults.add('INDEX', 'names a file twice')
    if len(paths) < LEAST or min(kinds.values()) < LEAST // 3:
        faults.add('INDEX', f'too few messages: {kinds}')
    return [p for p in paths if p in there], kinds


def read_networks(root, faults):
    """The ranges of networks.csv as (start, end); they must ascend and not overlap."""
    ranges = []
    for n, row in enumerate(csv.reader((root / 'networks.csv').open()), 1):
        start, end = map(ipaddress.ip_address, row[:2])
        where = f'networks.csv:{n}'
        if len(row) != 4 or not row[3]:
            faults.add(where, 'not start,end,asn,holder')
        if not (within(start, DOC_NETS) and within(end, DOC_NETS) and start <= end):
            faults.add(where, 'not a range of documentation addresses')
        if int(row[2]) not in DOC_ASNS:
            faults.add(where, f'AS{row[2]} is not kept for documentation')
        if ranges and ranges[-1][1].version == start.version and ranges[-1][1] >= start:
            faults.add(where, 'overlaps or descends')
        ranges.append((start, end))
    return ranges


def check_client(msg, where, ranges, faults):
    """Who handed the message to us must have a holder, or there is nothing to trace."""
    by_us = [str(r) for r in msg.get_all('Received', []) if 'by mx1.hollerith.example' in str(r)]
    m = re.search(r'\[(?:IPv6:)?([0-9a-f.:]+)\]\)', by_us[1]) if len(by_us) > 1 else None
    ip = address_of(m.group(1)) if m else None
    if ip is None:
        faults.add(where, 'no line of our own with the client\'s address')
    elif not any(a.version == ip.version and a <= ip <= b for a, b in ranges):
        faults.add(where, f'client {ip} has no holder in networks.csv')


def main():
    root, faults, last = pathlib.Path(sys.argv[1]), Faults(), None
    paths, kinds = read_index(root, faults)
    ranges = read_networks(root, faults)
    for path in paths:
        msg = check_message(root / path, path, faults)
        check_client(msg, path, ranges, faults)
        when = arrival(msg)
        if last is not None and when < last:
            faults.add(path, 'arrived before the one above it')
        last = when
    print(f'{kinds["ham"]} ham, {kinds["spam"]} spam, {len(ranges)} ranges: {faults.count} faults')
    return 1 if faults.count else 0


if __name__ == '__main__':
    sys.exit(main())
