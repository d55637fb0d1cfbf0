#!/bin/bash
# Lists and reports go into a ledger once, each format; what is bad is told, and the rest goes in.
. "$(dirname "$0")/lib.sh"

# imported CODE ARGUMENT...: feed import --json; the summary as "PATH=VALUE" lines in $work/summary.
imported() {
	local want=$1
	shift
	cordon "$want" feed import --json "$@" || return
	python3 - "$out" >"$work/summary" <<'PY'
import json, sys
def show(path, v):
    if isinstance(v, dict):
        for k in v: show(path + "." + k if path else k, v[k])
    elif v not in (0, None, False, []):
        print(path + "=" + (json.dumps(v) if isinstance(v, list) else str(v)))
show("", json.load(open(sys.argv[1])))
PY
}
# has TEXT...: the summary has these lines. lacks: not these keys.
has() {
	local text

	for text; do
		checks=$((checks + 1))
		grep -qxF -e "$text" "$work/summary" || fail "the summary lacks $text" "$(cat "$work/summary")"
	done
}
lacks() {
	local key

	for key; do
		checks=$((checks + 1))
		! grep -q "^$key" "$work/summary" || fail "the summary has $key" "$(cat "$work/summary")"
	done
}

cat >list-2026-08-20.txt <<'X'
# addresses, prefixes, names
192.0.2.1
192.0.2.0/28 ; SBL1
198.51.100.1-198.51.100.2
hxxp://bad[.]example:8080/x
10.0.0.1
what is this
192.0.2.9-192.0.2.1
X

# A dry run leaves no ledger behind.
imported 1 --dry-run --source one --kind c2 list-2026-08-20.txt
has dry_run=True new.c2=5 format=list first=2026-08-20T00:00:00Z last=2026-08-20T00:00:00Z \
	bad.no_host=1 bad.range=1 left_out.not_public=1
[ -e state/ledger ] && fail "a dry run made a ledger"

# Once, and then again.
imported 1 --source one --kind c2 list-2026-08-20.txt
has files=1 new.c2=5
lacks known dry_run unread refused
says "list-2026-08-20.txt, line 7: no address, prefix, range or name: what is this$"
says "list-2026-08-20.txt, line 8: a range that ends before it begins"
imported 1 --source one --kind c2 list-2026-08-20.txt
has known=5
lacks new

# Another source, kind or day is another sighting; the text of the summary says it in words.
cordon 1 feed import --source two --kind c2 list-2026-08-20.txt
prints "^Into the ledger: 5 new sightings \(5 c2\), seen 2026-08-20; 0 were there already\.$"
prints "^1 cannot be read: no address, prefix, range or name$"
prints "^1 left out: a private or reserved address$"
cordon 1 feed import --source one --kind scan list-2026-08-20.txt
prints "5 new sightings \(5 scan\)"
cordon 1 feed import --source one --kind c2 --date 2026-08-21 list-2026-08-20.txt
prints "5 new sightings .*seen 2026-08-21; 0 were"
gzip -k list-2026-08-20.txt
imported 1 --source one --kind c2 list-2026-08-20.txt.gz
has known=5

# Every kind, and every format by its own look and by name.
for kind in spam phish malware c2 scan attack listed; do
	echo 203.0.113.1 | cordon 0 feed import --source "kind-$kind" --kind "$kind" -
	prints "1 new sighting \(1 $kind\)"
