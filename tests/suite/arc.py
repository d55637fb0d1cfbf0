#!/usr/bin/env python3
"""arc.py PROGRAM: all cases of the ARC test suite for validators, by suite-dkim-verify, with LF and with CRLF.
Exit 77 (skipped) when the suite or python3-yaml is not there.
"""
import sys
import tempfile

import dkim_run
import zones

try:
    import yaml
except ImportError:
    print('skipped: no python3-yaml')
    sys.exit(77)

# Cases where RFC 8617 says something else than the suite.
OTHERWISE = {
    # The suite expects no result at all.
    'cv_fail_i1_as_cv_fail': 'fail',  # 5.2, step 2: cv=fail of the highest instance is fail
    'cv_fail_i2_as2_fail': 'fail',    # the same
    'cv_fail_i2_as1_fail': 'fail',    # 5.2, step 3: the first seal must say cv=none
    # It expects a pass. 4.1.2: a message signature without c= is as a DKIM-Signature without it, simple/simple
    # (RFC 6376, 3.5); that of the case was made over the relaxed forms. Mail::DKIM's copy of the suite says fail.
    'ams_fields_c_na': 'fail',
}

failed, cases = 0, 0
with tempfile.TemporaryDirectory() as folder:
    suite = zones.unpacked('arc_test_suite')
    for scenario in yaml.safe_load_all((suite / 'tests/arc-draft-validation-tests.yml').read_text()):
        zone = dkim_run.zone_of((name, text.encode()) for name, text in scenario['txt-records'].items())
        tests = scenario['tests']
        lf = {name: test['message'].encode() for name, test in tests.items()}
        crlf = {name: data.replace(b'\n', b'\r\n') for name, data in lf.items()}
        for messages in (lf, crlf):
            for name, (_, chain) in dkim_run.verify(sys.argv[1], folder, zone, messages).items():
                expected = tests[name]['cv'].strip().lower()
                want = OTHERWISE.get(name, expected)
                cases += messages is lf
                if chain[0] != want:
                    print(f'FAILED: {name} ({tests[name]["description"]}): {chain}, not {want}')
                    failed += 1
                if name in OTHERWISE and want == expected:
                    print(f'FAILED: {name} is as the suite expects it, and stands in OTHERWISE')
                    failed += 1
print(f'{cases} cases, of {len(OTHERWISE)} the RFC tells the result')
if cases != 171:
    print('FAILED: the suite has 171 cases')
    failed += 1
sys.exit(failed > 0)
