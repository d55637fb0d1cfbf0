#!/bin/bash
# The gate behind a real mail server: Postfix (a private instance on loopback) asks it over the milter
# protocol, swaks hands mail in as clients that it names by XCLIENT, and Postfix delivers to a Maildir.
# Every action by policy, our own users, an end of ours in the middle of it, and what the keeper hears.
gate_alone=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/postfix.sh"
command -v swaks >/dev/null && command -v miltertest >/dev/null || skip "there is no swaks, or no miltertest"


gate_port=$(free_port)
postfix_set_up mx.example.org example.org
cat >>pf/main.cf <<-C
	smtpd_authorized_xclient_hosts = 127.0.0.1
	smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
	smtpd_milters = inet:127.0.0.1:$gate_port
	milter_default_action = accept
	milter_connect_timeout = 2s
	milter_command_timeout = 5s
	milter_content_timeout = 10s
C
postfix_start

# gate SETTING...: a gate with these settings, in place of the one before.
gate_pid=
gate() {
	printf '%s\n' "$@" >gate.conf
	[ -z "$gate_pid" ] || { kill -9 "$gate_pid"; wait "$gate_pid"; } 2>/dev/null
	: >told
	CORDON_STARTER=$top/share/starter.model "$gate_alone" -c gate.conf ${zone:+-z "$zone"} \
		state "127.0.0.1:$gate_port" >told 2>gate.err &
	gate_pid=$!
	jobs_of_mine+=("$gate_pid")
	waits answers "$gate_port"
}
cat >ham.eml <<-'M'
	From: Ann Meier <ann@friend.example.net>
	To: Joe <joe@example.org>
	Subject: Minutes of the meeting
	Date: Mon, 23 Nov 2026 10:00:00 +0100
	Message-ID: <20261123.1@friend.example.net>
	User-Agent: Mutt/2.2.9
	MIME-Version: 1.0
	Content-Type: text/plain; charset=us-ascii
	X-Spam-Flag: YES
	X-Cordon: ham; forged
	Authentication-Results: mx.example.org; dkim=pass header.d=bank.example
	Authentication-Results: other.example.com; dkim=pass header.d=friend.example.net

	Hello Joe,

	here are the minutes, as we said on Thursday. Tell me what I forgot.

	Ann
M
spam_message >spam.eml
# mail FILE CODE [OPTION...]: hands it in as a client of the outside; SMTP's last answer is in $out.
mail() {
	local file=$1 code=$2
	shift 2
	run "$code" swaks --server 127.0.0.1 --port "$smtp_port" --from a@friend.example.net --to joe@example.org \
		--xclient-addr 192.0.2.7 --xclient-name mail.example.net --helo mail.example.net \
		--data - --suppress-data "$@" <"$file"
}
arrived() { find pf/mail -path '*/new/*' -type f | wc -l; }
has_arrived() { [ "$(arrived)" -ge "$1" ]; }
newest() { find pf/mail -path '*/new/*' -type f -printf '%T@ %p\n' | sort -n | tail -1 | cut -d ' ' -f 2; }
held() { postqueue -c "$work/pf" -j | jq -r 'select(.queue_name == "hold") | .queue_id'; }
told() { # REGEX: within some seconds the keeper was told so
	checks=$((checks + 1))
	waits grep -qE -e "$1" told || { fail "the keeper was not told /$1/" "$(tail -3 told)"; }
}
arrives() { # N: so many are there by now; the newest is in $new
	checks=$((checks + 1))
	waits has_arrived "$1" || fail "mail $1 did not arrive" "$(tail -3 pf/log)"
	new=$(newest)
}
has() { # REGEX FILE [TIMES]: lines of the head
	checks=$((checks + 1))
	[ "$(sed '/^$/q' "$2" | grep -cE -e "$1")" = "${3:-1}" ] ||
		fail "the head has not ${3:-1} times /$1/" "$(sed '/^$/q' "$2" | head -30)"
}

