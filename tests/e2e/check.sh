#!/bin/bash
# The gate for rspamd's clients: the real rspamc checks, teaches and asks; Exim's side of the older
# protocol, as its source has it; a UNIX socket; and clients that mean ill.
gate_alone=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
gate_pid=
server=
trap 'kill -9 $gate_pid $server 2>/dev/null; rm -rf "$work"' EXIT
command -v rspamc >/dev/null || skip "there is no rspamc"
port=$(free_port)
# gate ADDRESS SETTING...: a gate with these settings that is asked there.
gate() {
	local at=$1
	shift
	printf '%s\n' "$@" >gate.conf
	[ -z "$gate_pid" ] || { kill -9 "$gate_pid"; wait "$gate_pid"; } 2>/dev/null
	CORDON_STARTER=$top/share/starter.model "$gate_alone" -c gate.conf ${zone:+-z "$zone"} -H "$at" \
		state "127.0.0.1:$(free_port)" >told 2>gate.err &
	gate_pid=$!
	case $at in
	/*) waits curl -s --unix-socket "$at" http://localhost/ping ;;
	*) waits curl -s "http://$at/ping" ;;
	esac
}
cat >ham.eml <<-'M'
	From: Ann Meier <ann@friend.example.net>
	To: Joe <joe@example.org>
	Subject: Minutes of the meeting
	Date: Mon, 23 Nov 2026 10:00:00 +0100
	Message-ID: <20261123.1@friend.example.net>
	MIME-Version: 1.0
	Content-Type: text/plain; charset=us-ascii
	X-Spam-Flag: YES
	Authentication-Results: mx.example.org; dkim=pass header.d=bank.example
	Authentication-Results: other.example.com; dkim=pass header.d=friend.example.net
	X-Cordon: ham;
	 forged
	X-Spam-Flag: NO

	Hello Joe,

	here are the minutes, as we said on Thursday. Tell me what I forgot.

	Ann
M
spam_message >spam.eml
client=(-i 192.0.2.7 -F may@friend.example.net -r joe@example.org -r ann@example.org --helo mail.example.net
	--hostname mail.example.net)
told() {
	checks=$((checks + 1))
	waits grep -qE -e "$1" told
}
json() { # EXPRESSION: of what rspamc said last
	checks=$((checks + 1))
	jq -e "$1" "$out" >/dev/null || fail "it does not hold: $1" "$(head -c 1500 "$out")"
}

# The real client: what it prints, and what the gate knows of the envelope.
gate "127.0.0.1:$port" 'on_spam = reject'
run 0 rspamc -h "127.0.0.1:$port" "${client[@]}" --header 'Queue-Id=4ABC' spam.eml
prints '^Action: reject$'
prints '^Spam: true$'
prints '^Score: [0-9.]+ / 15\.00$'
prints '^Symbol: wording/prize \([0-9.]+\)'
prints '^Message-ID: won@198\.51\.100\.7$'
prints '^Queue-ID: 4ABC$'
prints '^Message - smtp_message: judged spam; if that is wrong, tell the postmaster: id [0-9a-z]{16}$'
told '^decided id=.* action=reject verdict=spam outgoing=0 .*queue=4ABC user= from=<may@friend.example.net> rcpts=2\+0 to=<joe@example.org> message=<won@198'
told '^abuse kind=(spam|phish) where=192\.0\.2\.7/32 '
equal "its id in the answer and with the keeper" "$(sed -nE 's/.*postmaster: id ([0-9a-z]{16})$/\1/p' "$out")" \
	"$(sed -nE 's/^decided id=([^ ]*) .*/\1/p' told)"
run 0 rspamc -h "127.0.0.1:$port" "${client[@]}" ham.eml
prints '^Action: no action$'
prints '^Spam: false$'
for how in check symbols report; do
	run 0 rspamc -h "127.0.0.1:$port" "$how" spam.eml
	prints '^Action: reject$'
done

# As JSON: the score and its parts, and what is to be changed in the head.
run 0 rspamc -h "127.0.0.1:$port" "${client[@]}" --json spam.eml
json '.is_skipped == false and .required_score == 15 and .score >= 15 and .thresholds.reject == 15'
json '([.symbols[].score] | add) - .score | fabs < 0.011'
json '.symbols["wording/prize"].description | length > 10'
json '.milter.add_headers["X-Spam-Flag"].value == "YES"'
run 0 rspamc -h "127.0.0.1:$port" "${client[@]}" --json ham.eml
json '.score < 15 and (.milter.add_headers | has("X-Spam-Flag") | not)'
json '.milter.add_headers["X-Cordon"].value | test("^(ham|unsure); p=0\\.[0-9]{4}; id=[0-9a-z]{16}$")'
json '.milter.remove_headers == {"Authentication-Results": 1, "X-Cordon": 1, "X-Spam-Flag": [2, 1]}'

# Our own users.
run 0 rspamc -h "127.0.0.1:$port" "${client[@]}" -u joe --json spam.eml
json '.action == "soft reject" and .milter == {}'
told 'action=tempfail verdict=spam outgoing=1 .* user=joe '

# Stored mail is judged as it stands: nobody is accused of it.
before=$(grep -c ^abuse told)
run 0 rspamc -h "127.0.0.1:$port" spam.eml
prints '^Action: reject$'
equal "sightings of stored mail" "$(grep -c ^abuse told)" "$before"

# Teaching; what is known already is said so.
run 0 rspamc -h "127.0.0.1:$port" learn_spam spam.eml
prints '^success = true;$'
told '^lesson spam features=[0-9]'
run 0 rspamc -h "127.0.0.1:$port" learn_spam spam.eml
prints '^error = "it has been already learned as spam";$'
equal "HTTP's status of that" 208 \
	"$(curl -s -o /dev/null -w '%{http_code}' --data-binary @spam.eml "http://127.0.0.1:$port/learnspam")"
run 0 rspamc -h "127.0.0.1:$port" learn_ham ham.eml
prints '^success = true;$'
told '^lesson ham features=[0-9]'

# The counters.
# What it does not take, it says so to, and nobody waits.
run 1 timeout 20 rspamc -h "127.0.0.1:$port" -z spam.eml
prints '^HTTP error: 415, Unsupported Media Type$'
run 1 timeout 20 rspamc -h "127.0.0.1:$port" --key ghxpf4snua4xxdagmw3cd6bo4j76siygqhweh71sjxopgq916zpy spam.eml
prints '^HTTP parser internal error'
run 0 rspamc -h "127.0.0.1:$port" stat
prints '^Messages scanned: 9$'
prints '^Messages with action reject: 6, 66\.67%$'
prints '^Messages treated as spam: 7,'
run 0 curl -s "http://127.0.0.1:$port/ping"
prints '^pong.$'

# Each action has rspamd's name.
for action in 'accept:add header' 'tag:rewrite subject' 'quarantine:quarantine' 'tempfail:soft reject' 'discard:discard'; do
	gate "127.0.0.1:$port" "on_spam = ${action%%:*}" 'tag = "[junk] "'
	run 0 rspamc -h "127.0.0.1:$port" "${client[@]}" --json spam.eml
	json ".action == \"${action#*:}\""
	case $action in
	tag*) json '.subject == "[junk] URGENT!!! YOU WON $$$ 100% FREE"' ;;
	*) json 'has("subject") | not' ;;
	esac
