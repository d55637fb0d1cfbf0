# Clients of the check that rspamc and Exim are not: byte by byte, half open, malformed, huge, browsers.
# Usage: check_hostile.py PORT MESSAGE
import http.client, json, socket, sys, threading, time

port, message = int(sys.argv[1]), open(sys.argv[2], "rb").read()


def connect():
    return socket.create_connection(("127.0.0.1", port), 30)


def rest(s):
    got = b""
    try:
        while piece := s.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    return got


def ask(method, path, body=None, fields=()):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    c.putrequest(method, path)
    for name, value in fields:
        c.putheader(name, value)
    if body is not None:
        c.putheader("Content-Length", str(len(body)))
    c.endheaders()
    if body is not None:
        c.send(body)
    a = c.getresponse()
    return a.status, a.read()


def old(head, body=b"", end=False):
    s = connect()
    s.sendall(head + body)
    if end:
        s.shutdown(socket.SHUT_WR)
    return rest(s)


# What is no request.
assert ask("GET", "/")[0] == 404
assert ask("GET", "/checkv2")[0] == 405
assert ask("PUT", "/checkv2", message)[0] == 405
assert ask("POST", "/checkv2/", message)[0] == 404
assert ask("POST", "/learnspam", b"")[0] == 400
assert ask("POST", "/learnspam", message, [("Origin", "http://example.com")])[0] == 403
assert ask("POST", "/checkv2", message, [("Sec-Fetch-Site", "cross-site")])[0] == 403
assert ask("POST", "/checkv2", b"", [("File", "/etc/passwd")])[0] == 400
assert ask("POST", "/checkv2", message, [("Compression", "zstd")])[0] == 415
for path in "/post", "/checkv2":
    status, body = ask("POST", path, b"\xce\xfa" * 90, [("Key", "7gqukq5w=ekim6upejfq3siddhrh1tyaakoe5rjpzawjrzfex9jaxrm4iobdy")])
    assert status == 415 and "without a key" in json.loads(body)["error"], (status, body)
assert ask("POST", "/checkv2", message, [("Rcpt", "a" * 300000)])[0] in (413, 431)

# Odd fields are no reason to fail; a message of nothing is one.
for fields in ([("Ip", "999.1.2.3")], [("Ip", "[IPv6:2001:db8::1]")], [("Ip", "IPv6:2001:db8::1")],
               [("From", "<" * 500)], [("Rcpt", "<r%d@example.org>" % i) for i in range(2000)],
               [("Helo", "\xff\xfe\t()\\")], [("Queue-Id", "q" * 5000)], [("From", ""), ("From", "<>")]):
    status, text = ask("POST", "/checkv2", message, [("Ip", "192.0.2.7")] + fields)
    assert status == 200 and json.loads(text)["action"] == "reject", (fields, status, text)
assert ask("POST", "/checkv2", b"", [("Ip", "192.0.2.7")])[0] == 200
assert json.loads(ask("POST", "/checkv2", bytes(range(256)) * 400)[1])["symbols"]

# A large one, and one without its length in pieces.
status, text = ask("POST", "/checkv2", message + b"word " * 4000000)
assert status == 200 and json.loads(text)["is_skipped"] is False
c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
c.request("POST", "/checkv2", iter([message[:10], message[10:]]), {"Ip": "192.0.2.7"}, encode_chunked=True)
assert json.loads(c.getresponse().read())["action"] == "reject"
# The same connection again.
c.request("POST", "/checkv2", message, {"Ip": "192.0.2.7"})
assert json.loads(c.getresponse().read())["action"] == "reject"

# The protocol before HTTP: what Exim sends, byte by byte; and what it does not.
size = b"Content-length: %d\r\n" % len(message)
good = b"CHECK RSPAMC/1.3\r\n" + size + b"IP: 192.0.2.7\r\n\r\n"
assert old(good, message).startswith(b"RSPAMD/1.3 0 EX_OK\r\n")
assert old(good.replace(b"CHECK", b"CHECK joe").replace(b"\r", b""), message).startswith(b"RSPAMD/1.3 0 EX_OK\r\n")
assert old(good.replace(size, b""), message, True).startswith(b"RSPAMD/1.3 0 EX_OK\r\n")
many = b"".join(b"Rcpt: <r%d@example.org>\r\n" % i for i in range(50000))
assert old(good[:-2] + many + b"\r\n", message).startswith(b"RSPAMD/1.3 0 EX_OK\r\n")
s = connect()
for i in range(len(good)):
    s.send(good[i:i + 1])
s.sendall(message)
assert rest(s).startswith(b"RSPAMD/1.3 0 EX_OK\r\n")
for head in (b"CHECK\r\n\r\n", b"CHECK SPAMC/1.2\r\n\r\n", b"CHECK RSPAMC/1.3\r\nno field\r\n\r\n",
             b"CHECK RSPAMC/1.3\r\nContent-length: -1\r\n\r\n", b"CHECK RSPAMC/1.3\r\nX: " + b"y" * 5000,
             b"CHECK RSPAMC/1.3\r\nContent-length: 1\r\nContent-length: 2\r\n\r\n", b"C", good):
    assert old(head, b"", True) == b"RSPAMD/1.3 76 EX_PROTOCOL\r\n\r\n", head

# Half open ones by the hundred, and honest clients beside them.
idle = [connect() for i in range(200)]
for s in idle[:50]:
    s.send(b"POST /checkv2 HTTP/1.1\r\nContent-Length: 1000000\r\n")
for s in idle[50:100]:
    s.send(b"CHECK RSPAMC/1.3\r\n")


def honest():
    for i in range(20):
        status, text = ask("POST", "/checkv2", message, [("Ip", "192.0.2.7")])
        assert status == 200 and json.loads(text)["action"] == "reject"
        done.append(1)


done = []
threads = [threading.Thread(target=honest) for i in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(done) == 160, len(done)
for s in idle:
    s.close()
assert ask("GET", "/ping") == (200, b"pong\r\n")
