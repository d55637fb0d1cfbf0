#!/usr/bin/env python3
"""spf.py PROGRAM: the SPF suites of openspf.org (RFC 7208, RFC 4408), pyspf and Stalwart, case by case. Each
gives the result that it expects, and the explanation; where we read otherwise the case stands in MEANT
with the passage of the RFC. A line of MEANT that nothing needs is a failure too. Exit 77 (skipped) when
the data or python3-yaml is not there.
"""
import ipaddress
import pathlib
import subprocess
import sys
import tempfile

from zones import Zone, as_bytes, txt, unpacked

# python3 may be another than Debian's, whose packages it can use.
sys.path.append('/usr/lib/python3/dist-packages')
try:
    import yaml
except ImportError:
    print('skipped: no python3-yaml')
    sys.exit(77)

# suite, case: what we say instead, and the passage of RFC 7208 that says so.
MEANT = {
    ('pyspf', 'default-modifier'): ('neutral', '6: a modifier that is not known, as default=, is passed over'),
    ('pyspf', 'default-modifier-harsh'): ('neutral', '2.6: there is no result "ambiguous"; 6, as above'),
    ('stalwart', 'all-1-1'): ('permerror', '4.6: an error anywhere in the record, here "ip:" behind all'),
    ('stalwart', 'basic-5-1'): ('permerror', '4.6.4: ten terms that lead to nothing, where two may'),
    ('stalwart', 'basic-7-1'): ('pass', '2.3, 2.4: of MAIL FROM alone; the HELO has a result of its own'),
    ('stalwart', 'exists-1-2'): ('fail', '5.7: exists asks for A, never for AAAA'),
    ('stalwart', 'macro-2-2'): ('fail', '5.7: as above, also for a client with IPv6'),
}


class Case:
    def __init__(self, name, ip, helo, sender, results, explanation=None):
        self.name, self.ip, self.helo, self.sender = name, str(ip), str(helo), sender or ''
        self.results, self.explanation = results, explanation

    def line(self):
        return f'{self.ip} .{as_bytes(self.helo).hex()} .{as_bytes(self.sender).hex()}\n'


def openspf_zone(data):
    zone = Zone()
    for name, records in data.items():
        has_txt = any(isinstance(r, dict) and 'TXT' in r for r in records)
        for record in records:
            if record == 'TIMEOUT':
                zone.add(name, 'SERVFAIL', '')
                continue
            for kind, value in record.items():
                if kind == 'SPF' and not has_txt or kind == 'TXT' and value != 'NONE':
                    zone.add(name, 'TXT', txt(value))
                elif kind == 'MX':
                    zone.host(name, 'MX', value[1], f'{value[0]} ')
                elif kind in ('PTR', 'CNAME', 'NS'):
                    zone.host(name, kind, value)
                elif kind in ('A', 'AAAA'):
                    zone.add(name, kind, value)
    return zone


def openspf(path):
    """Scenarios: a zone and its cases."""
    for scenario in yaml.safe_load_all(path.read_text(encoding='utf-8')):
        cases = []
        for name, test in (scenario.get('tests') or {}).items():
            results = test['result'] if isinstance(test['result'], list) else [test['result']]
            explanation = test.get('explanation')
            cases.append(Case(name, test['host'], test['helo'], test['mailfrom'], results,
                '' if explanation == 'DEFAULT' else explanation))
        if cases:
            yield openspf_zone(scenario['zonedata']), cases


def reverse(ip):
    return ipaddress.ip_address(ip).reverse_pointer


def stalwart_record(records, kind, rest):
    name, _, data = rest.partition(' ')
    if kind == 'ptr':
        name = reverse(name)
    records[kind, name] = data.strip()


def stalwart_zone(records):
    zone = Zone()
    zone.add('_dns_error.org', 'SERVFAIL', '')
    zone.add('_dns_error.test.org', 'SERVFAIL', '')
    for (kind, name), data in records.items():
        values = [value.strip() for value in data.split(',')]
        if kind in ('spf', 'exp'):
            zone.add(name, 'TXT', txt(data))
        elif kind in ('a', 'aaaa'):
            for value in values:
                zone.add(name, kind.upper(), value)
        elif kind == 'ptr':
            for value in values:
                zone.host(name, 'PTR', value)
        else:  # mx: of hosts, only their addresses are told
            for i, value in enumerate(values):
                zone.host(name, 'MX', f'mx{i}.{name}', f'{i} ')
                zone.add(f'mx{i}.{name}', 'AAAA' if ':' in value else 'A', value)
    return zone


def stalwart(path):
    """A case is all that was said above its "expect"; a section begins anew."""
    for number, section in enumerate(path.read_text(encoding='utf-8').split('\n---')):
        records, said, count = {}, {}, 0
        for line in section.splitlines():
            key, colon, value = line.strip().removeprefix('- ').partition(':')
            value = value.strip()
            if line.startswith('#') or not colon:
                continue
            if key in ('spf', 'exp', 'a', 'aaaa', 'mx', 'ptr'):
                stalwart_record(records, key, value)
            elif key == 'expect':
                result, _, explanation = value.partition(' ')
                count += 1
                name = f'{path.stem}-{number + 1}-{count}'
                yield stalwart_zone(records), [Case(name, said['ip'], said.get('domain', ''), said.get('sender'),
                    [result], explanation or None)]
            else:
                said[key] = value


def run(program, folder, zone, cases):
    path = folder / 'zone'
    zone.write(path)
    done = subprocess.run([program, path], input=''.join(case.line() for case in cases), capture_output=True,
        text=True, check=False)
    if done.returncode:
        sys.exit(f'{done.stderr}\n{"".join(zone.lines)}')
    return [line.split(' ', 5) for line in done.stdout.splitlines()]


def wrong(case, got):
    """What differs, or None."""
    explanation = bytes.fromhex(got[1][1:])
    if got[0] not in case.results:
        return f'{got[0]} ({got[5]}), expected {" or ".join(case.results)}'
    if case.explanation is not None and explanation != as_bytes(case.explanation):
        return f'explanation {explanation}, expected {as_bytes(case.explanation)}'
    return None


def suite(program, folder, name, scenarios):
    count = other = failed = 0
    for zone, cases in scenarios:
        for case, got in zip(cases, run(program, folder, zone, cases), strict=True):
            count += 1
            differs, meant = wrong(case, got), MEANT.get((name, case.name))
            other += bool(differs and meant)
            if bool(differs) != bool(meant) or meant and got[0] != meant[0]:
                failed += 1
                print(f'{name} {case.name}: {differs or "as expected, though MEANT to differ"}')
    print(f'{name}: {count} cases, {count - other - failed} as expected, {other} meant otherwise, {failed} wrong')
    return count > 0 and not failed


def main(program):
    pyspf = unpacked('pyspf') / 'test'
    mail_auth = unpacked('stalwart-mail-auth') / 'resources/spf'
    suites = {
        'rfc7208': openspf(pyspf / 'rfc7208-tests.yml'),
        'rfc4408': openspf(pyspf / 'rfc4408-tests.yml'),
        'pyspf': openspf(pyspf / 'test.yml'),
        'stalwart': (scenario for path in sorted(mail_auth.glob('*.yml')) for scenario in stalwart(path)),
    }
    with tempfile.TemporaryDirectory() as folder:
        good = [suite(program, pathlib.Path(folder), name, scenarios) for name, scenarios in suites.items()]
    sys.exit(0 if all(good) else 1)


main(sys.argv[1])
