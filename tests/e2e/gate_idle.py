# Idle sessions by the thousand: what a thousand take in memory, whether mail flows beside ten thousand,
# and that their end all at once is no flood of threads.
# Usage: gate_idle.py PORT PID[,PID]... MOST [MIB]
# The first process is the gate; with a thousand sessions all of them take less than so much (200).
import resource, socket, struct, sys, time

port, pids, most = int(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3])
bound = int(sys.argv[4]) if len(sys.argv) > 4 else 200
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def status(pid, field):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(field + ":"))


def resident():
    return sum(status(pid, "VmRSS") for pid in pids) / 1024


def command(what, data=b""):
    return struct.pack("!I", len(data) + 1) + what + data


def answer(s):
    n = struct.unpack("!I", s.recv(4, socket.MSG_WAITALL))[0]
    return s.recv(n, socket.MSG_WAITALL)


def session():
    s = socket.create_connection(("127.0.0.1", port), 30)
    s.sendall(command(b"O", struct.pack("!III", 6, 0x1FF, 0x1FFFFF)))
    assert answer(s)[:1] == b"O"
    s.sendall(command(b"C", b"mail.example.net\0004\x12\x34192.0.2.7\0") + command(b"H", b"mail.example.net\0"))
    return s


def message(s):
    s.sendall(command(b"M", b"<a@b.example>\0") + command(b"R", b"<c@example.org>\0") +
        command(b"L", b"Subject\0 Minutes of the meeting\0") + command(b"N") +
        command(b"B", b"Hello Joe,\r\n\r\nhere they are.\r\n") + command(b"E"))
    while answer(s)[:1] != b"c":
        pass


all_of_them = []
for n in range(1, most + 1):
    s = session()
    all_of_them.append(s)
    if n in (1000, most):
        for s in all_of_them[:1000]:
            message(s)
        # in the middle of a message each
        for s in all_of_them[:1000]:
            s.sendall(command(b"M", b"<a@b.example>\0") + command(b"R", b"<c@example.org>\0") +
                command(b"L", b"Subject\0 Minutes of the meeting\0") + command(b"B", b"x" * 3000))
        time.sleep(0.5)
        print(f"{n} sessions: {resident():.0f} MiB resident")
        if n == 1000:
            assert resident() < bound, resident()
        for s in all_of_them[:1000]:
            s.sendall(command(b"A"))
fresh = session()
begin = time.monotonic()
for _ in range(20):
    message(fresh)
print(f"a message beside {most} idle ones: {(time.monotonic() - begin) / 20 * 1e3:.1f} ms")
for s in all_of_them:
    s.close()
threads = 0
for _ in range(10):
    threads = max(threads, status(pids[0], "Threads"))
    time.sleep(0.1)
message(fresh)
print(f"when all of them end: {threads} threads, {resident():.0f} MiB resident, {status(pids[0], 'VmHWM') / 1024:.0f} at most")
assert threads < 1000, threads
