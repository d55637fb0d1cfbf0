# The web role as the specification tells it, and as those meet it who mean it no good.
# Usage: web.py PORT TOP: TOP is the source tree.
import http.client, json, re, socket, sys, threading, time, urllib.parse

import jsonschema
from prometheus_client.openmetrics.parser import text_string_to_metric_families

port, top = int(sys.argv[1]), sys.argv[2]
spec = json.load(open(top + "/docs/openapi.json"))
checks = 0


def check(what, good, *more):
    global checks
    checks += 1
    if not good:
        print("FAIL web.py:", what, *more)
        sys.exit(1)


def ask(path, method="GET", **fields):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    c.request(method, path, headers=fields)
    r = c.getresponse()
    return r.status, r.headers, r.read()


# --- the specification ---

# Its schemas in one: what `$ref` names is found from its root.
def valid(path, status, headers, body):
    operation = spec["paths"][path]["get"]
    answer = operation["responses"][str(status)]
    if "$ref" in answer:
        answer = spec["components"]["responses"][answer["$ref"].split("/")[-1]]
    (mime, content), = answer["content"].items()
    check(path + " has its type", headers["Content-Type"].split(";")[0] == mime, headers)
    value = json.loads(body) if mime == "application/json" else body.decode()
    schema = {**content["schema"], "components": spec["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)
    check(path + " is not stored", headers["Cache-Control"] == "no-store")
    check(path + " is of its type alone", headers["X-Content-Type-Options"] == "nosniff")
    return value


for schema in spec["components"]["schemas"].values():
    jsonschema.Draft202012Validator.check_schema(schema)
refs = set(re.findall(r'"#/components/([a-z]+)/(\w+)"', json.dumps(spec)))
check("all that is referred to is there", all(name in spec["components"][kind] for kind, name in refs))
check("and the other way", {name for kind in spec["components"] for name in spec["components"][kind]}
      == {name for kind, name in refs}, refs)
check("it is of that version", spec["openapi"] == "3.1.0")

source = open(top + "/src/serve/web.c").read()
paths = set(re.findall(r'^\t\{"(/[^"]*)", ', source, re.M))
check("every path is told, and no other", paths == set(spec["paths"]), paths)
arguments = set(re.findall(r'(?:argument|read_time)\(c, "(\w+)"', source))
told = {p["name"] for p in spec["paths"]["/api/v1/decisions"]["get"]["parameters"]}
check("every parameter is told, and no other", arguments == told, arguments ^ told)
told = spec["components"]["schemas"]["Status"]["properties"]["counts"]["properties"]
names = dict(re.findall(r'\tX\(\w+, "(\w+)", "([^"]*)"\)', open(top + "/src/serve/status.h").read()))
check("every counter is told in its words", {k: v["description"] for k, v in told.items()} == names)

answers = {path: valid(path, *ask(path)) for path in sorted(paths)}
check("the front names all", set(answers["/"]["paths"]) == paths)
status = answers["/api/v1/status"]
check("they were seen", status["counts"]["messages"] == 96, status)
check("what was called is all", sum(status["counts"]["verdict_" + v] for v in ("ham", "unsure", "spam")) == 96)
check("all parts serve", answers["/healthz"]["ok"] and status["health"]["ok"], status)
check("quantiles rise", 0 < status["milliseconds"]["median"] <= status["milliseconds"]["p90"]
      <= status["milliseconds"]["p99"], status["milliseconds"])

check("the histogram is of all", sum(status["milliseconds"]["histogram"]) == 96, status["milliseconds"])

# --- metrics, by a parser that is not ours ---

families = {f.name: f for f in text_string_to_metric_families(answers["/metrics"])}
for name in names:
    family = families["cordon_" + name]
    check(name + " is a counter", family.type == "counter" and family.documentation)
    check(name + " is the same", family.samples[0].value == status["counts"][name], family)
times = families["cordon_message_seconds"]
check("times are a histogram", times.type == "histogram" and times.unit == "seconds")
check("of all messages", [s.value for s in times.samples if s.name.endswith("_count")] == [96])
check("parts are up", {s.labels["part"]: s.value for s in families["cordon_part_up"].samples}
      == {part: 1 for part in status["health"]["parts"]})
check("no person is in it", "@" not in answers["/metrics"] and ".example" not in answers["/metrics"])

# --- decisions ---


def decisions(**parameters):
    return valid("/api/v1/decisions", *ask("/api/v1/decisions?" + urllib.parse.urlencode(parameters)))["decisions"]


every = decisions(last=1000)
check("all are there", len(every) == 96)
check("in order", [d["at"] for d in every] == sorted(d["at"] for d in every))
check("the newest 50 unless told", [d["id"] for d in decisions()] == [d["id"] for d in every[-50:]])
check("empty is not given", len(decisions(sender="", action="", last="")) == 50)
one = next(d for d in every if d["action"] == "reject" and d["sender"])
domain = one["sender"].split("@")[1]
for parameters, same in (
        ({"id": one["id"]}, lambda d: d["id"] == one["id"]),
        ({"id": one["id"].upper()}, lambda d: d["id"] == one["id"]),
        ({"sender": one["sender"]}, lambda d: d["sender"] == one["sender"]),
        ({"sender": one["sender"].upper()}, lambda d: d["sender"] == one["sender"]),
        ({"sender": "@" + domain}, lambda d: d["sender"].lower().endswith("@" + domain.lower())),
        ({"recipient": one["recipients"][0]}, lambda d: one["recipients"][0] in d["recipients"]),
        ({"queue_id": one["queue_id"]}, lambda d: d["queue_id"] == one["queue_id"]),
        ({"action": "reject"}, lambda d: d["action"] == "reject"),
        ({"action": "discard"}, lambda d: False),
        ({"since": every[0]["at"], "until": every[-1]["at"]}, lambda d: d["at"] < every[-1]["at"]),
        ({"until": "2020-01-01"}, lambda d: False),
        ({"sender": "nobody@nowhere.example"}, lambda d: False),
        ({"sender": "' OR 1=1 --"}, lambda d: False),
        ({"sender": one["sender"], "action": "accept"}, lambda d: d["sender"] == one["sender"] and d["action"] == "accept")):
    got = [d["id"] for d in decisions(last=1000, **parameters)]
    check("decisions by %s" % parameters, got == [d["id"] for d in every if same(d)], got)
for wrong in ("last=0", "last=1001", "last=ten", "last=-1", "last=99999999999999999999", "since=yesterday", "until=2026-13-01",
              "action=burn", "action=REJECT"):
    code, headers, body = ask("/api/v1/decisions?" + wrong)
    check(wrong, code == 400, code)
    valid("/api/v1/decisions", code, headers, body)

# --- who may ask, and how ---

for host, code in (("localhost", 200), ("localhost:1", 200), ("LOCALHOST", 200), ("127.0.0.1", 200), ("[::1]:80", 200),
                   ("evil.example", 403), ("evil.example:%d" % port, 403), ("127.0.0.1.evil.example", 403),
                   ("localhost.evil.example", 403), ("", 403), ("[::1", 403), ("[evil", 403)):
    got, headers, body = ask("/api/v1/status", Host=host)
    check("Host: %s" % host, got == code, got)
    if code == 403:
        valid("/api/v1/status", got, headers, body)
for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BURN"):
    code, headers, body = ask("/api/v1/decisions", method)
    check(method, code == 405 and headers["Allow"] == "GET, HEAD", code)
code, headers, body = ask("/metrics", "HEAD")
check("HEAD", code == 200 and body == b"" and int(headers["Content-Length"]) > 1000, code)
for path in ("/nowhere", "/api/v1", "/api/v1/status/", "//metrics", "/../etc/passwd", "/%2e%2e/etc/passwd",
             "/" + "a" * 8000):
    check(path[:40], ask(path)[0] == 404, ask(path)[0])


# --- who means no good ---

def raw(data):
    s = socket.create_connection(("127.0.0.1", port), 30)
    s.sendall(data)
    return s


def said(s):
    got = b""
    try:
        while piece := s.recv(65536):
            got += piece
    except OSError:
        pass
    s.close()
    return got


def serves(when):
    check("it serves " + when, ask("/healthz")[0] == 200)


HEAD = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
END = b"Connection: close\r\n\r\n"
check("a sound one", said(raw(HEAD + END)).startswith(b"HTTP/1.1 200 "))
for what, data, codes in (
        ("a field of 200 KiB", HEAD + b"X: " + b"a" * 200000 + b"\r\n" + END, (b"", b"431", b"413")),
        ("50,000 fields", HEAD + b"X: a\r\n" * 50000 + END, (b"", b"431", b"413")),
        ("a path of 200 KiB", b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\nHost: localhost\r\n" + END, (b"", b"414", b"431")),
        ("10,000 parameters", b"GET /api/v1/decisions?" + b"a=b&" * 10000 + b" HTTP/1.1\r\nHost: localhost\r\n" + END,
         (b"", b"414", b"431", b"200")),
        ("no HTTP", b"\0\xff\x16\x03\x01 hello\r\n\r\n", (b"", b"400", b"403", b"404", b"405", b"505")),
        ("no request", b"\r\n" * 1000, (b"", b"400")),
        ("a body that is not asked for", HEAD + b"Content-Length: 100000\r\n" + END + b"x" * 100000, (b"", b"200")),
        ("a length that cannot be", HEAD + b"Content-Length: -1\r\n" + END, (b"", b"400", b"413")),
        ("pieces without an end", HEAD + b"Transfer-Encoding: chunked\r\n" + END + b"zz\r\n", (b"", b"400", b"200"))):
    try:
        answer = said(raw(data))
    except OSError:
        answer = b""
    check(what, answer[9:12] in codes, answer[:60])
serves("behind them")

# Byte by byte, and given up in the middle.
slow = raw(b"")
for i in range(0, len(HEAD + END)):
    slow.sendall((HEAD + END)[i:i + 1])
check("byte by byte", said(slow).startswith(b"HTTP/1.1 200 "))
for n in range(200):
    raw((HEAD + END)[:n % len(HEAD + END)]).close()
serves("behind those who went away")

# More than it takes who never get done, and of whom no silence tells: a byte at a time, for as long as
# others are answered. Who is cut off comes again.
def hold(data, places, until):
    held = [None] * places
    while not until.is_set():
        for i, s in enumerate(held):
            try:
                held[i] = s or socket.create_connection(("127.0.0.1", port), 1)
                held[i].settimeout(1)
                held[i].sendall(data)
            except OSError:
                held[i] = None
    for s in held:
        if s:
            s.close()


for what, data in (("half-open ones", b""), ("a byte at a time", b"G"), ("fields without an end", HEAD[:22] + b"X: a\r\n"),
                   ("answers that nobody reads", b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")):
    until = threading.Event()
    holder = threading.Thread(target=hold, args=(data, 300, until), daemon=True)
    holder.start()
    time.sleep(0.5)
    slowest = 0
    for n in range(10):
        start = time.monotonic()
        serves("beside 300 of " + what)
        slowest = max(slowest, time.monotonic() - start)
    until.set()
    holder.join()
    print("beside 300 of %s: %.0f ms at the most" % (what, slowest * 1000))
serves("behind the idle")
health = json.loads(ask("/healthz")[2])
check("and was not started anew", {p.get("starts", 1) for p in health["parts"].values()} == {1}, health)
print(checks, "checks of web.py, 0 failures")