# Ham is let in, with our word on top and the outside's words about itself taken out.
gate 'on_spam = reject'
mail ham.eml 0
arrives 1
has '^X-Cordon: (ham|unsure); p=0\.[0-9]{4}; id=[0-9a-hjkmnp-tv-z]{16}$' "$new"
has '^X-Cordon:' "$new"
has '^X-Spam-Flag:' "$new" 0
has '^Authentication-Results: mx\.example\.org; dkim=pass' "$new" 0
has '^Authentication-Results: other\.example\.com' "$new"
told 'action=accept .*outgoing=0 unjudged=0 .*from=<a@friend.example.net> rcpts=1\+0 to=<joe@example.org> message=<20261123.1@'
equal "its id in the mail and with the keeper" "$(sed -n 's/^X-Cordon: .*id=//p' "$new")" \
	"$(sed -n 's/^decided id=\([^ ]*\).*/\1/p' told)"
equal "its queue id" "$(sed -nE 's/^decided .* queue=([^ ]*).*/\1/p' told)" \
	"$(sed -nE '/^Received/,/^[^ \t]/s/.*Postfix\) with ESMTP id ([^ ;]*).*/\1/p' "$new" | head -1)"

# Spam is refused with a sentence and an id, and is a sighting of who handed it in.
mail spam.eml 26
prints '550 5\.7\.1 .*unwanted mail\. If that is wrong, tell the postmaster: id [0-9a-z]{16}'
told 'abuse kind=(spam|phish) where=192\.0\.2\.7/32 .* raw=[0-9]+'
told 'action=reject verdict=spam '
equal "its id in the answer and with the keeper" "$(sed -nE 's/.*postmaster: id ([0-9a-z]{16}).*/\1/p' "$out")" \
	"$(sed -nE 's/^decided id=([^ ]*) action=reject.*/\1/p' told)"

# Several in one session, and what is aborted in between is nothing.
run 0 python3 - "$smtp_port" <<-'P'
	import smtplib, sys
	s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]))
	s.ehlo("mail.example.net")
	ham, spam = (open(f).read().replace("\n", "\r\n").encode() for f in ("ham.eml", "spam.eml"))
	def one(data):
	    s.mail("a@friend.example.net")
	    s.rcpt("joe@example.org")
	    return s.data(data)[0]
	assert one(ham) == 250
	s.mail("gone@friend.example.net"); s.rcpt("joe@example.org"); s.rset()
	assert one(spam) == 550
	s.mail("gone@friend.example.net"); s.rset()
	assert one(ham) == 250
	s.quit()
P
arrives 3
equal "decisions" "$(grep -c ^decided told)" 5
prints_no gone

# Each action.
gate 'on_spam = accept'
mail spam.eml 0
arrives 4
has '^X-Spam-Flag: YES$' "$new"
has '^X-Cordon: spam; p=' "$new"
gate 'on_spam = tag' 'tag = "[junk] "'
mail spam.eml 0
arrives 5
has '^Subject: \[junk\] URGENT!!! YOU WON \$\$\$ 100% FREE$' "$new"
sed '/^Subject/d' spam.eml >bare.eml
mail bare.eml 0
arrives 6
has '^Subject: \[junk\]' "$new"
gate 'on_spam = tempfail'
mail spam.eml 26
prints '451 4\.7\.1 .*unwanted mail; please try again later\. .*: id [0-9a-z]{16}'
gate 'on_spam = discard'
mail spam.eml 0
told 'action=discard'
gate 'on_spam = quarantine'
mail spam.eml 0
told 'action=quarantine'
waits test -n "$(held)"
equal "held" "$(held | wc -l)" 1
postcat -c "$work/pf" -qh "$(held)" >held.eml
has '^X-Spam-Flag: YES$' held.eml
equal "nothing of it arrived" "$(arrived)" 6

# Our own users' mail is judged too; it goes out as it is, or it does not go.
gate 'on_spam = reject' 'on_outgoing_spam = reject'
mail ham.eml 0 --xclient-login joe
arrives 7
told 'action=accept .*outgoing=1 .* user=joe '
has '^X-Cordon: ham; forged$' "$new"
mail spam.eml 26 --xclient-login joe
prints '550 5\.7\.1 .*somebody else got hold of the account'
told 'action=reject verdict=spam outgoing=1 .*last 2 messages 1 were spam'
checks=$((checks + 1))
grep -q '^abuse' told && fail "our own user was accused"
gate 'on_outgoing_spam = accept' 'own_nets = {192.0.2.0/28}'
mail spam.eml 0
arrives 8
told 'action=accept verdict=spam outgoing=1'