done
printf 'ip,port,type,last_seen\n192.0.2.1,80,phishing,2026-08-20\n192.0.2.2,"x\n' >table.csv
imported 1 --source table table.csv
has format=csv new.phish=1 bad.quote=1
printf '0.0.0.0 bad.example worse.example\n127.0.0.1 localhost\n' >hosts
imported 0 --source hosts --kind malware hosts
has format=hosts new.malware=2 left_out.local_name=1
printf '192.0.2.1\t3\n' >levels
imported 0 --source levels --format levels levels
has format=levels new.listed=1
printf '{"cidr":"192.0.2.0/24"}\n{"type":"metadata","timestamp":1787367629}\n' >drop.json
imported 0 --source drop drop.json
has format=json new.listed=1 first=2026-08-22T03:00:29Z left_out.about_itself=1
cat >report.json <<'X'
[{"xarf_version":"4.2.0","report_id":"1","timestamp":"2026-08-22T03:00:29Z","type":"botnet",
  "reporter":{"org":"Ex CERT"},"source_identifier":"192.0.2.1","c2_server":"c2.example"},
 {"xarf_version":"4.2.0","timestamp":"2026-08-22T03:00:29Z","type":"copyright"}]
X
imported 0 report.json
has format=json new.malware=1 new.c2=1 left_out.rights=1
imported 0 report.json
has known=2
cat >report.eml <<'X'
From: fbl@provider.example
Date: Sun, 22 Nov 2026 10:00:00 +0000
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Source-IP: 192.0.2.1

--b--
X
to_mbox report.eml "$sample/$(sed -n '1s/^[a-z]* //p' "$sample/INDEX")" >reports.mbox
imported 0 --date 2026-11-22 reports.mbox
has format=mail new.spam=1 left_out.no_report=1
imported 0 --date 2026-11-22 report.eml
has known=1
imported 0 --date 2026-11-22 --format mail - <report.eml
has known=1

# A folder is mail; what is none there is told.
mkdir folder && cp report.eml folder && cp levels folder/list
imported 0 --date 2026-11-22 folder
has known=1 left_out.foreign=1

# Several files; one that is not there does not stop the rest.
imported 1 --source many hosts nothing-here levels
has files=2 unread=1 new.listed=3
says "nothing-here"

# Killed in the middle, and taken in again: nothing is lost, nothing doubled, and the log is whole.
awk 'BEGIN { for (i = 0; i < 15000; i++) printf "101.%d.%d.1\n", i / 250, i % 250 }' >many
for after in 0.1 0.3 0.6; do
	{ timeout -s KILL "$after" "$CORDON" feed import --state killed --source many many; } >/dev/null 2>&1
done
imported 0 --state killed --source many many
equal "all of a killed import" "$(awk -F= '/^(new\.listed|known)=/ { n += $2 } END { print n }' summary)" \
	"$(wc -l <many)"
imported 0 --state killed --source many many
has "known=$(wc -l <many)"
cordon 0 ledger verify --state killed
cordon 0 ledger verify

# There is no room for the index alone: told, and no success; nothing is lost.
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=400k tmpfs small 2>/dev/null; then
	echo 192.0.2.77 | cordon 0 feed import --state crowded --source many --kind c2 -
	mv crowded/ledger/index.db* small
	ln -s "$PWD/small/index.db" crowded/ledger/index.db
	cordon 3 feed import --state crowded --source many many
	says 'the log has the records, the index could not take them'
	prints '^Into the ledger: .* new sighting'
	mount -o remount,size=80m small
	imported 0 --state crowded --source many many
	equal "all of it is known or new" "$(awk -F= '/^(new\.listed|known)=/ { n += $2 } END { print n }' summary)" \
		"$(wc -l <many)"
	cordon 0 ledger verify --state crowded
	umount small
fi

# What makes no sense.
cordon 2 feed import
says "no FILE"
cordon 2 feed import --kind bad list-2026-08-20.txt
cordon 2 feed import --source mail list-2026-08-20.txt
says "kept for our own mail"
cordon 2 feed import --source by.me list-2026-08-20.txt
cordon 2 feed import --source 'No Name' list-2026-08-20.txt
cordon 2 feed import --date 2199-01-01 list-2026-08-20.txt
says "is not yet"
cordon 2 feed import --confidence 101 list-2026-08-20.txt
cordon 1 feed import list-2026-08-20.txt
says "source"
cordon 1 feed import --source x --format csv list-2026-08-20.txt
says "column of hosts"
cordon 1 feed import --format auto - <report.eml
says "standard input"

finish