done

# Who it is from is looked at when the client is known.
cat >zone <<-Z
	friend.example.net.         TXT "v=spf1 ip4:192.0.2.7 -all"
	_dmarc.friend.example.net.  TXT "v=DMARC1; p=reject"
	7.2.0.192.in-addr.arpa.     PTR mail.example.net.
	mail.example.net.           A 192.0.2.7
Z
zone=zone
gate "127.0.0.1:$port" 'on_spam = reject'
run 0 rspamc -h "127.0.0.1:$port" "${client[@]}" --json ham.eml
json '.milter.add_headers["Authentication-Results"].value | startswith("mx.example.org;\n\t")'
json '.milter.add_headers["Authentication-Results"].value | contains("\tspf=pass smtp.mailfrom=")'
json '.milter.add_headers["Authentication-Results"].value | contains("\tdmarc=pass header.from=")'
run 0 rspamc -h "127.0.0.1:$port" -i 192.0.2.8 -F may@friend.example.net --json ham.eml
json '.action == "reject" and (.messages.smtp_message | startswith("fails DMARC"))'
zone=

# A UNIX socket; then what Exim 4.96 sends with variant=rspamd (spam.c), and how it reads the answer.
gate "$work/check" 'on_spam = reject'
run 0 curl -s --unix-socket "$work/check" --data-binary @spam.eml http://localhost/checkv2
json '.action == "reject"'
run 0 python3 - "$work/check" spam.eml <<-'P'
	import re, socket, sys
	message = b"X-Envelope-From: <may@friend.example.net>\nX-Envelope-To: joe@example.org\n" + open(sys.argv[2], "rb").read()
	s = socket.socket(socket.AF_UNIX)
	s.connect(sys.argv[1])
	s.sendall(b"CHECK RSPAMC/1.3\r\nContent-length: %d\r\nQueue-Id: 1tExim-0001\r\nFrom: <may@friend.example.net>\r\n"
	    b"Recipient-Number: 2\r\nRcpt: <joe@example.org>\r\nRcpt: <ann@example.org>\r\nHelo: mail.example.net\r\n"
	    b"Hostname: mail.example.net\r\nIP: 192.0.2.7\r\n\r\n" % len(message))
	s.sendall(message)
	got = b""
	while piece := s.recv(4096):
	    got += piece
	assert len(got) < 32600
	# sscanf "RSPAMD/%7s 0 EX_OK\r\nMetric: default; %7s %lf / %lf / %lf\r\n%n", then "Action: " to CR
	m = re.match(rb"RSPAMD/(\S{1,7}) 0 EX_OK\s+Metric: default; (\S{1,7}) ([0-9.-]+) / ([0-9.-]+) / ([0-9.-]+)\s+", got)
	assert m and m[2] == b"True;" and float(m[3]) >= float(m[4]) == float(m[5]) == 15, got
	action = got[m.end():]
	assert action.startswith(b"Action: reject\r\n") and b"\nSymbol: wording/prize(" in action
