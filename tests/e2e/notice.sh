#!/bin/bash
# Notices, from the ledger to a real SMTP server (Postfix, a private instance on loopback, which
# delivers into a Maildir) and with answers of an RDAP server on loopback: drafted, approved, sent
# once, within limits, recorded; and what happens when something is changed, down, or crashes.
fill=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/postfix.sh"


# An RDAP server: files, and a redirect away from loopback.
mkdir -p rdap/rir/autnum rdap/rir/ip rdap/rir/entity
rdap_port=$(free_port)
base=http://127.0.0.1:$rdap_port
cat >rdap/asn.json <<-J
	{"version": "1.0", "services": [[["64500-64510"], ["$base/rir/"]]]}
J
cat >rdap/ipv4.json <<-J
	{"version": "1.0", "services": [[["198.51.100.0/24", "203.0.113.0/24"], ["$base/rir/"]]]}
J
card() {
	echo '"vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "'"$1"'"], ["email", {}, "text", "'"$2"'"]]]'
}
cat >rdap/rir/autnum/64500 <<-J
	{"objectClassName": "autnum", "handle": "AS64500", "name": "EXAMPLE", "entities": [
	{"objectClassName": "entity", "roles": ["registrant"], $(card Example office@desk.example.net), "entities": [
	{"objectClassName": "entity", "roles": ["abuse"], $(card 'Abuse Desk' abuse@desk.example.net)}]}]}
J
cat >rdap/rir/autnum/64501 <<-J
	{"objectClassName": "autnum", "entities": [{"roles": ["technical"], $(card NOC noc@desk.example.net)}],
	"remarks": [{"description": ["abuse: remark@desk.example.net"]}]}
J
echo '{"objectClassName": "ip network", "entities": []}' >rdap/rir/ip/203.0.113.7
cat >rdap.py <<-'P'
	import http.server, sys
	class Handler(http.server.SimpleHTTPRequestHandler):
	    def do_GET(self):
	        with open("../rdap.log", "a") as log:
	            print(self.path, file=log)
	        if self.path == "/rir/autnum/64502":
	            self.send_response(302)
	            self.send_header("Location", "http://192.0.2.1/steal")
	            self.end_headers()
	        elif self.path == "/rir/autnum/64503":
	            self.send_response(200)
	            self.end_headers()
	            self.wfile.write(b"[" * 3000000)
	        else:
	            super().do_GET()
	    def log_message(self, *a):
	        pass
	http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
P
(cd rdap && exec python3 ../rdap.py "$rdap_port") &
jobs_of_mine+=($!)
waits answers "$rdap_port"

# A Postfix of our own: one port on loopback, everything for desk.example.net into a Maildir.
postfix_set_up relay.example.org 'desk.example.net, own.example.net'
cat >>pf/main.cf <<-C
	smtpd_tls_security_level = may
	smtpd_tls_cert_file = $work/pf/cert.pem
	smtpd_tls_key_file = $work/pf/key.pem
C
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=relay \
	-addext subjectAltName=IP:127.0.0.1 -keyout pf/key.pem -out pf/cert.pem 2>pf/openssl.log ||
	fail "no certificate" "$(cat pf/openssl.log)"
postfix_start
arrived() { find "$work/pf/mail" -path '*/new/*' -type f | wc -l; }
has_arrived() { [ "$(arrived)" -ge "$1" ]; }

# A ledger: spam from one network by our own mail, and what a list says of three.
cat >net.csv <<-C
	198.51.100.0,198.51.100.255,64500,Example Net
	203.0.113.0,203.0.113.127,64501,Silent Net
	203.0.113.128,203.0.113.255,64502,Other Net
C
today=$(date -u +%F)
cordon 0 net import --date "$today" net.csv
cat >cordon.conf <<-C
	notice_from = "abuse@mx.example.org"
	notice_name = "Example Mail"
	notice_relay = "smtp://127.0.0.1:$smtp_port"
	notice_tls = "must"
	notice_ca_file = "$work/pf/cert.pem"
	notice_contacts = "$work/contacts"
	rdap_bootstrap = "$base"
	ledger_name = "mx.example.org/cordon"
