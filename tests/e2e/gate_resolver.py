# Messages whose authentication asks the DNS, while the resolver is stopped, killed, and comes back: how
# long each waits. Usage: gate_resolver.py MILTER_PORT DNS_PORT SUPERVISOR_PID BOUND
#
# The name server that the resolver asks is here as well: it answers at once that there is no such name.
# Each message is from a domain of its own, so nothing is answered from a cache.
import os, signal, socket, struct, subprocess, sys, threading, time

milter, dns, supervisor, bound = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
ends = threading.Event()
lock = threading.Lock()
delays, questions = [], [0]


def name_server():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", dns))
    while True:
        q, who = s.recvfrom(4096)
        questions[0] += 1
        end = 12
        while q[end]:
            end += q[end] + 1
        # NXDOMAIN, with the question and a SOA that lets it be kept for a second.
        soa = b"\0\0\6\0\1\0\0\0\1\0\x16\0\0" + struct.pack("!IIIII", 1, 1, 1, 1, 1)
        s.sendto(q[:2] + b"\x81\x83\0\1\0\0\0\1\0\0" + q[12:end + 5] + soa, who)


def command(what, data=b""):
    return struct.pack("!I", len(data) + 1) + what + data


def take(s, n):
    got = b""
    while len(got) < n:
        piece = s.recv(n - len(got))
        if not piece:
            raise ConnectionError("the end")
        got += piece
    return got


def last(s):
    while (a := take(s, struct.unpack("!I", take(s, 4))[0]))[:1] in b"himbqp+-":
        pass
    return a


def load(k):
    s = socket.create_connection(("127.0.0.1", milter), 60)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.sendall(command(b"O", struct.pack("!III", 6, 0x1FF, 0x1FFFFF)))
    take(s, struct.unpack("!I", take(s, 4))[0])
    s.sendall(command(b"C", b"mail.example.net\0004\x12\x34192.0.2.7\0") + command(b"H", b"mail.example.net\0"))
    i = 0
    while not ends.is_set():
        who = b"ann@d%d-%d.example" % (k, i)
        i += 1
        s.sendall(command(b"M", b"<%s>\0" % who) + command(b"R", b"<joe@example.org>\0") +
            command(b"L", b"From\0 Ann <%s>\0" % who) + command(b"L", b"Subject\0 Minutes of the meeting\0") +
            command(b"N") + command(b"B", b"Hello Joe,\r\n\r\nhere they are.\r\n") + command(b"E"))
        begin = time.monotonic()
        assert last(s)[:1] == b"c"
        with lock:
            delays.append((begin, time.monotonic() - begin))
        time.sleep(0.01)


def resolver():
    out = subprocess.run(["pgrep", "-P", supervisor, "-f", "cordon-gateway role resolver "], capture_output=True, text=True)
    return int(out.stdout.split()[0]) if out.stdout else None


def phase(name, seconds):
    begin = time.monotonic()
    asked = questions[0]
    time.sleep(seconds)
    with lock:
        mine = [d for at, d in delays if at + d >= begin]
    print(f"{name}: {len(mine)} messages, the longest {max(mine):.2f} s; the name server was asked {questions[0] - asked} times")
    return max(mine)


threading.Thread(target=name_server, daemon=True).start()
clients = [threading.Thread(target=load, args=(k,)) for k in range(20)]
for t in clients:
    t.start()
phase("as it should be", 2)
asked = questions[0]
assert asked > 20, asked
longest = []
pid = resolver()
os.kill(pid, signal.SIGSTOP)
longest.append(phase("the resolver hangs", 6))
os.kill(pid, signal.SIGCONT)
longest.append(phase("it goes on", 2))
os.kill(pid, signal.SIGKILL)
longest.append(phase("it is killed", 3))
# Two deaths within a minute: the second time it is waited for.
for _ in range(2):
    if again := resolver():
        os.kill(again, signal.SIGKILL)
    time.sleep(0.05)
longest.append(phase("twice more", 3))
asked = questions[0]
time.sleep(1)
assert questions[0] > asked, "nobody asks the name server any more"
ends.set()
for t in clients:
    t.join()
assert max(longest) < bound, longest
