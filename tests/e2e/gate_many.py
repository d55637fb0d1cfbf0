# Messages of a size over sessions at once, and what was answered: how many of each letter, and how many
# sessions ended without. Usage: gate_many.py PORT SESSIONS BYTES
import collections, socket, struct, sys, threading

port, sessions, size = (int(a) for a in sys.argv[1:4])
answers = collections.Counter()


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


def answer(s):
    return take(s, struct.unpack("!I", take(s, 4))[0])[:1]


def one(k):
    try:
        s = socket.create_connection(("127.0.0.1", port), 60)
        s.sendall(command(b"O", struct.pack("!III", 6, 0x1FF, 0x1FFFFF)))
        answer(s)
        s.sendall(command(b"C", b"mail.example.net\0004\x12\x34192.0.2.7\0") + command(b"H", b"mail.example.net\0") +
            command(b"M", b"<ann@friend.example.net>\0") + command(b"R", b"<joe@example.org>\0") +
            command(b"L", b"From\0 Ann <ann@friend.example.net>\0") + command(b"L", b"Subject\0 Minutes %d\0" % k) +
            command(b"N"))
        line = b"here are the minutes, and a line of them that is number %d.\r\n" % k
        for _ in range(max(1, size // 60000)):
            s.sendall(command(b"B", line * (min(size, 60000) // len(line) + 1)))
        s.sendall(command(b"E"))
        while (a := answer(s)) in b"himbqp+-":
            pass
        answers[a.decode()] += 1
    except OSError:
        answers["none"] += 1


threads = [threading.Thread(target=one, args=(k,)) for k in range(sessions)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(" ".join(f"{a}={n}" for a, n in sorted(answers.items())))
