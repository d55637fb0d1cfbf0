#!/usr/bin/env python3
"""net-collector.py CORDON: imports bgpdump's own test data, the MRT files and what bgpdump makes of them,
and holds the report, the table and every path against what is counted here from bgpdump's text.

The counting here shares nothing with the program but the format of its images. Exit 77 (skipped)
when the data are not there.
"""
import collections
import functools
import gzip
import ipaddress
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile

from bgpdump_data import may_stand, unpacked

# IANA's registries of special-purpose addresses, without the blocks for documentation; what is not
# of 2000::/3 is no global space (RFC 4291, 2.4).
SPECIAL = [(n.version, int(n[0]), int(n[-1])) for n in map(ipaddress.ip_network, (
    '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12',
    '192.0.0.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3',
    '2001::/23', '2002::/16', '::/3', '4000::/2', '8000::/1'))]


def read_prefix(text):
    """'11.0.0.0/8' as (4, number, 8), the bits beyond the length cleared."""
    address, _, length = text.partition('/')
    version, family, bits = (6, socket.AF_INET6, 128) if ':' in address else (4, socket.AF_INET, 32)
    number = int.from_bytes(socket.inet_pton(family, address), 'big')
    length = int(length)
    return version, number >> (bits - length) << (bits - length), length


def out_of_table(prefix):
    """Why a prefix is in no table, or None."""
    version, number, length = prefix
    if length < (8 if version == 4 else 16):
        return 'wide'
    special = any(v == version and first <= number <= last for v, first, last in SPECIAL)
    return 'special' if special else None


class Counts(collections.Counter):
    """What an import of a text should report, make and hold."""

    def __init__(self, path):
        super().__init__()
        self.paths = collections.Counter()
        self.origins = collections.defaultdict(collections.Counter)  # (version, first, length)
        self.known = {}
        with gzip.open(path, 'rt') as text:
            for line in text:
                self.take(line.rstrip('\n').split('|'))
        self['paths'] = len(self.paths)
        self['prefixes'] = len(self.origins)
        self['many_origins'] = sum(len(o) > 1 for o in self.origins.values())
        del self.known

    def take(self, f):
        kind = {'STATE': 'states', 'W': 'withdrawn', 'A': 'announced', 'B': 'routes'}[f[2]]
        self[kind] += 1
        if kind in ('states', 'withdrawn'):
            return
        if f[0].endswith('_AP'):
            del f[6]
        self.take_path(f[6])
        self.take_prefix(f[5], f[6])

    def take_path(self, path):
        hops, notes = read_path(path)
        for note in notes:
            self[note] += 1
        if hops:
            self.paths[hops] += 1

    def take_prefix(self, text, path):
        if text not in self.known:
            prefix = read_prefix(text)
            self.known[text] = prefix, out_of_table(prefix)
        prefix, why = self.known[text]
        if not why:
            asn, of_set = read_origin(path)
            self['origin_set'] += of_set
            why = 'no_origin' if asn is None else None if may_stand(asn) else 'origin_scope'
        if why:
            self[why] += 1
        else:
            self.origins[prefix][asn] += 1

    def winner(self, prefix):
        """The origin of most routes, of equals the lower number."""
        counts = self.origins[prefix]
        return min(counts, key=lambda asn: (-counts[asn], asn))

    def origin_of(self, address):
        """The most specific prefix that holds an address (version, number), and its origin."""
        version, number = address
        bits = 32 if version == 4 else 128
        for length in range(bits, -1, -1):
            first = number >> (bits - length) << (bits - length)
            if (version, first, length) in self.origins:
                return f'{text_of(version, first)}/{length}\tAS{self.winner((version, first, length))}'


def text_of(version, number):
    return str((ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address)(number))


def without_confederations(path):
    return re.sub(r'\([^)]*\)|\[[^]]*\]', '', path)


@functools.cache
def read_origin(path):
    """(the last AS, or None; whether it is of a set), confederations taken out."""
    bare = without_confederations(path).strip()
    sets = re.search(r'(\{[^}]*\}\s*)+$', bare)
    last = re.search(r'\d+', sets[0]) if sets else re.search(r'\d+$', bare)
    return last and int(last[0]), bool(sets)


