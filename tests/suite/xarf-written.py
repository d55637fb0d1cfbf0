#!/usr/bin/env python3
"""xarf-written.py PROGRAM: every X-ARF report that can be written is valid by the schemas of the X-ARF v4
specification, with formats checked and without; that the schemas refuse what is wrong is tried too.
Exit 77 (skipped) when the specification or python3-jsonschema is not there.
"""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

shared = pathlib.Path(os.environ.get('CORDON_SHARED') or os.environ['CORDON_SHARED_USUAL'])
packed = shared / 'suites/xarf-spec.tar.xz'
if not packed.exists():
    print(f'skipped: no {packed}')
    sys.exit(77)
try:
    import jsonschema
except ImportError:
    print('skipped: no python3-jsonschema')
    sys.exit(77)


def validators(folder):
    """The master schema, without and with formats; all references are within the folder."""
    store = {}
    for file in pathlib.Path(folder).glob('xarf-spec/schemas/v4/**/*.json'):
        schema = json.loads(file.read_text())
        store[schema['$id']] = schema
    master = store['https://xarf.org/schemas/v4/xarf-v4-master.json']
    kind = jsonschema.Draft202012Validator
    try:
        import referencing
        where = {'registry': referencing.Registry().with_resources(
            (name, referencing.Resource.from_contents(schema)) for name, schema in store.items())}
    except ImportError:  # jsonschema before 4.18
        where = {'resolver': jsonschema.RefResolver(master['$id'], master, store=store)}
    return [kind(master, **where), kind(master, format_checker=jsonschema.FormatChecker(), **where)]


failed = False
types = {}
with tempfile.TemporaryDirectory() as folder:
    with tarfile.open(packed) as tar:
        tar.extractall(folder)
    checks = validators(folder)
    lines = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout.splitlines()
    for line in lines:
        name, text = line.split('\t', 1)
        report = json.loads(text)
        types[name] = types.get(name, 0) + 1
        if name != f'{report["category"]}/{report["type"]}':
            print(f'FAILED: {name} is told as {report["category"]}/{report["type"]}')
            failed = True
        for check in checks:
            for error in check.iter_errors(report):
                print(f'FAILED: {name} {report["source_identifier"]}: {error.message[:300]}')
                failed = True
        for broken, value in [('report_id', 7), ('category', 'nonsense'), ('confidence', 1.5), ('reporter', {})]:
            wrong = copy.deepcopy(report)
            wrong[broken] = value
            if not list(checks[0].iter_errors(wrong)):  # to the end: older versions lose their place
                print(f'FAILED: the schemas take {broken} = {value!r}')
                failed = True

wanted = {'messaging/spam', 'content/phishing', 'content/malware', 'infrastructure/botnet',
    'connection/vulnerability_scan', 'reputation/blocklist', 'reputation/threat_intelligence'}
if set(types) != wanted:
    print(f'FAILED: written were {sorted(types)}')
    failed = True
print(f'{len(lines)} reports of {len(types)} types: ' + ', '.join(f'{k} {v}' for k, v in sorted(types.items())))
sys.exit(failed)
