#!/bin/bash
# ingest: abuse becomes records, each once; nothing that names people; nothing lost when it is killed,
# when the disk is full, or when two run at once.
. "$(dirname "$0")/lib.sh"
mail=$sample/mail
CORDON_STARTER=$top/share/starter.model
learn_sample 96
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
log=$CORDON_STATE/ledger/log

# sum KEY: of what ingest --quiet --json printed; of new the sum of all kinds.
sum() {
	python3 -c '
import json, sys
v = json.load(open(sys.argv[1]))[sys.argv[2]]
print(sum(v.values()) if isinstance(v, dict) else v)' "$out" "$1"
}
# records: how many the ledger holds, and that nothing is wrong with it.
records() {
	"$CORDON" ledger verify --raw --json >verified 2>verify.err || fail "verify" "$(cat verify.err verified)"
	python3 -c 'import json; j = json.load(open("verified")); print(j["records"])'
}

# No ledger yet: said, with the way to one.
cordon 1 ledger show
says 'cordon (ingest|feed)'
[ ! -e "$CORDON_STATE/ledger" ] || fail "show has made a ledger"

# The rows are those of scan.
cordon 0 scan "$mail"
sed -n '1,97p' "$out" >scanned
cordon 0 ingest "$mail"
sed -n '1,97p' "$out" >ingested
same "rows of ingest and scan" ingested scanned
prints '^Into the ledger: [0-9]+ new sightings \(.*\); 0 were there already\.$'
prints '^The new ones are in [0-9]+ campaigns?, of which [0-9]+ (is|are) new\.$'
prints '^The networks behind the abuse:$'
prints '^AS64505 +Brackwater Hosting'
first=$(records)
spam=$(sed -n 's/.* \([0-9]*\) spam\. This site.*/\1/p' "$out")
new=$(sed -n 's/^Into the ledger: \([0-9]*\) new.*/\1/p' "$out")
left=$(sed -n 's/^\([0-9]*\) messages\? w.* left out: .*/\1/p' "$out" | paste -sd+ | bc)
equal "every spam is a sighting or told to be left out" "$((new + ${left:-0}))" "$spam"
at_most "spam" 30 "$spam"
"$CORDON" ledger show --json >shown.first

# The same mail again, as any mailbox, with other line ends: nothing is added, to campaigns neither.
cp -r "$CORDON_STATE/campaigns" campaigns.first 2>/dev/null
mapfile -t files < <(labelled '[a-z]*')
to_mbox "${files[@]}" >all.mbox
sed 's/$/\r/' "${files[18]}" >crlf.eml
for again in "$mail" all.mbox crlf.eml; do
	cordon 0 ingest --quiet --json "$again"
	equal "nothing new in $again" "$(sum new)" 0
done
equal "the log has not grown" "$(records)" "$first"
"$CORDON" ledger show --json >shown.again
same "records" shown.again shown.first

# What a record says: 0058 is a bot's, the kind follows from findings.
python3 - shown.first <<'PY' || fail "records do not say what they should"
import json, sys
seen = [json.loads(line)["record"] for line in open(sys.argv[1])]
s = [r for r in seen if r["schema"] == "sighting/2"]
assert {r["kind"] for r in s} == {"spam", "phish", "malware"}, {r["kind"] for r in s}
assert all(1 <= r["sure"] <= 99 and "source" not in r for r in s)
into = {r["campaign"]: r["into"] for r in seen if "into" in r}
bots = [r["campaign"] for r in s
    if any("slim" in d or "leaf" in d for d in r.get("leads", []))]
assert len(bots) >= 8, bots
assert len({into.get(name, name) for name in bots}) < len(bots), "no two share a campaign"
PY

# Nobody is named: neither recipients nor senders nor subjects, in any file of the public log.
python3 - "$log" "$mail" <<'PY' || fail "the public log names people"
import email, email.header, email.policy, email.utils, glob, os, re, sys
public = b""
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        public += open(os.path.join(folder, name), "rb").read()
assert len(public) > 5000
public = public.lower()
wrong, looked = [], 0
for path in glob.glob(sys.argv[2] + "/*.eml"):
    raw = open(path, "rb").read()
    words = set(re.findall(rb"[a-z0-9._+-]+@[a-z0-9.-]+", raw.lower()))
    m = email.message_from_bytes(raw)
    for name in ("From", "To", "Cc", "Reply-To", "Subject"):
        for value in m.get_all(name, []):
            text = str(email.header.make_header(email.header.decode_header(value)))
            shown = email.utils.parseaddr(text)[0] if name != "Subject" else text
            if len(shown) > 5:
                words.add(shown.lower().encode())
    words |= set(re.findall(rb"https?://[^\s\"<>]{12,}", raw.lower()))
    words |= {b"hollerith.example"}
    looked += len(words)
    wrong += [w for w in words if w in public]
assert looked > 300, looked
assert not wrong, wrong
PY
! grep -raqiE 'hollerith|Tomas' "$CORDON_STATE/ledger/raw" || fail "raw evidence can be read without its key"

