# What a mail server and a client of rspamd see when the gateway is told to stop while messages come.
# Usage: gate_stop.py MILTER_PORT CHECK_PORT SUPERVISOR_PID CONNECTIONS
#
# Each message has an address of its own, s<connection>-<number>@load.example. In the middle of the load
# SIGTERM is sent; every message whose end was sent before that must be answered, and the sender of each
# message that was answered is printed, for whoever looks them up in the log.
import os, signal, socket, struct, sys, threading, time

milter, check, pid, clients = (int(a) for a in sys.argv[1:5])
stop_at = [None]
lock = threading.Lock()
answered, unanswered, half_done, half_cut = [], [], [], []


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
    return take(s, struct.unpack("!I", take(s, 4))[0])


def last(s):
    while (a := answer(s))[:1] in b"himbqp+-":
        pass
    return a


def session():
    s = socket.create_connection(("127.0.0.1", milter), 60)
    s.settimeout(60)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.sendall(command(b"O", struct.pack("!III", 6, 0x1FF, 0x1FFFFF)))
    answer(s)
    s.sendall(command(b"D", b"Cj\0mx.example.org\0") + command(b"C", b"mail.example.net\0004\x12\x34192.0.2.7\0") +
        command(b"H", b"mail.example.net\0"))
    return s


def head(sender):
    return (command(b"M", b"<%s>\0" % sender) + command(b"R", b"<joe@example.org>\0") +
        command(b"L", b"From\0 Ann <ann@friend.example.net>\0") + command(b"L", b"Subject\0 Minutes of the meeting\0"))


REST = command(b"N") + command(b"B", b"Hello Joe,\r\n\r\nhere they are.\r\n" * 40) + command(b"E")


def keep(sender, sent_at, good):
    with lock:
        if good:
            answered.append(sender.decode())
        elif stop_at[0] is None or sent_at < stop_at[0]:
            unanswered.append(sender.decode())


def load(k):
    i = 0
    try:
        s = session()
        while True:
            sender = b"s%d-%d@load.example" % (k, i)
            i += 1
            s.sendall(head(sender) + REST)
            sent = time.monotonic()
            try:
                last(s)
            except ConnectionError:
                keep(sender, sent, False)
                return
            keep(sender, sent, True)
    except ConnectionError:
        return


def http(k):
    i = 0
    while True:
        sender = b"h%d-%d@load.example" % (k, i)
        i += 1
        try:
            s = socket.create_connection(("127.0.0.1", check), 60)
            s.settimeout(60)
        except OSError:
            return
        text = b"From: Ann <ann@friend.example.net>\r\nSubject: Minutes\r\n\r\nHello Joe,\r\n" * 1
        try:
            s.sendall(b"POST /checkv2 HTTP/1.1\r\nHost: x\r\nIP: 192.0.2.7\r\nFrom: %s\r\nRcpt: joe@example.org\r\n"
                b"Content-Length: %d\r\n\r\n" % (sender, len(text)) + text)
        except OSError:
            return
        sent = time.monotonic()
        got = b""
        try:
            while b"\r\n\r\n" not in got:
                piece = s.recv(65536)
                if not piece:
                    break
                got += piece
        except OSError:
            pass
        keep(sender, sent, got.startswith(b"HTTP/1.1 200"))
        if not got:
            return
        s.close()


# One that is half received is finished in time; one never is; and one session says nothing.
def half(k, ends):
    sender = b"half%d@load.example" % k
    s = session()
    s.sendall(head(sender))
    ready.release()
    stopped.wait()
    begin = time.monotonic()
    if ends:
        time.sleep(1)
        s.sendall(REST)
    try:
        last(s)
        half_done.append(sender.decode())
        with lock:
            answered.append(sender.decode())
    except ConnectionError:
        half_cut.append(time.monotonic() - begin)


def idle(took):
    s = session()
    ready.release()
    stopped.wait()
    begin = time.monotonic()
    assert s.recv(1) == b""
    took.append(time.monotonic() - begin)


ready, stopped = threading.Semaphore(0), threading.Event()
idle_took = []
threads = [threading.Thread(target=half, args=(1, True)), threading.Thread(target=half, args=(2, False)),
    threading.Thread(target=idle, args=(idle_took,))]
for t in threads:
    t.start()
for _ in threads:
    ready.acquire()
threads += [threading.Thread(target=load, args=(k,)) for k in range(clients)]
threads += [threading.Thread(target=http, args=(k,)) for k in range(max(1, clients // 4))]
for t in threads[3:]:
    t.start()
time.sleep(1.5)
with lock:
    stop_at[0] = time.monotonic()
os.kill(pid, signal.SIGTERM)
stopped.set()
for t in threads:
    t.join()
print(f"{len(answered)} answered, {len(unanswered)} sent before the stop were not; an idle session was closed after "
    f"{idle_took[0]:.2f} s, half a message after {half_cut[0]:.2f} s", file=sys.stderr)
print("\n".join(answered))
assert half_done == ["half1@load.example"], half_done
assert len(half_cut) == 1
assert any(a.startswith("s") for a in answered) and any(a.startswith("h") for a in answered)
assert not unanswered, unanswered
