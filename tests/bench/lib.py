"""What the parts of the bench share: where things are, running and measuring, the report.

A part is a program that makes a Report, prints figures through it and ends with its finish().
`--json FILE` makes it write the same figures there as well, for tests/bench/run to gather.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / 'build/release'
SHARED = pathlib.Path(os.environ.get('CORDON_SHARED') or TOP.parent / 'shared/data')
PACKAGES = ['bgpdump', 'bogofilter', 'libmail-dkim-perl', 'python3-mrtparse', 'rspamd', 'spamassassin', 'spamd',
    'time']


class Skip(Exception):
    """Something that a measurement needs is not there; the text says what, and what to do."""


# -- where things are

def cordon():
    """The program; BENCH_CORDON names another build of it."""
    path = pathlib.Path(os.environ.get('BENCH_CORDON') or BUILD / 'src/cli/cordon')
    if not os.access(path, os.X_OK):
        raise Skip(f'{path} is not built: run tools/build')
    return str(path)


def corpus():
    """The SpamAssassin corpus's folder, unpacked into the build folder on first use."""
    folder = TOP / 'build/data/spamassassin'
    if not (folder / 'INDEX').exists():
        packed = SHARED / 'mail/spamassassin.tar.xz'
        if not packed.exists():
            raise Skip(f'the SpamAssassin corpus is not there: {packed}'
                ' (CORDON_SHARED names another folder)')
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
            subprocess.run(['tar', '-xJf', packed, '-C', fresh], check=True)
            os.rename(pathlib.Path(fresh) / 'spamassassin', folder)
    return folder


def read_index(index):
    """[(is spam, path)] in order of arrival."""
    index = pathlib.Path(index)
    lines = [line.strip() for line in index.read_text().splitlines()]
    lines = (line.split(None, 1) for line in lines if line and line[0] != '#')
    return [(label.lower() == 'spam', index.parent / path) for label, path in lines]


def peer(program, package):
    """A peer's path; its Debian package is named when it is not installed."""
    path = shutil.which(program, path=os.environ.get('PATH', '') + ':/usr/sbin:/usr/local/sbin')
    if not path:
        raise Skip(f'{program} is not installed (Debian package {package}):'
            ' tests/bench/run --setup')
    return path


def version(package):
    """'rspamd 3.4-1', as Debian numbers it."""
    return f"{package} {output('dpkg-query', '-W', '-f', '${Version}', package)}".strip()


def output(*command):
    """What a short command prints, whether it fails or not."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.stdout.strip()


def machine():
    """The processor's model and the cores that this run may use."""
    names = re.findall(r'^model name\s*:\s*(.+)$', pathlib.Path('/proc/cpuinfo').read_text(), re.M)
    meminfo = pathlib.Path('/proc/meminfo').read_text()
    memory = int(re.search(r'MemTotal:\s+(\d+)', meminfo)[1]) >> 20
    return f'{names[0] if names else os.uname().machine}, {len(os.sched_getaffinity(0))} cores, ' \
        f'{memory} GiB, Linux {os.uname().release}'


# -- running and measuring

def cores(n):
    """The first n cores that this run may use, as taskset wants them; Skip when they are fewer."""
    have = sorted(os.sched_getaffinity(0))
    if len(have) < n:
        raise Skip(f'this machine has {len(have)} core(s); {n} are wanted')
    return ','.join(map(str, have[:n]))


def pinned(on, command):
    """The command, held to the cores `on` (None: to none)."""
    return [*(['taskset', '-c', on] if on else []), *map(str, command)]


def stop_tidily():
    """Makes a signal end this program as an error would, so that each `with` cleans up."""
    for number_of_signal in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number_of_signal, lambda n, _: sys.exit(128 + n))