# A mailbox of a trap: all of it, also what the judge calls ham, under a source of its own.
cordon 0 ingest --state trap --quiet --json --trap "$mail"
equal "of a trap all is abuse" "$(($(sum new) + $(sum without_source) + $(sum without_date)))" 96
cordon 0 ledger show --state trap --json --source trap
python3 - "$out" <<'PY' || fail "a trap's mail is surer"
import json, sys
assert all(json.loads(line)["record"]["sure"] >= 95 for line in open(sys.argv[1]))
PY
cordon 0 ingest --state forced -q --kind malware --source desk-2 "$mail/0019.eml" "$mail/0058.eml" --trap
prints '^Into the ledger: 2 new sightings \(2 malware\); 0 were there already\.$'
cordon 0 ledger show --state forced --source desk-2
prints '^2 of 2 records'
cordon 2 ingest --source 'Desk 2' "$mail/0019.eml"
says '^cordon ingest: --source takes 1 to 32'

# Mail without a believed source, or of a time to come, is counted and left out.
{ echo 'From: a@b.example'; echo 'Subject: x'; echo; echo text; } >unsourced.eml
sed 's/Oct 2026/Oct 2096/' "$mail/0058.eml" >future.eml
cordon 0 ingest --state odd --quiet --trap unsourced.eml future.eml
prints '^1 message was left out: no believed Received line names who handed it in\.$'
prints '^1 message was left out: nothing says when it came, or it says a time to come\.$'
prints '^Into the ledger: 0 new sightings; 0 were there already\.$'

# What cannot be read is told, the rest goes in.
cordon 1 ingest --state odd --quiet --json --trap missing.eml "$mail/0058.eml"
says '^cordon: missing.eml: No such file'
equal "the rest" "$(sum new)" 1

# Two at once: the second is told who holds it, and reading goes on.
mkfifo slow
"$CORDON" ingest --quiet --trap - <slow >slow.out 2>slow.err &
pid=$!
exec 7>slow
for _ in $(seq 100); do
	grep -qx $pid "$CORDON_STATE/ledger/lock" && break
	sleep 0.05
done
cordon 3 ingest "$mail/0058.eml"
says "$pid"
cordon 0 ledger show
cat "$mail/0002.eml" >&7
exec 7>&-
wait $pid || fail "the first of two writers" "$(cat slow.err)"
cordon 0 ingest --quiet --json "$mail/0058.eml"

# Killed again and again on its way: all that was acknowledged stays, all comes in, each once.
mkdir many
for i in $(seq 400); do
	sed "s/^Subject: /Subject: $i /" "${files[$((i % 96))]}" >many/"$i.eml"
done
mkdir nothing
cordon 0 ingest --state whole --quiet nothing # draws the keys, by which messages are alike or not
cp -r whole killed
cordon 0 ingest --state whole --quiet --json --trap many
want=$(sum new)
for i in $(seq 12); do
	"$CORDON" ingest --state killed --quiet --trap many >/dev/null 2>&1 &
	pid=$!
	sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	run 0 "$CORDON" ledger verify --state killed --raw
done 2>/dev/null
cordon 0 ingest --state killed --quiet --json --trap many
cordon 0 ingest --state killed --quiet --json --trap many
equal "nothing is new after the last" "$(sum new)" 0
"$CORDON" ledger show --state killed --json --type sighting | wc -l >got
equal "sightings after kills" "$(cat got)" "$want"
hosts() {
	"$CORDON" ledger show --state "$1" --json --type sighting | python3 -c '
import collections, json, sys
groups = collections.defaultdict(list)
for line in sys.stdin:
    r = json.loads(line)["record"]
    groups[r["campaign"]].append(r["ip"])
print(sorted(sorted(g) for g in groups.values()))'
}
hosts whole >whole.groups
hosts killed >killed.groups
same "campaigns after kills" killed.groups whole.groups

# A full disk: told, nothing half done, usable afterwards.
if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=40m tmpfs full 2>/dev/null; then
	cordon 0 ingest --state full/state --quiet --trap "$mail/0058.eml"
	mount -o remount,size="$(($(du -sk full | cut -f 1) + 300))k" full
	cordon 3 ingest --state full/state --quiet --trap many
	says 'No space left on device'
	cordon 0 ledger verify --state full/state
	mount -o remount,size=40m full
	cordon 0 ingest --state full/state --quiet --json --trap many
	"$CORDON" ledger show --state full/state --json --type sighting | wc -l >got
	equal "all is in when there is room" "$(cat got)" "$((1 + want))"
	umount full
else
	run 0 "$CORDON" ingest --state full --quiet "$mail/0058.eml"
	(ulimit -f 64; trap '' XFSZ; run 3 "$CORDON" ingest --state full --quiet --trap many; says 'too large'; finish) ||
		failures=$((failures + 1))
	cordon 0 ingest --state full --quiet --json --trap many
	cordon 0 ledger verify --state full
fi
finish