C
echo '# ours' >contacts
cat >spam.eml <<-'M'
	Received: from pc.example.net (pc.example.net [198.51.100.9])
		by mx.example.org (Postfix) with ESMTP id 4ABC for <mairead@example.org>;
		Mon, 23 Nov 2026 10:00:00 +0000
	From: Someone <someone@victim.example.com>
	To: Mairead <mairead@example.org>
	Subject: Mairead, you won
	Message-ID: <mairead.1@pc.example.net>
	X-Mailer: Mass 1.0

	Dear Mairead
M
now=$(date +%s)
for host in 198.51.100.1 198.51.100.2 198.51.100.3; do
	echo "$((now - 86400)) c2 c2list $host 443 -"
done >lines
echo "$((now - 3600)) spam mail 198.51.100.9 0 spam.eml" >>lines
echo "$((now - 7200)) spam mail 198.51.100.9 0 -" >>lines
echo "$((now - 3600)) spam droplist 203.0.113.7 0 -" >>lines
echo "$((now - 3600)) spam droplist 203.0.113.200 0 -" >>lines
run 0 "$fill" state <lines || finish

# Drafting asks the registry once, and stores.
cordon 0 notice draft AS64500
prints '^Notice n-[0-9]{8}-as64500-1, a draft, to abuse@desk\.example\.net$'
prints 'registry.s answer of .* about AS64500 names it for abuse \(Abuse Desk\)'
prints '198\.51\.100\.1 port 443: a command server of a botnet, 1 time'
prints 'Nothing was sent'
equal "questions" "$(tr '\n' ' ' <rdap.log)" '/asn.json /rir/autnum/64500 '
name=$(sed -n 's/^Notice \(n-[a-z0-9-]*\),.*/\1/p' "$out")
cordon 0 notice draft --json AS64500
equal "asked again" "$(wc -l <rdap.log)" 2
equal "the second name" "$(jq -r .notice "$out")" "${name%-1}-2"
equal "contact" "$(jq -r '.contact + " " + .recipients[0]' "$out")" 'network abuse@desk.example.net'
cordon 1 notice draft AS64999
says 'AS64999: the ledger has no abuse seen there'

# Without a contact it says so, shows the words, keeps nothing, and never takes a remark.
cordon 1 notice draft AS64501
says 'AS64501 has no address to write to: .*names no contact for abuse; there are addresses for: technical'
prints '^To the abuse desk of AS64501,$'
cordon 0 notice list AS64501
prints '^There are no notices\.$'
cordon 1 notice draft --offline AS64502
says 'nobody is asked offline'
cordon 1 notice draft AS64502
says 'is not asked; registries are spoken to by https alone|leads to an address'
echo 'AS64501 desk@own.example.net' >>contacts
questions=$(wc -l <rdap.log)
cordon 0 notice draft --json AS64501
equal "the own list" "$(jq -r '.contact + " " + .recipients[0]' "$out")" 'list desk@own.example.net'
equal "asked in spite of it" "$(wc -l <rdap.log)" "$questions"
echo 'AS64502 none' >>contacts
cordon 1 notice draft AS64502
says 'AS64502 is not to be written to$'
echo 'AS64502 nonsense' >>contacts
cordon 1 notice draft AS64502
says 'contacts:4: .nonsense. is no mail address'
sed -i '$d' contacts

# Only what was approved goes, and only as it was approved.
cordon 1 notice send "$name"
prints 'not approved'
cordon 0 notice send
prints '^Nothing is approved'
cordon 0 notice approve "$name"
prints '^From abuse@mx\.example\.org, to abuse@desk\.example\.net:$'
prints '^Subject: \[n-.*\] abuse from AS64500:$'
prints 'approved as it is'
cp "state/notices/$name/mail.eml" mail.eml
sed -i 's/a command server/a nice server/' "state/notices/$name/mail.eml"
cordon 1 notice send "$name"
prints 'changed since it was approved'
cordon 0 notice list
prints "$name .*changed since it was approved"
cp mail.eml "state/notices/$name/mail.eml"
sed -i 's/abuse@desk/other@desk/' "state/notices/$name/notice.json"
cordon 1 notice send
prints "^$name: it was changed since"
cordon 1 notice send "$name"
prints 'changed since it was approved'
sed -i 's/other@desk/abuse@desk/' "state/notices/$name/notice.json"

