"""The gateway as it runs, what it is asked about, and who answers: for parts that send it mail."""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import lib
import peer_rspamd

CONNECTIONS = 50
DOMAIN = 'sender.example'
CLIENT = '198.51.100.7'


def built(name):
    path = pathlib.Path(os.environ.get('BENCH_BUILD') or lib.BUILD) / name
    if not os.access(path, os.X_OK):
        raise lib.Skip(f'{path} is not built: run tools/build')
    return str(path)


def median_message():
    paths = [path for _, path in lib.read_index(lib.corpus() / 'INDEX')]
    paths.sort(key=lambda p: p.stat().st_size)
    return paths[len(paths) // 2].read_bytes()


def relaxed(name, value):
    """RFC 6376, 3.4.2."""
    return name.lower() + b':' + re.sub(rb'[ \t\r\n]+', b' ', value).strip()


def sign(key, head, body):
    """A DKIM-Signature field, relaxed/simple, rsa-sha256 (RFC 6376)."""
    body = re.sub(rb'(\r\n)+\Z', b'', body) + b'\r\n'
    digest = base64.b64encode(hashlib.sha256(body).digest())
    fields = dict(re.findall(rb'(?m)^([!-9;-~]+):((?:.*)(?:\r\n[ \t].*)*)', head)[::-1])
    names = [n for n in (b'From', b'To', b'Subject', b'Date', b'Message-Id') if n in fields]
    value = (b'v=1; a=rsa-sha256; c=relaxed/simple; d=%b; s=s;\r\n\th=%b;\r\n\tbh=%b;\r\n\tb=' %
        (DOMAIN.encode(), b':'.join(names), digest))
    signed = b''.join(relaxed(n, fields[n]) + b'\r\n' for n in names) + relaxed(b'DKIM-Signature', value)
    b = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return b'DKIM-Signature: ' + value + base64.b64encode(b) + b'\r\n'


def make_message(folder):
    """Signs it; returns the file and the key's record."""
    head, _, body = median_message().replace(b'\r\n', b'\n').partition(b'\n\n')
    head = re.sub(rb'\AFrom .*\n', b'', head)
    for name in (b'Return-Path', b'Delivered-To', b'Received'):
        head = re.sub(rb'(?mi)^%b:.*(\n[ \t].*)*\n' % name, b'', head)
    head = re.sub(rb'(?mi)^From:.*(\n[ \t].*)*', b'From: Someone <someone@%b>' % DOMAIN.encode(), head)
    head, body = (head + b'\n').replace(b'\n', b'\r\n'), body.replace(b'\n', b'\r\n')
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo)
    path = folder / 'message.eml'
    path.write_bytes((sign(key, head, body) + head + b'\r\n' + body).replace(b'\r\n', b'\n'))
    return path, 'v=DKIM1; k=rsa; p=' + base64.b64encode(public).decode()


def records(key):
    pieces = ' '.join(f'"{key[i:i + 200]}"' for i in range(0, len(key), 200))
    return [f'{DOMAIN}. TXT "v=spf1 ip4:198.51.100.0/24 -all"', f'{DOMAIN}. MX 10 mail.example.net.',
        f'{DOMAIN}. A {CLIENT}', f'_dmarc.{DOMAIN}. TXT "v=DMARC1; p=none"', f's._domainkey.{DOMAIN}. TXT {pieces}',
        'example.net. TXT "v=spf1 ip4:198.51.100.0/24 -all"', f'mail.example.net. A {CLIENT}',
        'example.net. MX 10 mail.example.net.', '7.100.51.198.in-addr.arpa. PTR mail.example.net.']


class Unbound:
    def __init__(self, folder, zone):
        self.port = peer_rspamd.free_port()
        data = '\n'.join("  local-data: '" + r.replace('. ', '. 3600 IN ', 1) + "'" for r in zone)
        conf = folder / 'unbound.conf'
        conf.write_text(f'''server:
  interface: 127.0.0.1
  port: {self.port}
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  module-config: "iterator"
  local-zone: "." static
{data}
''')
        self.process = lib.start_peer([lib.peer('unbound', 'unbound'), '-c', conf], folder / 'unbound.err')
        time.sleep(1)
        if self.process.poll() is not None:
            raise RuntimeError('unbound: ' + (folder / 'unbound.err').read_text()[-400:])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Gate:
    """`cordon serve`, which ends with us."""

    def __init__(self, folder, dns_port):
        self.milter_port = peer_rspamd.free_port()
        folder.chmod(0o711)
        folder.parent.chmod(0o711)
        (folder / 'gate.conf').write_text(f'''milter = "127.0.0.1:{self.milter_port}"
check = ""
web = ""
dns = {{"127.0.0.1@{dns_port}"}}
on_spam = accept
sessions = 1000
host_name = "mx.example.org"
user = "{'nobody' if os.getuid() == 0 else ''}"
''')
        self.process = lib.start_peer([lib.cordon(), 'serve', '-c', folder / 'gate.conf', '-s', folder / 'state'],
            folder / 'gate.err', env={**os.environ, 'CORDON_STARTER': str(lib.TOP / 'share/starter.model')})
        until = time.monotonic() + 20
        while 'cordon: ready' not in (folder / 'gate.err').read_text():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError('the gateway: ' + (folder / 'gate.err').read_text()[-400:])
            time.sleep(0.1)

    def pids(self):
        main = self.process.pid
        return [main, *map(int, pathlib.Path(f'/proc/{main}/task/{main}/children').read_text().split())]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def load(port, pids, seconds, *messages, rate=0, renew=0):
    """What milter-load prints: of messages in turn, at a rate (0: as fast as they are answered), over
    connections that are made anew after so many messages (0: never)."""
    command = [built('tests/bench/milter-load'), '-n', str(CONNECTIONS), '-s', str(seconds), '-r', str(rate),
        '-m', str(renew)]
    for pid in pids:
        command += ['-p', str(pid)]
    done = subprocess.run([*command, f'127.0.0.1:{port}', *messages], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f'milter-load: {done.stderr[-300:]}')
    return json.loads(done.stdout)
