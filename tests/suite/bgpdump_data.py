"""What the suites on bgpdump's test data share."""
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile


def unpacked():
    """The folder of the data, unpacked on first use. Ends the test, skipped, where there are none."""
    shared = pathlib.Path(os.environ.get('CORDON_SHARED') or os.environ['CORDON_SHARED_USUAL'])
    packed = shared / 'net/mrt-bgpdump.tar.xz'
    top = pathlib.Path(os.environ['CORDON_UNPACKED'])
    if not packed.exists():
        print(f'skipped: no {packed}')
        sys.exit(77)
    if not (top / 'bgpdump').exists():
        top.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=top) as aside:
            subprocess.run(['tar', '-xJf', packed, '-C', aside], check=True)
            with contextlib.suppress(OSError):  # another test may have been faster
                os.rename(pathlib.Path(aside) / 'bgpdump', top / 'bgpdump')
    return top / 'bgpdump'


def may_stand(asn):
    """Neither private nor reserved (IANA's registry of special-purpose AS numbers)."""
    return not (asn in (0, 23456, 65535) or 64512 <= asn <= 65534 or 65552 <= asn <= 131071
        or asn >= 4200000000)
