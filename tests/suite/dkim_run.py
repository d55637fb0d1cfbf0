"""What the suites of DKIM and ARC share: runs of suite-dkim-verify."""
import pathlib
import subprocess

import zones


def zone_of(records):
    """A zone of (name, data): bytes are TXT, other data a word for what fails."""
    zone = zones.Zone()
    for name, data in records:
        zone.add(name, *(('TXT', zones.txt(data.decode('latin-1'))) if isinstance(data, bytes) else (data, '')))
    return zone


def verify(program, folder, zone, messages, now=1500000000):
    """{name: (signatures, chain)} of messages {name: bytes}; each signature and chain is a list of its columns."""
    folder = pathlib.Path(folder)
    zone.write(folder / 'zone')
    for i, data in enumerate(messages.values()):
        (folder / f'{i}.eml').write_bytes(data)
    paths = ''.join(f'{folder}/{i}.eml\n' for i in range(len(messages)))
    out = subprocess.run([program, str(folder / 'zone'), str(now)], input=paths, check=True,
        capture_output=True, text=True).stdout
    answers = [[line.split('\t') for line in part.splitlines()] for part in out.split('.\n')[:-1]]
    assert len(answers) == len(messages), f'{len(answers)} answers for {len(messages)} messages'
    return {name: ([row[1:] for row in rows if row[0] == 'dkim'], rows[-1][1:])
        for name, rows in zip(messages, answers)}