@functools.cache
def read_path(path):
    """(a path's hops cleaned, () when it is left out; what to count).

    Of several reasons to leave it out the first one met from the vantage point counts.
    """
    bare = without_confederations(path)
    before, brace, _ = bare.partition('{')
    hops, notes, why = [], set(), None
    for asn in map(int, before.split()):
        if hops and hops[-1] == asn:
            notes.add('path_prepended')
        elif not may_stand(asn):
            why = 'path_scope'
        elif asn in hops:
            why = 'path_loops'
        elif len(hops) == 64:
            why = 'path_long'
        else:
            hops.append(asn)
        if why:
            break
    if bare != path:
        notes.add('path_confeds')
    if brace and not why:
        notes.add('path_sets')
    if not hops and not why:
        why = 'path_empty'
    return ((), (*notes, why)) if why else (tuple(hops), tuple(notes))


def read_paths(image):
    """{path: routes} of an image (docs/formats/paths.md)."""
    raw = pathlib.Path(image).read_bytes()[64:]
    n, hops = struct.unpack_from('<4xII', raw)
    numbers = struct.unpack_from(f'<{2 * n + 1 + hops}I', raw, 88)
    start, hop, routes = numbers[:n + 1], numbers[n + 1:n + 1 + hops], numbers[n + 1 + hops:]
    return {hop[start[i]:start[i + 1]]: routes[i] for i in range(n)}


class Check:
    def __init__(self, cordon, state):
        self.cordon, self.wrong = cordon, 0
        self.env = {**os.environ, 'CORDON_STATE': state, 'CORDON_CONFIG': ''}

    def fail(self, text):
        self.wrong += 1
        print(text)

    def run(self, *arguments, feed=None):
        return subprocess.run([self.cordon, 'net', *arguments], env=self.env, input=feed, text=True,
            capture_output=True).stdout

    def counts(self, name, report, want):
        for group in ('taken', 'noted'):
            for key, got in report[group].items():
                if got != want[key]:
                    self.fail(f'{name}: {key} is {got}, should be {want[key]}')

    def table(self, name, report, want):
        """Every fiftieth prefix: its first address."""
        asked = sorted({prefix[:2] for prefix in list(want.origins)[::50]})
        feed = ''.join(f'{text_of(*a)}\n' for a in asked)
        rows = self.run('lookup', '--date', report['date'], '-', feed=feed).splitlines()
        if len(rows) != len(asked):
            self.fail(f'{name}: {len(rows)} answers to {len(asked)} addresses')
        for address, row in zip(asked, rows):
            if '\t'.join(row.split('\t')[1:3]) != want.origin_of(address):
                self.fail(f'{name}: {row}, should be {want.origin_of(address)}')

    def file(self, name, path, want, multicast):
        out = self.run('import', '--json', '--source', 'suite', path)
        if not out:  # nothing to make a file of
            if want['paths'] or want['prefixes']:
                self.fail(f'{name}: no report')
            return
        report = json.loads(out)
        if multicast and report['noted']['multicast']:  # bgpdump's text does not tell them
            got = report['taken']['announced'] + report['noted']['multicast']
            if got != want['announced']:
                self.fail(f'{name}: {got} routes with those of multicast')
            return
        self.counts(name, report, want)
        if report['paths'] and read_paths(report['paths']) != dict(want.paths):
            self.fail(f'{name}: other paths')
        if report['table']:
            self.table(name, report, want)
        for kind in ('table', 'paths'):
            if report[kind]:
                os.unlink(report[kind])


def main():
    folder = unpacked()
    with tempfile.TemporaryDirectory() as state:
        check = Check(sys.argv[1], state)
        for text in sorted((folder / 'test_expect').glob('*.gz')):
            want = Counts(text)
            check.file(text.name, text, want, False)
            mrt = folder / 'test_data' / text.name.removesuffix('.bgp.gz')
            if mrt.exists():
                check.file(mrt.name, mrt, want, True)
            print(f'{text.name}: {sum(want.paths.values())} routes with a path, '
                f'{len(want.origins)} prefixes')
    sys.exit(check.wrong > 0)


if __name__ == '__main__':
    main()