def start_peer(command, err, **more):
    """Starts a daemon of a peer, which ends with us even if we are killed."""
    with open(err, 'wb') as to:
        return subprocess.Popen(['setpriv', '--pdeathsig', 'TERM', *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=to, **more)


class Usage:
    """What a run took: wall and CPU seconds (and those of the CPU outside the kernel), peak memory in
    KiB (None when it is not known)."""

    def __init__(self, wall, user, system, peak, out):
        self.wall, self.user, self.cpu, self.peak, self.out = wall, user, user + system, peak, out


def clean_env(state):
    """The environment with no configuration and no state but the folder given."""
    return {**os.environ, 'CORDON_CONFIG': '/dev/null', 'CORDON_STATE': str(state),
        'LC_ALL': 'C.UTF-8', 'HOME': str(state)}


def run(command, folder, on=None, feed=None, ok=(0,), keep_output=True):
    """Runs a command to its end and measures it. feed(file) writes its standard input.

    Peak memory is asked of time(1): a child's own count begins with this interpreter's memory.
    """
    folder = pathlib.Path(folder)
    timer = shutil.which('time')
    peak = folder / 'peak'
    wrapped = [timer, '-q', '-f', '%M', '-o', str(peak)] if timer else []
    out = open(folder / 'out', 'wb') if keep_output else subprocess.DEVNULL
    begin = time.monotonic()
    with open(folder / 'err', 'wb') as err:
        child = subprocess.Popen([*wrapped, *pinned(on, command)], stdout=out, stderr=err,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL, env=clean_env(folder))
        if feed:
            with child.stdin:
                feed(child.stdin)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in ok:
        raise RuntimeError(f'{" ".join(map(str, command[:4]))} ...: exit code {child.returncode}: '
            + (folder / 'err').read_text(errors='replace')[-500:])
    return Usage(time.monotonic() - begin, usage.ru_utime, usage.ru_stime,
        int(peak.read_text().split()[-1]) if timer else None, folder / 'out')


def median_run(command, folder, times, feed_file=None, ok=(0,)):
    """(wall, CPU) seconds of a short command, medians over runs, without time(1) around it."""
    walls, cpus = [], []
    for _ in range(times):
        with open(feed_file or os.devnull, 'rb') as stdin:
            begin = time.monotonic()
            child = subprocess.Popen(pinned(None, command), stdin=stdin, env=clean_env(folder),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            walls.append(time.monotonic() - begin)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in ok:
            raise RuntimeError(f'{command[0]}: exit code {child.returncode}')
        cpus.append(usage.ru_utime + usage.ru_stime)
    return statistics.median(walls), statistics.median(cpus)


def cpu_seconds(pid):
    """User and system time of a running process so far."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def peak_kib(pid):
    """Peak resident memory of a running process so far."""
    return int(re.search(r'VmHWM:\s+(\d+)', pathlib.Path(f'/proc/{pid}/status').read_text())[1])


# -- accuracy

def roca1_pct(scored):
    """(1 - area under the ROC curve) x 100 of [(is spam, score)]; ties count one half."""
    ranked = sorted(scored, key=lambda x: x[1])
    ham = spam = i = 0
    wins = 0.0
    while i < len(ranked):
        j, h, s = i, 0, 0
        while j < len(ranked) and ranked[j][1] == ranked[i][1]:
            h, s, j = h + (not ranked[j][0]), s + ranked[j][0], j + 1
        wins += s * (ham + h / 2)
        ham, spam, i = ham + h, spam + s, j
    return 100 * (1 - wins / (ham * spam))


def ece(scored, bins=15):
    """Expected calibration error of probabilities, over bins of equal width."""
    held = [[0, 0.0, 0] for _ in range(bins)]
    for spam, p in scored:
        b = held[min(int(p * bins), bins - 1)]
        b[0], b[1], b[2] = b[0] + 1, b[1] + p, b[2] + spam
    return sum(abs(p - s) for n, p, s in held if n) / len(scored)


def write_scores(path, scored):
    lines = (f'{"spam" if s else "ham"} {p:.17g}\n' for s, p in scored)
    pathlib.Path(path).write_text(''.join(lines))


def spam_eval(path):
    """The measures of a scores file by the shared tool spam-eval, which is not ours."""
    tool = SHARED.parent / 'tools/spam-eval'
    if not tool.exists():
        raise Skip(f'the scoring tool is not there: {tool}')
    return json.loads(output(sys.executable, tool, path))


# -- the report

class Report:
    """Prints figures as they come: what, ours, the peer's, and how many times better ours is."""

    def __init__(self, name, about):
        stop_tidily()
        parser = argparse.ArgumentParser(prog=f'tests/bench/{name}', description=about)
        parser.add_argument('--json', metavar='FILE', help='write the figures there, too')
        self.json = parser.parse_args().json
        self.name, self.rows, self.skips, self.notes, self.failed = name, [], [], [], False
        self.head(f'{name}: {about}')
        self.began = time.monotonic()

    def head(self, text):
        """A title and the heads of the columns."""
        print(f'\n{text}\n{"":46} {"cordon":>12} {"peer":>12} {"ratio":>8}', flush=True)

    def figure(self, what, ours, unit='', peer_name=None, peer=None, more_is_better=True):
        """One line. Either figure may be None: then there is no ratio."""
        ratio = None
        if ours and peer:
            ratio = ours / peer if more_is_better else peer / ours
        self.rows.append({'figure': what, 'unit': unit, 'cordon': ours, 'peer_name': peer_name,
            'peer': peer, 'ratio': ratio})
        times = '' if ratio is None else f'{ratio:.2f}x'
        print(f'{what + (", " + unit if unit else ""):46.46} {number(ours):>12} {number(peer):>12} '
            f'{times:>8}  {peer_name or ""}'.rstrip(), flush=True)

    def less(self, what, ours, unit='', peer_name=None, peer=None):
        """The same of a figure that is better the lower it is."""
        self.figure(what, ours, unit, peer_name, peer, more_is_better=False)

    def note(self, text):
        self.notes.append(text)
        print(f'  {text}', flush=True)

    def skip(self, text):
        self.skips.append(str(text))
        print(f'  SKIPPED: {text}', flush=True)

    def fail(self, text):
        """A figure that must hold does not."""
        self.failed = True
        self.notes.append(f'FAILED: {text}')
        print(f'  FAILED: {text}', flush=True)

    def attempt(self, step, *arguments):
        """Runs a step; what it lacks is reported as skipped. Returns its result or None."""
        try:
            return step(*arguments)
        except Skip as why:
            self.skip(why)
        except (RuntimeError, OSError, subprocess.SubprocessError) as why:
            self.fail(f'{step.__name__.replace("_", " ")}: {why}')
        return None

    def finish(self):
        seconds = time.monotonic() - self.began
        if self.json:
            pathlib.Path(self.json).write_text(json.dumps({'part': self.name,
                'seconds': round(seconds, 1), 'figures': self.rows, 'notes': self.notes,
                'skipped': self.skips, 'failed': self.failed}))
        sys.exit(1 if self.failed else 0)


def show_sizes(report, folder, name):
    """Runs tests/bench/NAME.c, held to one core, and shows its figures as they are printed: a line
    for a size ("60,000 ASes ..."), then indented ones ("  what: 1.5 ms")."""
    program = BUILD / f'tests/bench/bench-{name}'
    built = subprocess.run(['ninja', '-C', BUILD, program.relative_to(BUILD)],
        capture_output=True, text=True)
    if built.returncode:
        raise Skip(f'bench-{name} does not build: {built.stdout.strip().splitlines()[-1:]}')
    size = ''
    for line in run([program], folder, on=cores(1)).out.read_text().splitlines():
        if not line.startswith(' '):
            report.note(line)
            size = line.split()[0]
            continue
        what, _, value = line.strip().rpartition(':')
        report.figure(f'{size} ASes: {what}', float(value.split()[0]), value.split()[1])


def number(x):
    """Four or so digits that count, or the figure itself when it is a whole number."""
    if x is None:
        return '-'
    if isinstance(x, str):
        return x
    if x == 0 or isinstance(x, int) or abs(x) >= 1000:
        return f'{x:,.0f}'
    return f'{x:.5f}' if abs(x) < 1 else f'{x:.2f}'


def scratch():
    """A folder for whatever a part writes; gone when the `with` ends. Others may enter it, for
    the sake of peers that give up root."""
    folder = tempfile.TemporaryDirectory(prefix='cordon-bench-')
    os.chmod(folder.name, 0o755)
    return folder
