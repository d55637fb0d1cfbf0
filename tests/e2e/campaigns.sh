#!/bin/bash
# campaigns: mail of a template is one campaign, shown with its bots, their networks and what it
# advertises; nobody's name is shown; what is outside is cleaned.
. "$(dirname "$0")/lib.sh"

cordon 1 campaigns
says 'there is no ledger yet'
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"

# Two campaigns from bots in two networks, and mail that is alone.
python3 - >traps.mbox <<'PY'
people = ['ann.archer', 'bob.bowman', 'cid.carter', 'dan.decker', 'eve.ellis', 'fay.fuller']
networks = ['198.51.100.240', '198.51.100.241', '192.0.2.5', '198.51.100.242', '192.0.2.6', '203.0.113.9']
def mail(i, who, host, subject, body, day):
    first = who.split('.')[0].title()
    print(f'From x@y Fri Oct  9 10:00:00 2026')
    print(f'Delivered-To: {who}@example.org')
    print(f'Received: from bot{i}.example (bot{i}.example [{host}]) by mx.example.org (Postfix) with '
        f'ESMTP id {i}; {day} Oct 2026 10:00:{i:02} +0000')
    print(f'From: "Sales" <s{i}@shop{i}.example>\nTo: {first} <{who}@example.org>\nSubject: {subject}')
    print(f'Date: {day} Oct 2026 10:00:{i:02} +0000\nMessage-ID: <{i:08x}@kit.example>\n'
        f'X-Mailer: Blaster 4.{i}\n')
    print(body.format(first=first, i=i, who=who) + '\n')
for i, who in enumerate(people):
    mail(i, who, networks[i], f'{who.split(".")[0].title()}, your watch is waiting',
        'Hello {first}, genuine replica watches for the price of a dinner are at '
        'http://a{i}.watch-cellar.example.com/w/{i}x today, and {who}@example.org is on the list. '
        'Each comes with a box and papers that no jeweller tells from the real ones. zq{i}k{i}v', f'{6 + i % 3}')
for i, who in enumerate(people[:4]):
    mail(i + 20, who, networks[0], 'Loan approved \x1b[2J',
        'We are pleased to tell {first} that the loan of 50000 is approved without any papers. Send '
        'the transfer fee by Friday and the money is yours before the weekend\x1b[31m, reference {i}.', '7')
mail(40, 'gus.green', '192.0.2.9', 'hello', 'Something altogether else is written in this one.', '7')
PY
cordon 0 ingest --trap traps.mbox

export COLUMNS=130
cordon 0 campaigns
says_nothing
prints '^campaign  +sightings  hosts  networks  first  +last  +subject or text'
prints '^c-[0-9a-f]{12} +6 +6 +[1-3]  2026-10-06 10:00  2026-10-08 10:00  … your watch is waiting'
prints '^c-[0-9a-f]{12} +4 +1 +1  2026-10-07 '
prints '^2 campaigns with 10 sightings; 1 sighting is in smaller ones, of fewer than 2 \(--min\)\.$'
equal "sorted by size" "$(awk '/^c-/ {print $2}' "$out" | xargs)" "6 4"
watches=$(awk '/^c-/ {print $1; exit}' "$out")
loans=$(awk '/^c-/ {n = $1} END {print n}' "$out")
cordon 0 campaigns --sort last
equal "sorted by the last" "$(awk '/^c-/ {print $1}' "$out" | xargs)" "$watches $loans"
cordon 0 campaigns --min 1 -n 1
equal "one row" "$(grep -c '^c-' "$out")" 1
cordon 0 campaigns --until 2026-10-06
equal "of one day" "$(awk '/^c-/ {print $2}' "$out" | xargs)" 2
cordon 0 campaigns --since 2027-01-01
prints '^0 campaigns with 0 sightings\.$'
cordon 2 campaigns --since yesterday
says "--since takes 2026-11-23 or 2026-11-23T18:54:02Z, not 'yesterday'"
cordon 2 campaigns --svg -
says 'needs the NAME'
cordon 1 campaigns c-000000000000
says "the ledger has no campaign 'c-000000000000'"

cordon 0 campaigns "$watches" --svg volume.svg
says_nothing
cp "$out" shown
prints "^$watches: 6 sightings from 6 hosts in [1-3] known networks, 2026-10-06 10:00 to 2026-10-08 10:00 UTC\.$"
prints 'Subject: … your watch is waiting'
prints 'Hello … genuine replica watches for the price of a dinner are at …'
prints 'that no jeweller tells from the real ones\.'
prints 'blaster-[0-9a-f]{8}: program Blaster 9\[\.\]9; Message-ID <x8\[@\]another domain; fields From, To, Subject'
prints '^ +1 +198\[\.\]51\[\.\]100\[\.\]240 +AS64510 '
prints 'example\[\.\]com'
prints '^  2026-10-06 10:00 +2  █'
for name in Ann Archer ann bob.bowman Fay example.org zq; do
	prints_no "\\b$name\\b"
done
well_formed volume.svg
cordon 0 campaigns "$watches" --svg -
same "a picture alone" "$out" volume.svg
cordon 0 campaigns "$loans"
prints 'We are pleased to tell … that the loan of 50000 is approved without any papers\.'
checks=$((checks + 1))
! grep -q $'\x1b' "$out" || fail "an escape sequence is shown"

cordon 0 campaigns --json
equal "rows as JSON" "$(python3 -c '
import json, sys
print([(j["sightings"], j["hosts"]) for j in map(json.loads, open(sys.argv[1]))])' "$out")" "[(6, 6), (4, 1)]"
cordon 0 campaigns --json "$watches"
equal "one as JSON" "$(python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
print(j["sightings"], len(j["bots"]), sum(n["sightings"] for n in j["networks_of_bots"]),
    sum(v["sightings"] for v in j["volume"]), j["closed"], j["merged"], j["advertised"][0]["host"])' "$out")" \
	"6 6 6 6 False [] example.com"
for key in $(python3 -c '
import json, sys
def keys(j):
    for k, v in (j.items() if isinstance(j, dict) else []):
        print(k)
        keys(v)
    for v in j if isinstance(j, list) else []:
        keys(v)
keys(json.load(open(sys.argv[1])))' "$out" | sort -u); do
	checks=$((checks + 1))
	grep -qE "^\.(It )?Cm (.*[ ,])?$key( |\$)" "$top/docs/man/cordon-campaigns.1" ||
		fail "the manual does not tell of $key"
done

# A collection that is damaged is told; the ledger's share is shown.
printf x | dd of="$CORDON_STATE/campaigns" bs=1 seek=5000 conv=notrunc status=none
cordon 0 campaigns "$watches"
says 'damaged.*remove it'
prints 'Nothing of its text is kept any more'
prints '^ +1 +198\[\.\]51\[\.\]100\[\.\]240 '
cordon 3 ingest --trap traps.mbox
says 'damaged.*remove it'
finish