# The relay is down: told, nothing lost.
mv cordon.conf good.conf
sed "s/127.0.0.1:$smtp_port/127.0.0.1:1/" good.conf >cordon.conf
cordon 1 notice send "$name"
prints 'not sent: smtp://127\.0\.0\.1:1: .*nothing was sent'
cordon 0 notice list
prints "$name .*approved; to abuse@desk"
# It refuses: told, and stays approved.
cp good.conf cordon.conf
cp "state/notices/$name/notice.json" kept.json
sed -i 's/"abuse@desk.example.net"/"abuse@elsewhere.example.com"/' "state/notices/$name/notice.json"
cordon 0 notice approve -q "$name"
cordon 1 notice send "$name"
prints 'the relay refuses: 5'
cp kept.json "state/notices/$name/notice.json"
cordon 0 notice approve -q "$name"
equal "mails so far" "$(arrived)" 0

# Under "must" only to a relay whose certificate is known.
grep -v notice_ca_file cordon.conf >stranger.conf
cordon 1 notice send --config stranger.conf "$name"
prints 'not sent: .*(SSL|certificate).*nothing was sent'

# It goes, once.
cordon 0 notice send
prints "^$name: sent; the relay says: 250 2\.0\.0 Ok: queued as"
waits has_arrived 1
cordon 0 notice send "$name"
prints 'it was sent'
cordon 0 notice send
prints '^Nothing is approved'
equal "mails" "$(arrived)" 1
find pf/mail -path '*/new/*' -type f -exec cp {} arrived.eml \;
run 0 python3 - arrived.eml "$name" <<-'P'
	import email, email.policy, json, sys
	m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
	name = sys.argv[2]
	assert m["From"].addresses[0].addr_spec == "abuse@mx.example.org", m["From"]
	assert m["From"].addresses[0].display_name == "Example Mail"
	assert m["To"].addresses[0].addr_spec == "abuse@desk.example.net"
	assert "with ESMTPS id" in m["Received"], m["Received"]
	assert name in m["Subject"] and "AS64500" in m["Subject"]
	assert m["Message-ID"].startswith("<" + name)
	parts = list(m.walk())
	assert not any(p.defects for p in parts), [p.defects for p in parts]
	text = parts[1].get_content()
	assert "To the abuse desk of AS64500" in text and name in text
	assert max(map(len, text.splitlines())) <= 78
	reports = [json.loads(p.get_content()) for p in parts if p.get_filename() == "xarf.json"]
	assert [r["source_identifier"] for r in reports] == ["198.51.100.%d" % i for i in (1, 2, 3, 9)]
	assert [r["category"] + "/" + r["type"] for r in reports] == ["infrastructure/botnet"] * 3 + ["messaging/spam"]
	feedback = [p for p in parts if p.get_content_type() == "message/feedback-report"]
	kinds = [p.get_payload(0)["Feedback-Type"] for p in feedback]
	assert kinds == ["xarf"] * 4 + ["abuse"], kinds
	assert feedback[-1].get_payload(0)["Source-IP"] == "198.51.100.9"
	assert feedback[-1].get_payload(0)["Incidents"] == "2"
	headers = [p for p in parts if p.get_content_type() == "text/rfc822-headers"][0].get_payload(decode=True).decode()
	assert "from pc.example.net (pc.example.net [198.51.100.9])" in headers, headers
	whole = b"".join(p.get_payload(decode=True) or b"" for p in parts) + m.as_bytes()
	for secret in (b"mairead", b"someone@", b"you won", b"4ABC"):
	    assert secret.lower() not in whole.lower(), secret
	csv = [p for p in parts if p.get_filename() == "hosts.csv"][0].get_content()
	assert csv.splitlines()[1].startswith("198.51.100.1,443,c2,1,"), csv
	for p in parts:
	    if (p.get_filename() or "").startswith("record-"):
	        content = p.get_content()
	        open(p.get_filename(), "wb").write(content if isinstance(content, bytes) else content.encode())
P
# What it came with can be checked by whoever has the key alone.
record=$(find . -maxdepth 1 -name 'record-*.json' | sort | head -1)
key=$(cat state/ledger/log/key)
echo "$key" >vkey
cordon 0 ledger check --key vkey "$record" "${record%.json}.proof"
sed -i 's/"c2"/"c3"/' "$record"
cordon 1 ledger check --key vkey "$record" "${record%.json}.proof"