# Who a message is from: proven, disproven, and what the owner of the domain asks for then.
zone=zone
cat >zone <<-Z
	friend.example.net.         TXT "v=spf1 ip4:192.0.2.7 -all"
	_dmarc.friend.example.net.  TXT "v=DMARC1; p=reject"
	bank.example.               TXT "v=spf1 -all"
	_dmarc.bank.example.        TXT "v=DMARC1; p=reject"
	shop.example.               TXT "v=spf1 -all"
	_dmarc.shop.example.        TXT "v=DMARC1; p=quarantine"
	slow.example.               TIMEOUT
	_dmarc.slow.example.        TIMEOUT
	7.2.0.192.in-addr.arpa.     PTR mail.example.net.
	mail.example.net.           A 192.0.2.7
Z
gate 'on_spam = reject' 'dns_milliseconds = 500' 'host_name = "mx.example.org"'
mail ham.eml 0
arrives 9
has '^Authentication-Results: mx\.example\.org; *$' "$new"
has '^	spf=pass .*smtp\.mailfrom=' "$new"
has '^	iprev=pass ' "$new"
has 'dmarc=pass ' "$new"
has 'dkim=pass header.d=bank' "$new" 0
told 'action=accept .*auth=\[iprev=pass spf=pass dkim=none dmarc=pass\]'
mail_as() { # DOMAIN CODE: ham, from another domain
	sed "s/friend\.example\.net/$1/" ham.eml >other.eml
	mail other.eml "$2" --from "a@$1"
}
mail_as bank.example 26
prints '550 5\.7\.1 .*neither SPF nor DKIM vouches for it \(DMARC\)\. .*: id '
told 'action=reject verdict=(ham|unsure) .*auth=\[iprev=pass spf=fail dkim=none dmarc=fail\]'
mail_as shop.example 0
arrives 10
has '^Subject: \[SPAM\] Minutes of the meeting$' "$new"
# A resolver that hangs costs a bounded delay, and is no reason to refuse.
mail_as slow.example 0
arrives 11
told 'from=<a@slow.example> .*auth=\[iprev=[a-z]+ spf=temperror dkim=none dmarc=temperror\]'
zone=

# A message larger than is judged is passed on whole.
gate 'judge_bytes = 65536'
{
	cat ham.eml
	for ((i = 0; i < 8000; i++)); do
		echo "And another line of some sixty bytes, since the list is long, $i"
	done
} >large.eml
mail large.eml 0
arrives 12
checks=$((checks + 1))
[ "$(stat -c %s "$new")" -gt 500000 ] || fail "the large message arrived cut"
told 'action=accept .*unjudged=0 bytes=5[0-9]{5} '

# No gate: mail flows. One that comes back is asked again.
{ kill -9 "$gate_pid"; wait "$gate_pid"; } 2>/dev/null
gate_pid=
mail ham.eml 0
arrives 13
has '^X-Cordon: ham; forged$' "$new"
gate 'on_spam = reject'
mail spam.eml 26

# One that dies with a session open: what comes over it flows too.
run 0 python3 - "$smtp_port" "$gate_pid" <<-'P'
	import os, signal, smtplib, sys, time
	s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]))
	s.ehlo("mail.example.net")
	s.mail("a@friend.example.net")
	os.kill(int(sys.argv[2]), signal.SIGKILL)
	time.sleep(0.3)
	s.rcpt("joe@example.org")
	assert s.data(open("ham.eml").read())[0] == 250
	s.quit()
P
wait "$gate_pid" 2>/dev/null
gate_pid=
arrives 14

# The protocol itself: miltertest, and what no library would send.
gate 'on_spam = reject' 'sessions = 40'
run 0 miltertest -D port="$gate_port" -s "$here/gate.lua"
equal "decisions of it" "$(grep -c '^decided' told)" 14
run 0 python3 "$here/gate_hostile.py" "$gate_port" 40

# Bounds: more clients than sessions, idle ones by the thousand; and none of it stays.
gate 'on_spam = reject' 'sessions = 20000'
run 0 python3 "$here/gate_idle.py" "$gate_port" "$gate_pid" 10000
checks=$((checks + 1))
grep -E 'fatal|panic' pf/log && fail "Postfix complains"
finish
