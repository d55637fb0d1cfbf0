"""Third-party DNS data written as a zone file (src/net/dns_zone.h), and where such data is: for the suites."""
import os
import pathlib
import sys
import tarfile


def shared(name):
    """The path of a shared file; ends the test as skipped when it is not there."""
    path = pathlib.Path(os.environ.get('CORDON_SHARED') or os.environ['CORDON_SHARED_USUAL']) / name
    if not path.exists():
        print(f'skipped: no {path}')
        sys.exit(77)
    return path


def unpacked(name):
    """The folder where an archive of that name is unpacked, once."""
    archive = shared(f'suites/{name}.tar.xz')
    folder = pathlib.Path(os.environ['CORDON_UNPACKED'])
    if not (folder / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as tar:
            tar.extractall(folder)
    return folder / name


def as_bytes(text):
    """Text of YAML, where "\\x96" stands for a byte."""
    text = str(text)
    try:
        return text.encode('latin-1')
    except UnicodeEncodeError:
        return text.encode()


def name_text(name):
    """A name as a master file has it; None for one that no DNS could hold."""
    labels = as_bytes(name).rstrip(b'.').split(b'.')
    if not all(0 < len(label) < 64 for label in labels) or len(b'.'.join(labels)) > 253:
        return None
    return '.'.join(''.join(chr(c) if chr(c).isalnum() and c < 128 or c in b'-_' else f'\\{c:03d}' for c in label)
        for label in labels) + '.'


def string(text):
    return '"' + ''.join(chr(c) if 32 <= c < 127 and c not in b'"\\' else f'\\{c:03d}' for c in as_bytes(text)) + '"'


def txt(strings):
    """TXT data: one string, or a list of them; long ones in pieces of at most 255 bytes."""
    pieces = []
    for one in strings if isinstance(strings, list) else [strings]:
        one = as_bytes(one).decode('latin-1')
        pieces += [string(one[i:i + 255]) for i in range(0, len(one), 255)] or ['""']
    return ' '.join(pieces or ['""'])


class Zone:
    """Lines of a zone file."""

    def __init__(self):
        self.lines = []

    def add(self, name, kind, data):
        name = name_text(name)
        if name:
            self.lines.append(f'{name} {kind} {data}\n')

    def host(self, name, kind, host, before=''):
        """A record whose data is a name; '' is the root, which as an alias is a name without records."""
        text = name_text(host) if host.rstrip('.') else '.'
        if text == '.' and kind == 'CNAME':
            text = 'root.invalid.'
            self.add(text, 'HINFO', '"" ""')
        if text:
            self.add(name, kind, before + text)

    def write(self, path):
        pathlib.Path(path).write_text(''.join(self.lines), encoding='ascii')