# The ledger has it, and limits hold.
cordon 0 notice list AS64500
prints "$name .* sent; no answer; 0 sightings since"
second=${name%-1}-2
cordon 0 notice approve -q "$second"
cordon 1 notice send "$second"
prints "not sent: AS64500 was written to about AS64500 by $name, and gets one notice in 14 days"
echo 'notice_network_days = 0
notice_contact_daily = 1' >>cordon.conf
cordon 1 notice send "$second"
prints 'got 1 within a day, and no more than 1 may go'
echo 'notice_contact_daily = 9
notice_hourly = 1' >>cordon.conf
cordon 1 notice send "$second"
prints '1 notice went within the hour'
equal "mails" "$(arrived)" 1
cp good.conf cordon.conf
echo 'notice_network_days = 0' >>cordon.conf

# A relay that breaks off when it has the mail: it may have been sent, and goes again only if told to.
broken_port=$(free_port)
cat >broken.py <<-'P'
	import os, signal, socket, sys
	s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
	def serve(f):
	    def say(t):
	        f.write(t + b"\r\n")
	        f.flush()
	    say(b"220 broken")
	    data = False
	    for line in f:
	        if data:
	            if line == b".\r\n":
	                if len(sys.argv) > 2:
	                    os.kill(int(open(sys.argv[2]).read()), signal.SIGKILL)
	                return
	        elif line[:4] == b"DATA":
	            data = True
	            say(b"354 go on")
	        else:
	            say(b"250 ok")
	while True:
	    c, _ = s.accept()
	    try:
	        with c, c.makefile("rwb") as f:
	            serve(f)
	    except OSError:
	        pass  # whoever only looked whether it answers
P
python3 broken.py "$broken_port" &
jobs_of_mine+=($!)
waits answers "$broken_port"
sed "s/127.0.0.1:$smtp_port/127.0.0.1:$broken_port/" cordon.conf >broken.conf
cordon 1 notice send --config broken.conf "$second"
prints 'not sent: .*nothing was sent' # it has no TLS
sed -i 's/"must"/"never"/' broken.conf
cordon 1 notice send --config broken.conf "$second"
prints 'it may have been sent'
cordon 1 notice send
prints "$second: it may have been sent at .*--again sends it once more"
equal "mails" "$(arrived)" 1
cordon 0 notice list
prints "$second .*may have been sent"
cordon 0 notice send --again "$second"
prints "^$second: sent"
waits has_arrived 2

# Killed when the relay had the mail and had not answered yet.
cordon 0 notice draft --json AS64500
third=$(jq -r .notice "$out")
cordon 0 notice approve -q "$third"
killer_port=$(free_port)
python3 broken.py "$killer_port" "$work/pid" &
jobs_of_mine+=($!)
waits answers "$killer_port"
sed "s/127.0.0.1:$smtp_port/127.0.0.1:$killer_port/; s/\"must\"/\"never\"/" cordon.conf >killer.conf
run 137 bash -c 'echo $$ >pid; exec "$0" notice send --config killer.conf "$1"' "$CORDON" "$third"
cordon 1 notice send "$third"
prints 'it may have been sent at'
# Killed when it was accepted and not yet recorded: recorded now, and not sent.
echo "$(date +%s) 250 ok" >"state/notices/$third/accepted"
cordon 0 notice send
prints "^$third: it was sent before, and is recorded now"
equal "mails" "$(arrived)" 2
cordon 0 notice list --json AS64500
equal "sent" "$(jq -r 'select(.state == "sent") | .notice' "$out" | sort | tr '\n' ' ')" "$name $second $third "

# A relay that wants to know who we are.
cat >auth.py <<-'P'
	import base64, socket, sys
	s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
	while True:
	    c, _ = s.accept()
	    try:
	        with c, c.makefile("rwb") as f:
	            def say(t):
	                f.write(t + b"\r\n")
	                f.flush()
	            say(b"220 auth")
	            data = known = False
	            for line in f:
	                word = line[:4].upper()
	                if data:
	                    data = line != b".\r\n"
	                    if not data:
	                        say(b"250 taken")
	                elif word == b"EHLO":
	                    say(b"250-auth\r\n250 AUTH PLAIN")
	                elif word == b"AUTH":
	                    say(b"334 ")
	                    known = f.readline().strip() == base64.b64encode(b"\0desk\0se cret")
	                    say(b"235 ok" if known else b"535 5.7.8 no")
	                elif word == b"DATA":
	                    data = True
	                    say(b"354 go on")
	                elif word == b"QUIT":
	                    say(b"221 bye")
	                    break
	                else:
	                    say(b"250 ok" if known else b"530 5.7.0 who are you")
	    except OSError:
	        pass
