#!/bin/bash
# auth: what can be proven of a sender, by options, by what the message says, as text and as JSON.
. "$(dirname "$0")/lib.sh"
cat >zone <<'END'
good.example. TXT "v=spf1 a:mail.good.example -all exp=why.good.example"
why.good.example. TXT "%{i} may not send for %{d}"
mail.good.example. A 192.0.2.1
mail.good.example. TXT "v=spf1 a -all"
1.2.0.192.in-addr.arpa. PTR mail.good.example.
_dmarc.good.example. TXT "v=DMARC1; p=reject"
_dmarc.example. TXT "v=DMARC1; p=none; psd=y; sp=quarantine"
lost.example. SERVFAIL
_dmarc.lost.example. SERVFAIL
END
cat >plain.eml <<'END'
Return-Path: <bob@good.example>
Received: from mail.good.example (mail.good.example [192.0.2.1])
	by mx.example.org (Postfix) with ESMTPS id 1
	for <ann@example.org>; Mon, 2 Jun 2025 10:00:05 +0000
From: Bob <bob@good.example>
To: ann@example.org
Subject: Minutes
Date: Mon, 2 Jun 2025 10:00:00 +0000

Hello
END

# What the message says of its way.
cordon 0 auth --zone zone plain.eml
prints '^plain\.eml:$'
prints '^  from       192\.0\.2\.1  MAIL FROM bob@good\.example$'
prints '^  iprev      pass       mail\.good\.example leads back to the address$'
prints '^  helo       own        mail\.good\.example belongs to the address$'
prints '^  spf        pass       good\.example: a:mail\.good\.example \(1 of 10'
prints '^  spf helo   pass '
prints '^  dkim       none '
prints '^  arc        none '
prints '^  dmarc      pass       good\.example$'
prints 'record at _dmarc\.good\.example, organisation good\.example, asks for reject; SPF is aligned'
prints '^	spf=pass smtp\.mailfrom=bob@good\.example;$'
prints '^	dmarc=pass header\.from=good\.example \(p=reject\)$'
says_nothing

# Options go before it.
cordon 0 auth -z zone -i 192.0.2.9 -H mail.good.example plain.eml
prints '^  iprev      permerror  the address has no name$'
prints '^  helo       other      mail\.good\.example belongs to another address$'
prints '^  spf        fail       good\.example: -all '
prints 'its owner says: 192\.0\.2\.9 may not send for good\.example$'
prints '^  dmarc      fail '
prints 'to be applied here: reject$'
cordon 0 auth -z zone -i 192.0.2.1 -H mail.good.example -f '' plain.eml
prints 'MAIL FROM \(none\)$'
prints '^  spf        pass       mail\.good\.example: a '
prints_no '^  spf helo'

# What is not answered is no more than that.
sed 's/good\.example/lost.example/' plain.eml >lost.eml
cordon 0 auth -z zone -i 192.0.2.1 lost.eml
prints '^  spf        temperror '
prints '^  dmarc      temperror '
prints 'not answered$'

# The organisation, by list and by walk; by option and by configuration.
sed 's/good\.example/a.other.example/' plain.eml >other.eml
cordon 0 auth -z zone other.eml
prints '^  dmarc      none '
cordon 0 auth -z zone -o walk other.eml
prints '^  dmarc      fail '
prints 'record at _dmarc\.example, organisation other\.example, asks for quarantine'
echo 'dmarc_organisation = "walk"' >walk.conf
cordon 0 auth -z zone -c walk.conf other.eml
prints '^  dmarc      fail '

# Objects; several messages; standard input; a message without a way.
cordon 0 auth --json -z zone plain.eml lost.eml
equal "objects" "$(jq -s length "$out")" 2
equal "keys" "$(head -1 "$out" | jq -r '[.ip, .helo.result, .iprev.result, .spf.result, .dmarc.result, .arc.result, (.dkim | length)] | join(" ")')" \
	"192.0.2.1 own pass pass pass none 0"
grep -v '^Received\|^	' plain.eml >bare.eml
run 0 "$CORDON" auth -z zone - <bare.eml
prints "the client's address is not known"
prints_no '^  spf'

# What a message says of itself moves no terminal and writes no field.
esc=$(printf '\033')
printf 'From: x@good.example\nReturn-Path: <a%s[2J;dkim=pass@good.example>\n\n' "$esc" >hostile.eml
cordon 0 auth -z zone -i 192.0.2.1 -H "x; dkim=pass" hostile.eml
LC_ALL=C tr -d '\n\t' <"$out" | LC_ALL=C grep -q '[[:cntrl:]]' && fail "control characters"
prints '^	spf=none .*$'
prints 'smtp\.helo="x; dkim=pass"'
prints_no '^	dkim=pass'

# No resolver: a bounded time, and nothing is taken for an answer.
printf 'dns = { "127.0.0.1@9" }\ndns_milliseconds = 300\n' >deaf.conf
cordon 0 auth -c deaf.conf plain.eml
prints '^  spf        temperror '
prints '^  dmarc      temperror '

# A resolver of our own that serves the same names: the same results.
port=$(python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
{
	printf 'server:\n chroot: ""\n username: ""\n pidfile: ""\n directory: "%s"\n use-syslog: no\n' "$work"
	printf ' interface: 127.0.0.1@%s\n access-control: 127.0.0.0/8 allow\n do-daemonize: no\n' "$port"
	printf ' local-zone: "example." static\n local-zone: "2.0.192.in-addr.arpa." static\n'
	grep -v SERVFAIL zone | sed -E "s/^([^ ]*) (.*)/ local-data: '\1 \2'/"
} >unbound.conf
unbound -d -c unbound.conf >unbound.log 2>&1 &
unbound=$!
trap 'kill $unbound 2>/dev/null; wait $unbound 2>/dev/null; rm -rf "$work"' EXIT
printf 'dns = { "127.0.0.1@%s" }\n' "$port" >own.conf
for _ in $(seq 100); do
	"$CORDON" auth -c own.conf plain.eml >asked 2>/dev/null
	grep -q '^  dmarc      pass' asked && break
	sleep 0.1
done
"$CORDON" auth -z zone plain.eml >by-zone
same "by a resolver and by a zone file" asked by-zone

# Errors.
cordon 2 auth
says 'no message named'
cordon 2 auth -i nonsense plain.eml
says 'nonsense: no address'
cordon 2 auth -z missing plain.eml
says 'missing'
cordon 1 auth -z zone missing.eml plain.eml
says 'missing.eml'
prints '^plain\.eml:$'
finish
