#!/usr/bin/env python3
"""relate.py CORDON: relationships inferred from bgpdump's own test data: tables of 2002 and 2010, and a few
minutes of updates of 2007, 2010, 2015 and 2016. Counted here, from what the program prints and from
bgpdump's text: that there is no circle of providers, that every AS of the paths is in the graph, who
is at the top, and how many paths are valley-free. The table of July 2010 is held against updates of
three weeks later, which other networks saw. Exit 77 (skipped) when the data are not there.
"""
import graphlib
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

from bgpdump_data import may_stand, unpacked

# Who needed no transit at some time from 2002 to 2016, in CAIDA's relationship files or in
# Wikipedia's list of tier 1 networks.
TOP = {1, 174, 209, 286, 701, 1239, 1299, 1668, 2828, 2914, 3257, 3320, 3356, 3491, 3549, 3561, 5511, 6453,
    6461, 6762, 6830, 7018, 12956}
# file, date, clique at least, share of valley-free paths at least
FILES = [
    ('bview.20020722.2337', '2002-07-22', 8, 0.99),
    ('updates.20070211.0141', '2007-02-11', 12, 0.95),
    ('updates.20071015.1505', '2007-10-15', 10, 0.97),
    ('bview.20100701.0759', '2010-07-01', 15, 0.995),
    ('updates.20100722.2015', '2010-07-22', 12, 0.97),
    ('updates.et-header.2015', '2015-10-22', 14, 0.99),
    ('updates.20160811.1600', '2016-08-11', 14, 0.8),
]
# Of July 2010, provider first: networks of one house below each other, and what the two vantage points buy.
KNOWN = [(701, 702), (701, 703), (2914, 4713), (7473, 7474), (4637, 1221), (2497, 4777), (2516, 4777),
    (701, 2497), (2914, 2497), (3356, 2516)]
failed = False


def check(good, what):
    global failed
    if not good:
        print(f'FAILED: {what}')
        failed = True


def paths_of(file):
    """The distinct clean paths of a file of bgpdump's text."""
    paths = set()
    with gzip.open(file, 'rt', encoding='ascii', errors='replace') as lines:
        for line in lines:
            field = line.split('|')
            if len(field) < 7 or field[2] not in 'AB':
                continue
            path = []
            for hop in field[6].split():
                if not hop.isdigit():
                    break
                if not path or path[-1] != int(hop):
                    path.append(int(hop))
            if path and len(path) <= 64 and len(set(path)) == len(path) and all(map(may_stand, path)):
                paths.add(tuple(path))
    return paths


def links_of(text):
    """{(a, b): what b is to a}, in both ways: 'provider', 'customer', 'peer'."""
    kind = {}
    for line in text.splitlines():
        if line.startswith('#'):
            continue
        a, b, k = map(int, line.split('|')[:3])
        kind[a, b], kind[b, a] = ('customer', 'provider') if k == -1 else ('peer', 'peer')
    return kind


def is_valley_free(path, kind):
    over = False
    for a, b in zip(path, path[1:]):
        k = kind.get((a, b))
        if over and k != 'customer':
            return False
        over |= k != 'provider'
    return True


def has_circle(kind):
    above = {}
    for (a, b), k in kind.items():
        if k == 'provider':
            above.setdefault(a, set()).add(b)
    try:
        graphlib.TopologicalSorter(above).prepare()
    except graphlib.CycleError:
        return True
    return False


def run(cordon, state, *words):
    done = subprocess.run([cordon, 'net', *words, '--state', state], capture_output=True, text=True)
    check(done.returncode in (0, 1), f'{words}: {done.stderr}')
    return done.stdout


def check_file(cordon, data, state, name, date, clique, valley_free):
    run(cordon, state, 'import', '--date', date, '--source', name, str(data / f'test_expect/{name}.gz.bgp.gz'))
    text = pathlib.Path(state) / f'{date}.rel'
    said = json.loads(run(cordon, state, 'relate', '--date', date, '--output', str(text), '--exchange', 'none',
        '--json'))
    kind = links_of(text.read_text())
    paths = paths_of(data / f'test_expect/{name}.gz.bgp.gz')
    ases = {hop for path in paths for hop in path}
    top = set(said['clique'])
    free = sum(is_valley_free(p, kind) for p in paths) / len(paths)
    print(f'{date}: {len(paths):,} paths, {said["views"]} views, {said["ases"]:,} ASes, {said["transit"]:,} links of '
        f'transit, {said["peers"]:,} of peers, {len(top)} in the clique ({said["clique_is"]}), {said["turned"]} '
        f'turned, {100 * free:.2f} % of paths valley-free')
    alone = {hop for path in paths if len(path) == 1 for hop in path}
    check(said['ases'] == len(ases), f'{date}: {len(ases)} ASes in the paths')
    check(ases - {a for a, _ in kind} <= alone, f'{date}: ASes without a link')
    check(len(kind) == 2 * (said['transit'] + said['peers']), f'{date}: links printed and told')
    check(not has_circle(kind), f'{date}: a circle of providers')
    check(top <= TOP and len(top) >= clique, f'{date}: clique {sorted(top)}')
    check(all(kind.get((a, b)) == 'peer' for a in top for b in top if a != b), f'{date}: the clique is no mesh')
    check(all(k != 'provider' for (a, _), k in kind.items() if a in top), f'{date}: one of the clique buys')
    check(free >= valley_free, f'{date}: valley-free')
    return kind, text


def main():
    cordon = pathlib.Path(sys.argv[1]).resolve()
    data = unpacked()
    with tempfile.TemporaryDirectory() as state:
        done = {row[1]: check_file(cordon, data, state, *row) for row in FILES}
        kind, _ = done['2010-07-01']
        for provider, customer in KNOWN:
            check(kind.get((customer, provider)) == 'provider', f'{provider} sells to {customer}')
        said = json.loads(run(cordon, state, 'relate', '--date', '2010-07-01', '--exchange', 'none', '--json',
            '--compare', str(done['2010-07-22'][1])))['agreement']
        told = said['transit']
        print(f'of 2010-07-01 and 2010-07-22: links of transit agree in {100 * told["agree"]:.1f} % of '
            f'{sum(told[k] for k in ("transit", "turned", "peers", "siblings")):,}, {told["turned"]} turned')
        check(told['agree'] >= 0.94, 'transit three weeks later')
    sys.exit(failed)


main()