P
auth_port=$(free_port)
python3 auth.py "$auth_port" &
jobs_of_mine+=($!)
waits answers "$auth_port"
sed "s/127.0.0.1:$smtp_port/127.0.0.1:$auth_port/; s/\"must\"/\"never\"/" cordon.conf >auth.conf
cat >>auth.conf <<-C
	notice_user = "desk"
	notice_password_file = "$work/password"
C
other=$(jq -r 'select(.state == "draft" and .asn == 64501) | .notice' <("$CORDON" notice list --json))
cordon 0 notice approve -q "$other"
cordon 2 notice send --config auth.conf "$other"
echo 'wrong' >password
cordon 1 notice send --config auth.conf "$other"
prints 'the relay refuses: 535|Login denied'
echo 'se cret' >password
cordon 0 notice send --config auth.conf "$other"
prints 'the relay says: 250 taken'
sed "s/127.0.0.1:$auth_port/192.0.2.1:25/; s/\"never\"/\"may\"/" auth.conf >away.conf
cordon 2 notice send --config away.conf "$other"
says 'a password goes to smtp://192\.0\.2\.1:25 only under notice_tls = "must"'

# Answers.
printf 'From: abuse@desk.example.net\r\nSubject: ticket 7\r\n\r\nwe look\r\n' >reply.eml
cordon 0 notice answer "$name" receipt
cordon 0 notice answer "$name" promised --file reply.eml
prints "^$name: they say that they will look at it: recorded$"
cordon 0 notice answer "$name" promised --file reply.eml
prints 'has that already'
cordon 1 notice answer n-1 acted
cordon 2 notice answer "$name" maybe
cordon 0 notice list AS64500
prints "$name .* sent; they say that they will look at it"
run 1 grep -rl 'ticket 7' state

# Upstreams: not before it is time.
cordon 1 notice draft --to upstreams AS64500
says 'was written to 0 days ago, and has 14 .*--early'
cordon 1 notice draft --to upstreams AS64502
says 'AS64502 itself was not written to yet'
printf '64510|64500|-1\n64509|64500|-1\n64510|64508|-1\n' >links.txt
cordon 0 net import --date "$today" links.txt
printf 'AS64510 up@own.example.net\nAS64509 up2@own.example.net\n' >>contacts
echo 'the letter' >letter.txt
cordon 0 notice draft --to upstreams --early --attach letter.txt --json AS64500
equal "upstreams" "$(jq -r '"\(.to) \(.recipients[0])"' "$out" | tr '\n' ' ')" \
	'64510 up@own.example.net 64509 up2@own.example.net '
jq -r 'select(.to == 64510) | .words' "$out" >words
up=$(jq -r 'select(.to == 64510) | .notice' "$out")
run 0 grep -q '^you carry traffic of AS64500' words
run 0 grep -q "^  $today, to AS64500 ($name): they say" words
cordon 0 notice approve -q "$up"
cordon 0 notice send "$up"
waits has_arrived 3
grep -rl 'filename="letter.txt"' pf/mail >attached
equal "with a file" "$(wc -l <attached)" 1
run 0 python3 - "$(cat attached)" <<-'P'
	import email, email.policy, sys
	m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
	files = {p.get_filename(): p.get_content() for p in m.walk() if p.get_filename()}
	assert files["letter.txt"] == b"the letter\n"
	assert files["case-as64500.pdf"].startswith(b"%PDF-")
	for name in ("case-as64500.pdf", "case-as64500.records.txt", "case-as64500.note"):
	    open(name, "wb").write(files[name])
P
cordon 0 ledger key
cp "$out" thekey
cordon 0 ledger check --key thekey --case case-as64500.note
prints '^2 files are byte for byte'
cordon 0 ledger check --key thekey case-as64500.records.txt
printf x >>case-as64500.pdf
cordon 1 ledger check --key thekey --case case-as64500.note
says 'case-as64500.pdf: was changed'

# A hostile registry: too much is cut off, and nothing of it is kept.
sed -i 's/64502,Other Net/64503,Other Net/' net.csv
cordon 0 net import --date "$today" net.csv
run 0 "$fill" state <<<"$now spam droplist 203.0.113.201 0 -"
cordon 1 notice draft AS64503
says 'answers with more than|too big'
[ ! -e state/rdap/as64503 ] || fail "the answer was kept"
finish