P
told 'action=reject verdict=spam .*queue=1tExim-0001 user= from=<may@friend.example.net> rcpts=2\+0 to=<joe@example.org>'
told '^abuse kind=(spam|phish) where=192\.0\.2\.7/32 '

gate "127.0.0.1:$port" 'on_spam = reject' 'judge_bytes = 65536'
run 0 python3 "$here/check_hostile.py" "$port" spam.eml
cat "$err" >&2
checks=$((checks + 1))
kill -0 "$gate_pid" || fail "the gate did not outlive its clients" "$(cat gate.err)"
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
gate_pid=

# The gateway as a whole, in its sandbox: asked, taught for good, and told without names.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
chmod 755 "$work"
cat >serve.conf <<-C
	user = "nobody"
	milter = "127.0.0.1:$(free_port)"
	check = "127.0.0.1:$port"
	web = ""
	dns = {"127.0.0.1@1"}
	dns_milliseconds = 100
	hash_addresses = true
C
"$CORDON" serve -c serve.conf -s "$work/gateway" 2>log &
server=$!
waits grep -q '^cordon: ready' log
run 0 rspamc -h "127.0.0.1:$port" "${client[@]}" ham.eml
prints '^Action: no action$'
run 0 rspamc -h "127.0.0.1:$port" learn_spam spam.eml
prints '^success = true;$'
run 0 rspamc -h "127.0.0.1:$port" learn_spam spam.eml
prints '^error = "it has been already learned as spam";$'
run 0 rspamc -h "127.0.0.1:$port" learn_ham spam.eml
prints '^success = true;$'
# As sieve pipes to it: the script of docs/gateway.md, as it stands there.
sed -n '/^## What users move/,/^## What mail/s/^\t//p' "$top/docs/gateway.md" |
	sed "s/127\.0\.0\.1:7351/127.0.0.1:$port/" >cordon-learn
chmod +x cordon-learn
run 0 ./cordon-learn spam <spam.eml
run 0 ./cordon-learn spam <spam.eml
run 22 ./cordon-learn soup <spam.eml
run 0 rspamc -h "127.0.0.1:$port" stat
prints '^Messages scanned: 1$'
prints '^Messages learned: 3$'
run 0 python3 - "$port" ham.eml <<-'P'
	import socket, sys
	message = open(sys.argv[2], "rb").read()
	s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
	s.sendall(b"CHECK RSPAMC/1.3\r\nContent-length: %d\r\nIP: 192.0.2.7\r\nFrom: <a@b.example>\r\n\r\n" % len(message) + message)
	assert s.recv(4096).startswith(b"RSPAMD/1.3 0 EX_OK\r\n")
P
logged() { [ "$("$CORDON" log --json -s "$work/gateway" "$@" | wc -l)" = "$want" ]; }
checks=$((checks + 2))
want=2
waits logged
want=1
waits logged --sender may@friend.example.net
cordon 0 log --json -s "$work/gateway" --sender may@friend.example.net
json '.by == "http" and (.sender | test("^~[0-9a-f]{16}@friend\\.example\\.net$"))'
json '[.recipients[] | test("^~[0-9a-f]{16}@example\\.org$")] == [true, true]'
checks=$((checks + 1))
grep -a -l -e may@friend -e joe@example -e ann@example "$work"/gateway/decisions.db* && fail "there are addresses in the decisions"
mails=("$sample"/mail/*.eml)
run 0 rspamc -h "127.0.0.1:$port" "${mails[@]}"
equal "messages of the sample that were judged" "$(grep -c '^Action: ' "$out")" "${#mails[@]}"
kill -TERM "$server"
wait "$server"
equal "exit code of a gateway that was told to end" "$?" 0
equal "what it said of deaths" "$(grep -cE 'died|system call|no sign of life|did not stop' log)" 0
server=
finish
