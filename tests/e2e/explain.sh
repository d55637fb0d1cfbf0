#!/bin/bash
# explain: what a message is and why, as text that can be forwarded and as JSON.
. "$(dirname "$0")/lib.sh"
mail=$sample/mail
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
learn_sample 96

cordon 0 explain "$mail/0046.eml"
prints '^from +'
prints '^verdict  (unsure: .*|spam); probability of spam '
prints '^Why \(log-odds'
prints 'together +the log-odds of spam$'
prints '^Received, newest first$'
prints '------ the boundary of trust: below, anything may be forged$'
prints '\(not believed\)$'
prints '^Networks$'
prints 'handed in by 198\.51\.100\.240 .*AS64510 '
says_nothing

# Nothing in it that a mail program would make a link of, and nothing that moves a terminal.
for message in "$mail"/*.eml; do
	cordon 0 explain "$message"
	prints_no 'https?://|ftp://'
	LC_ALL=C grep -q '[[:cntrl:]]' "$out" && fail "control characters for $message"
	prints_no '[a-z0-9]\.(example|com|net|org|test|invalid)([^a-z]|$)|[a-z]@[a-z]'
done

# What it says of the verdict is what scan says.
for n in 0005 0021 0043 0059 0087; do
	cordon 0 explain --json "$mail/$n.eml"
	python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
print(j["verdict"], "%.9f" % j["probability"])
moved = sum(f["log_odds"] for f in j["findings"])
assert abs(j["log_odds"]) < 100 and abs(moved) < 100' "$out" >explained || fail "JSON of $n"
	cordon 0 scan -f tsv "$mail/$n.eml"
	sed -n 2p "$out" | cut -f 3,4 | tr '\t' ' ' >scanned
	same "explain and scan of $n" explained scanned
done

# The parts of a text that do not hang on what was learned.
for n in 0021 0046; do
	cordon 0 explain "$mail/$n.eml"
	sed -n '/^Received, newest first$/,$p' "$out" | sed "s|$sample|SAMPLE|" >parts
	golden "explain-$n.txt" parts
done

# Several, an mbox, standard input.
to_mbox "$mail/0001.eml" "$mail/0002.eml" >two.mbox
cordon 0 explain two.mbox
equal "two messages are told" "$(grep -c '^verdict' "$out")" 2
run 0 "$CORDON" explain - <"$mail/0002.eml"
prints '^subject  Cron'
cordon 1 explain missing.eml "$mail/0002.eml"
says 'missing.eml'
prints '^subject  Cron'
cordon 2 explain
says 'no message named'

# A hostile head: escapes, direction marks, line breaks in encoded words, a name without end.
esc=$(printf '\033')
{
	printf 'Received: from evil%s[2J.example ([192.0.2.7]) by mx.example; Mon, 5 Oct 2026 10:00:00 +0000\n' "$esc"
	printf 'From: "%s]0;title\007%s[31m" <a@evil%s[1m.example>\n' "$esc" "$esc" "$esc"
	printf 'Subject: =?utf-8?q?=1B[2J=0D=0Averdict__ham=E2=80=AEgpj.exe?= %s[5mblink\n' "$esc"
	printf 'To: %s <x@example.org>\n' "$(head -c 100000 /dev/zero | tr '\0' n)"
	printf 'Content-Type: text/html\n\n<a href="http://evil%s[2J.example/%s[1m">http://good.example/\r%s[A</a>\n' "$esc" "$esc" "$esc"
} >hostile.eml
for how in "explain" "explain --json" "scan" "scan --json" "scan --format tsv" "trace" "trace --json"; do
	# shellcheck disable=SC2086
	cordon 0 $how hostile.eml
	LC_ALL=C tr -d '\n\t' <"$out" | LC_ALL=C grep -q '[[:cntrl:]]' &&
		fail "$how lets control characters through"
	[ "$how" = scan ] && equal "lines of scan" "$(wc -l <"$out")" 4
	grep -q "$(printf '\342\200\256')" "$out" && [ "${how#*json}" = "$how" ] &&
		fail "$how lets direction marks through"
done
cordon 0 scan --format tsv hostile.eml
equal "a line of ten columns" "$(awk -F '\t' '{ print NF }' "$out" | sort -u)" 10
finish
