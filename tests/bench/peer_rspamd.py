"""rspamd as a peer: one scanning worker on a loopback port, without any part that asks the network.

Off: DNS (its server is a closed port of this machine) and all that rests on it (RBL, SURBL, SPF,
DKIM, ARC, DMARC), fuzzy hashes, Bayes, Redis and what needs it, lists that are fetched. On: the
rules, regular expressions (compiled by hyperscan before anything is measured), HTML, URLs, MIME and
the rest of what works alone. Everything it writes lies in the folder given.
"""
import http.client
import os
import pathlib
import re
import socket
import subprocess
import threading
import time

import lib

# Parts of rspamd that ask the network, or a store that is filled from it.
OFF = '''antivirus arc asn aws_s3 bimi clickhouse dcc dkim dkim_signing dmarc elastic
external_relay external_services fuzzy_check greylist history_redis metadata_exporter
metric_exporter milter_headers multimap mx_check neural p0f ratelimit rbl replies reputation
rspamd_update spamtrap spf surbl url_redirector whitelist'''.split()

CONFIG = '''
lua = "$RULESDIR/rspamd.lua"
.include "$CONFDIR/metrics.conf"
.include "$CONFDIR/actions.conf"
.include "$CONFDIR/groups.conf"
.include "$CONFDIR/composites.conf"
.include "$CONFDIR/modules.conf"
modules { path = "${PLUGINSDIR}"; }
options {
    .include "$CONFDIR/options.inc"
    .include(priority=10) "$LOCAL_CONFDIR/override.d/options.inc"
}
logging {
    .include "$CONFDIR/logging.inc"
    .include(priority=10) "$LOCAL_CONFDIR/override.d/logging.inc"
}
worker "normal" {
    .include "$CONFDIR/worker-normal.inc"
    bind_socket = "127.0.0.1:PORT";
    count = 1;
}
'''
OPTIONS = '''
pidfile = "FOLDER/rspamd.pid";
filters = "chartable,regexp";
tempdir = "FOLDER";
dns { nameserver = ["127.0.0.1:9"]; timeout = 0.01; retransmits = 1; sockets = 1; }
'''


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Rspamd:
    """A running rspamd; use it in a `with`, which stops it."""

    def __init__(self, folder, on=None):
        self.folder, self.on = pathlib.Path(folder), on
        self.port = free_port()

    def __enter__(self):
        for sub in ('db', 'log', 'conf/local.d', 'conf/override.d'):
            (self.folder / sub).mkdir(parents=True, exist_ok=True)
        self._configure()
        command = [lib.peer('rspamd', 'rspamd'), '--no-fork', '--insecure',
            f'--config={self.folder}/conf/rspamd.conf', f'--var=LOCAL_CONFDIR={self.folder}/conf',
            f'--var=DBDIR={self.folder}/db', f'--var=RUNDIR={self.folder}',
            f'--var=LOGDIR={self.folder}/log']
        self.process = lib.start_peer(lib.pinned(self.on, command), self.folder / 'stderr',
            start_new_session=True)
        try:
            self._await_hyperscan()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait()

    def _configure(self):
        conf = self.folder / 'conf'
        fill = lambda text: text.replace('FOLDER', str(self.folder)).replace('PORT', str(self.port))
        (conf / 'rspamd.conf').write_text(fill(CONFIG))
        (conf / 'override.d/options.inc').write_text(fill(OPTIONS))
        (conf / 'override.d/logging.inc').write_text(
            f'type = "file"; filename = "{self.folder}/log/rspamd.log"; level = "info";\n')
        for module in OFF:
            (conf / f'override.d/{module}.conf').write_text('enabled = false;\n')

    def log(self):
        try:
            return (self.folder / 'log/rspamd.log').read_text(errors='replace')
        except FileNotFoundError:
            return ''

    def _await_hyperscan(self, seconds=240):
        """Until the worker has loaded the compiled expressions: before that it is slower."""
        loaded = re.compile(r'\(normal\).*hyperscan database of \d+ regexps has been loaded')
        until = time.monotonic() + seconds
        while not loaded.search(self.log()):
            if self.process.poll() is not None:
                why = (self.folder / 'stderr').read_text()[-500:]
                raise RuntimeError(f'rspamd ended at once: {why}')
            if time.monotonic() > until:
                raise RuntimeError(f'rspamd was not ready within {seconds} s: ' + self.log()[-500:])
            time.sleep(0.5)
        self.worker = self._find_worker()

    def _find_worker(self):
        main = self.process.pid
        for pid in pathlib.Path(f'/proc/{main}/task/{main}/children').read_text().split():
            if 'normal process' in pathlib.Path(f'/proc/{pid}/cmdline').read_text():
                return int(pid)
        raise RuntimeError('rspamd has no worker')

    def _check(self, mail, failed):
        """One client: takes messages until none is left."""
        while True:
            try:
                raw = mail.pop()
            except IndexError:
                return
            try:
                client = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
                client.request('POST', '/checkv2', raw)
                answer = client.getresponse()
                body = answer.read()
                client.close()
                if answer.status != 200 or b'"action"' not in body:
                    failed.append(body[:200])
            except (OSError, http.client.HTTPException) as why:
                failed.append(repr(why).encode())

    def check_all(self, messages, clients=4):
        """Has every message judged. Returns (wall seconds, CPU seconds of the worker, failures)."""
        mail, failed = list(reversed(messages)), []
        begin, cpu = time.monotonic(), lib.cpu_seconds(self.worker)
        threads = [threading.Thread(target=self._check, args=(mail, failed))
            for _ in range(clients)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return time.monotonic() - begin, lib.cpu_seconds(self.worker) - cpu, len(failed)
