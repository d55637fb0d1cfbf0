# Clients of the milter protocol that no mail server is: byte by byte, half open, out of order, huge.
# Usage: gate_hostile.py PORT SESSIONS
import random, socket, struct, sys, time

port, sessions = int(sys.argv[1]), int(sys.argv[2])


def connect():
    s = socket.create_connection(("127.0.0.1", port), 10)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def command(what, data=b""):
    return struct.pack("!I", len(data) + 1) + what + data


def take(s, n):
    got = b""
    while len(got) < n:
        piece = s.recv(n - len(got))
        if not piece:
            return None
        got += piece
    return got


def answer(s):
    head = take(s, 4)
    return head and take(s, struct.unpack("!I", head)[0])


def last(s):
    while (a := answer(s)) and a[:1] in b"himbqp+-":
        pass
    return a


NEGOTIATE = command(b"O", struct.pack("!III", 6, 0x1FF, 0x1FFFFF))
HELLO = (command(b"D", b"Cj\0mx.example.org\0") + command(b"C", b"mail.example.net\0004\x12\x34192.0.2.7\0") +
    command(b"H", b"mail.example.net\0"))
MESSAGE = (command(b"M", b"<a@friend.example.net>\0") + command(b"R", b"<joe@example.org>\0") +
    command(b"L", b"From\0 Ann <ann@friend.example.net>\0") + command(b"L", b"Subject\0 Minutes of the meeting\0") +
    command(b"N") + command(b"B", b"Hello Joe,\r\n\r\nhere they are.\r\n") + command(b"E"))


def fine():
    s = connect()
    s.sendall(NEGOTIATE)
    assert answer(s)[:1] == b"O"
    s.sendall(HELLO + MESSAGE)
    assert last(s) == b"c"
    s.close()


# Byte by byte, a hundred at once in each other's way.
for byte_clients in (1, 20):
    clients = [connect() for _ in range(byte_clients)]
    for s in clients:
        s.sendall(NEGOTIATE)
        assert answer(s)[:1] == b"O"
    for b in HELLO + MESSAGE:
        for s in clients:
            s.sendall(bytes([b]))
    for s in clients:
        assert last(s) == b"c"
        s.close()
fine()

# Half open: connections that say nothing, and that stop within a command. Others are served.
silent = [connect() for _ in range(20)]
for i, s in enumerate(silent[10:]):
    s.sendall(NEGOTIATE[: i + 1])
begin = time.monotonic()
fine()
assert time.monotonic() - begin < 5

# More sessions than there may be: the rest is turned away, and told so by the end of the connection.
open_ones, refused = [], 0
for _ in range(sessions + 20):
    s = connect()
    s.sendall(NEGOTIATE)
    try:
        a = answer(s)
    except ConnectionResetError:
        a = None
    if a:
        open_ones.append(s)
    else:
        refused += 1
assert refused >= 20, refused
assert len(open_ones) >= sessions - 10, len(open_ones)
for s in open_ones + silent:
    s.close()
time.sleep(0.5)
fine()

# Out of order, twice, wrong sizes, and noise. Whatever it does, the next one is served.
random.seed(1)
orders = [b"ENEB", b"MME", b"EEE", b"RRRRE", b"LLNE", b"BBE", b"OOOO", b"CCHHE", b"AAAAE", b"QE", b"KCHMRE", b"UUUE",
    b"DDDD", b"TTE", b"MRLNBEMRLNBEA"]
data = {b"M": b"<a@b>\0", b"R": b"<c@d>\0", b"L": b"Subject\0 x\0", b"B": b"x\r\n", b"O": NEGOTIATE[5:],
    b"C": b"x\0004\0\000192.0.2.1\0", b"H": b"x\0", b"D": b"Mi\0q\0", b"U": b"X\0"}
for order in orders:
    s = connect()
    s.sendall(NEGOTIATE + b"".join(command(bytes([c]), data.get(bytes([c]), b"")) for c in order))
    s.settimeout(0.2)
    try:
        while s.recv(65536):
            pass
    except (TimeoutError, ConnectionError):
        pass
    s.close()
for noise in (b"\0\0\0\0", b"\0\0\0\1", b"\xff\xff\xff\xffM", b"\0\1\0\0M" + b"x" * 70000, random.randbytes(5000),
        command(b"L", b"no end"), command(b"M", b""), command(b"C", b"x"), command(b"C", b"x\0006\0\0not an address\0"),
        command(b"D", b"M"), command(b"D", b"")):
    for before in (b"", NEGOTIATE, NEGOTIATE + HELLO):
        s = connect()
        try:
            s.sendall(before + noise + MESSAGE)
        except ConnectionError:
            pass
        s.close()
fine()

# Fields as large as libmilter takes them, and fifty thousand recipients.
s = connect()
s.sendall(NEGOTIATE)
answer(s)
s.sendall(HELLO + command(b"M", b"<a@friend.example.net>\0"))
for i in range(50000):
    s.sendall(command(b"R", b"<user%d@example.org>\0" % i))
for value in (b"x" * 65000, b"\n\tfold" * 9000, b"\n" * 60000, b"\r" * 60000, b"(" * 60000):
    s.sendall(command(b"L", b"X-Long\0" + value + b"\0") + command(b"L", b"Received\0" + value + b"\0"))
s.sendall(command(b"N") + command(b"E"))
assert last(s)[:1] in b"cy"
s.close()
fine()

# A message of 100 MB, in the time that it takes to read it.
s = connect()
s.sendall(NEGOTIATE)
answer(s)
s.sendall(HELLO + MESSAGE[:-5])
for _ in range(1600):
    s.sendall(command(b"B", b"0123456789abcdef" * 4095))
s.sendall(command(b"E"))
assert last(s) == b"c"
s.close()
fine()
