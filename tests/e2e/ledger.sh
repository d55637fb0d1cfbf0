#!/bin/bash
# ledger: what is asked of it, what leaves the house, and what a stranger makes of that.
. "$(dirname "$0")/lib.sh"
mail=$sample/mail
CORDON_STARTER=$top/share/starter.model
learn_sample 96
echo 'ledger_name = "evidence.hollerith.example/cordon"' >cordon.conf
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
ledger=$CORDON_STATE/ledger

for nothing in show verify checkpoint key reindex 'prove 0' 'raw 0' export 'erase --yes 0'; do
	# shellcheck disable=SC2086
	cordon 1 ledger $nothing
	says '^cordon: .*ledger: (there is no ledger|no log is there)'
done
[ ! -e "$ledger" ] || fail "asking has made a ledger"

cordon 0 ingest --quiet --json "$mail"/000*.eml "$mail"/001*.eml "$mail"/002*.eml
cordon 0 ledger checkpoint
mv "$out" early
equal "a checkpoint begins with the ledger's name" "$(head -1 early)" "evidence.hollerith.example/cordon"
cordon 0 ingest --quiet --json "$mail"
size=$(python3 -c 'import json; print(json.load(open("out"))["records"])')

# --- show ---
cordon 0 ledger show
prints '^ +index +seen +kind +host +network +campaign +sure$'
prints "^$size of $size records of the log evidence\.hollerith\.example/cordon\.\$"
prints '^ +[0-9]+ +2026-10-[0-9]{2} [0-9:]{5} +spam +[0-9.]+ +AS64505 Brackwater'
for columns in 60 80 100 132; do
	COLUMNS=$columns cordon 0 ledger show
	grep -v ' of the log ' "$out" | python3 -c '
import sys
print(max(len(line.rstrip("\n")) for line in sys.stdin))' >widest
	at_most "the widest row" "$(cat widest)" $columns
done
cordon 0 ledger show --json
mv "$out" all
equal "records" "$(wc -l <all)" "$size"
# shown FILTER... -- PYTHON: the records that the options choose are those that the expression does.
shown() {
	local options=()

	while [ "$1" != -- ]; do options+=("$1"); shift; done
	cordon 0 ledger show --json "${options[@]}"
	python3 - "$2" >want <<'PY'
import json, sys
into = {r["campaign"]: r["into"] for r in (json.loads(l)["record"] for l in open("all")) if "into" in r}
def root(name):
    while name in into:
        name = into[name]
    return name
for line in open("all"):
    j = json.loads(line)
    i, r = j["index"], j["record"]
    at, kind = r.get("at", r["logged"]), r.get("kind")
    hosts = [r.get("ip", "")] + r.get("leads", [])
    if eval(sys.argv[1]):
        print(line, end="")
PY
	same "show ${options[*]}" "$out" want
	[ -s want ] || fail "show ${options[*]} shows nothing"
}
shown --kind phish -- 'kind == "phish"'
shown --seq 3 -- 'i == 3'
shown --seq 3-7 -- '3 <= i <= 7'
shown --last 4 -- "i >= $size - 4"
shown --since 2026-10-12 -- 'at >= 1791763200'
shown --until 2026-10-12 -- 'at < 1791763200 + 86400'
shown --since 2026-10-12T06:00:00Z --until 2026-10-14T00:00:00Z -- '1791784800 <= at < 1791936000'
shown --source mail --kind spam -- 'kind == "spam"'
ip=$(python3 -c 'import json; print([r["ip"] for r in (json.loads(l)["record"] for l in open("all")) if "ip" in r][5])')
shown --host "$ip" -- "\"$ip\" in hosts"
shown --host "${ip%.*}.0/24" -- "any(h.startswith(\"${ip%.*}.\") for h in hosts)"
shown --host slimleaf-24.example -- '"slimleaf-24.example" in hosts'
name=$(python3 -c '
import collections, json
seen = [r for r in (json.loads(l)["record"] for l in open("all")) if "kind" in r]
print(collections.Counter(r["campaign"] for r in seen).most_common(1)[0][0])')
shown --campaign "$name" -- "kind and \"$name\" in (r[\"campaign\"], root(r[\"campaign\"]))"
cordon 0 ledger show --network AS64505 --json
for i in $(sed 's/.*"index":\([0-9]*\).*/\1/' "$out"); do cordon 0 ledger prove "$i"; done
cordon 0 ledger show --network 65000
prints '^0 of '
cordon 2 ledger show --network x
cordon 2 ledger show --since yesterday
cordon 2 ledger show --seq 3-x
cordon 2 ledger show 3

# --- verify ---
cordon 0 ledger verify
prints "^The log evidence\.hollerith\.example/cordon: $size records, .* are right\.\$"
says_nothing
cordon 0 ledger verify --raw --against early
prints '^It continues the checkpoint that was kept'
prints "^[0-9]+ pieces of raw evidence looked at: each is what its record commits to\.\$"
sed '2s/.*/5/' early >forged
cordon 1 ledger verify --against forged
# Another log's checkpoint is not this one's.
cordon 0 ingest --state other --quiet "$mail/0058.eml"
cordon 0 ledger checkpoint --state other
cp "$out" stranger
cordon 1 ledger verify --against stranger

# An index that tells what no record says is found out, row by row, and made again.
rm -rf tampered
cp -r "$CORDON_STATE" tampered
sqlite3 tampered/ledger/index.db 'UPDATE sighting SET kind = (kind + 1) % 7'
cordon 1 ledger verify --state tampered
says 'the index tells of record 0 what the log does not'
prints '^The index over it is NOT right'
cordon 0 ledger reindex --state tampered
sqlite3 tampered/ledger/index.db 'UPDATE run_part SET entries = (SELECT p.entries FROM run_part p JOIN run r
	ON p.id >> 24 = r.id WHERE r.of >= 16 LIMIT 1) || zeroblob(24) WHERE id >> 24 IN (SELECT id FROM run WHERE of >= 16)'
cordon 1 ledger verify --state tampered
says 'the index tells the rank what its sightings do not'
cordon 0 ledger reindex --state tampered
cordon 0 ledger verify --state tampered
prints '^The index over it tells the same, row by row\.$'

# --- prove and check, the latter on a machine that has nothing else ---
cordon 0 ledger key
mv "$out" key
cordon 0 ledger prove --out evidence 0 7 "$((size - 1))"
equal "files" "$(cd evidence && ls | wc -l)" 7
same "the key beside them" evidence/key key
cordon 0 ledger prove 7 0
mv "$out" both
mkdir elsewhere
cp -r evidence both key elsewhere
# stranger CODE ARGUMENT...: check as somebody without configuration, state, or our home.
stranger() {
	local code=$1
	shift
	(failures=0
		cd elsewhere && run "$code" env -i PATH=/bin HOME=/nowhere "$CORDON" ledger check "$@"
		exit $failures) || failures=$((failures + 1))
}
sed 's/$/\r/' both >elsewhere/dos
stranger 0 --key key dos
stranger 0 --key key evidence/7.json evidence/7.tlog-proof
prints '^The proof holds: this is record 7 of the log evidence\.hollerith\.example/cordon, in the tree of'
prints '^What this does not prove:'
stranger 0 --key "$(cat key)" both
equal "two records in one text" "$(grep -c '^The proof holds' "$out")" 2
stranger 0 --json --key key both
python3 -c '
import json
a, b = (json.loads(l) for l in open("out"))
assert a["holds"] and a["index"] == 7 and b["index"] == 0 and b["record"]["schema"] == "sighting/2", (a, b)' ||
	fail "check --json"
echo >>elsewhere/evidence/7.json
stranger 0 --key key evidence/7.json evidence/7.tlog-proof
# Whatever byte is wrong, it does not hold, and does no harm.
python3 - <<'PY'
import os
os.mkdir("elsewhere/bad")
for kind in ("json", "tlog-proof"):
    good = open(f"evidence/7.{kind}", "rb").read()
    for i in range(0, len(good), 7):
        bad = bytearray(good)
        bad[i] ^= 1 << i % 8
        open(f"elsewhere/bad/{i}.{kind}", "wb").write(bad)
PY
held=0
for bad in elsewhere/bad/*; do
	record=evidence/7.json proof=evidence/7.tlog-proof
	[ "${bad%.json}" = "$bad" ] && proof=$bad || record=$bad
	code=0
	"$CORDON" ledger check --key key "$record" "$proof" >/dev/null 2>&1 || code=$?
	checks=$((checks + 1))
	[ $code = 1 ] || { held=$((held + 1)); fail "check of $bad ends with $code"; }
done
[ $held = 0 ] || echo "$held wrong ones"
stranger 1 --key key evidence/0.json evidence/7.tlog-proof
says 'does not hold'
"$CORDON" ledger key --state other >elsewhere/other.key
stranger 1 --key other.key evidence/7.json evidence/7.tlog-proof
stranger 2 evidence/7.json evidence/7.tlog-proof
says '^cordon ledger check: --key is needed'
stranger 2 --key nonsense evidence/7.json evidence/7.tlog-proof
stranger 1 --key key evidence/7.json nothing
cordon 1 ledger prove "$size"
cordon 2 ledger prove -- -1

# --- raw evidence ---
cordon 0 ledger raw --out raw 7
prints '^This is the evidence as it came in: it names people\.'
sum=$(cat raw/7.salt raw/7.raw | sha256sum | cut -d ' ' -f 1)
prints "^gives $sum,"
cmp -s raw/7.raw "$mail"/"$(grep -lF "$(grep -i '^message-id:' raw/7.raw)" "$mail"/*.eml | xargs basename)" ||
	fail "raw evidence is not the message"
cp -r raw elsewhere
stranger 0 --key key evidence/7.json evidence/7.tlog-proof --raw raw/7.raw --salt raw/7.salt
prints '^The raw evidence is what the record commits to'
echo >>elsewhere/raw/7.raw
stranger 1 --key key evidence/7.json evidence/7.tlog-proof --raw raw/7.raw --salt raw/7.salt
run 0 "$CORDON" ledger raw --salt 7
same "the salt alone" "$out" raw/7.salt
run 0 "$CORDON" ledger raw 7
same "the raw alone" "$out" raw/7.raw

# Erased: it is gone, every proof still holds, and it is recorded.
cordon 2 ledger erase 7
says 'say --yes'
cordon 0 ledger raw 7
cordon 0 ledger erase --yes 7
cordon 1 ledger raw 7
cordon 0 ledger verify --raw --against early
stranger 0 --key key evidence/7.json evidence/7.tlog-proof
cordon 0 ledger prove 7
cp "$out" elsewhere/late
stranger 0 --key key late
cordon 0 ledger show --last 1
prints 'erasure +the raw evidence of record 7 was erased$'
cordon 1 ledger erase --yes 7
says 'expired or was erased'
cordon 1 ledger erase --yes 9999999

# --- the index, from the log alone ---
cordon 0 ledger show --json
mv "$out" before
cordon 0 ledger show
mv "$out" before.table
cordon 0 ledger reindex
prints "^The index was made again from the log: [0-9]+ records\.\$"
cordon 0 ledger show --json
same "records after reindex" "$out" before
cordon 0 ledger show
same "table after reindex" "$out" before.table
rm "$ledger"/index.db*
cordon 0 ledger reindex
cordon 0 ledger show
same "table of a lost index made anew" "$out" before.table
cordon 0 ledger raw --out raw2 3
cordon 1 ledger raw 7

# --- export ---
cordon 0 ledger export
same "JSON" "$out" before
cordon 0 ledger export --format csv --out table.csv --kind phish
[ ! -e table.csv.part ] || fail "a part is left"
python3 - <<'PY' || fail "CSV"
import csv, json
rows = list(csv.DictReader(open("table.csv")))
want = [json.loads(l) for l in open("before") if json.loads(l)["record"].get("kind") == "phish"]
assert [int(r["index"]) for r in rows] == [j["index"] for j in want]
assert all(r["host"] == j["record"]["ip"] and r["kind"] == "phish" for r, j in zip(rows, want))
assert {r["asn"] for r in rows} & {"64505", "64510"}, rows
PY
cordon 0 ledger export --format csv
grep -q ',erasure,' "$out" || grep -q '^[0-9]*,erasure' "$out" || fail "CSV lacks the erasure"
cordon 0 ledger export --format stix --out bundle.json
cordon 0 ledger export --format stix
same "the same bytes" "$out" bundle.json
python3 - <<'PY' || fail "STIX"
import json, re, uuid
b = json.load(open("bundle.json"))
assert b["type"] == "bundle" and set(b) == {"type", "id", "objects"}
objects = b["objects"]
ids = {o["id"]: o for o in objects}
assert len(ids) == len(objects), "identifiers are unique"
time = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
need = {  # what the standard requires beside the common properties
    "identity": ["name"], "indicator": ["pattern", "pattern_type", "valid_from"],
    "observed-data": ["first_observed", "last_observed", "number_observed", "object_refs"],
    "sighting": ["sighting_of_ref"], "campaign": ["name"],
    "relationship": ["relationship_type", "source_ref", "target_ref"],
    "ipv4-addr": ["value"], "ipv6-addr": ["value"], "domain-name": ["value"],
    "autonomous-system": ["number"]}
observables = {"ipv4-addr", "ipv6-addr", "domain-name", "autonomous-system"}
space = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
seen = set()
def check_refs(o):
    for k, v in o.items():
        if k.endswith("_ref"):
            assert v in ids, (k, v)
        if k.endswith("_refs"):
            assert v and all(x in ids for x in v), (k, v)
for o in objects:
    seen.add(o["type"])
    kind, number = o["id"].split("--")
    assert kind == o["type"] and o["spec_version"] == "2.1"
    assert uuid.UUID(number).version == 5
    assert all(k in o for k in need[kind]), o
    if kind in observables:
        key = {"number": o["number"]} if kind == "autonomous-system" else {"value": o["value"]}
        assert number == str(uuid.uuid5(space, json.dumps(key, separators=(",", ":")))), o
    else:
        assert time.match(o["created"]) and time.match(o["modified"]) and o["created"] <= o["modified"]
    check_refs(o)
assert {"indicator", "sighting", "observed-data", "campaign", "relationship", "ipv4-addr",
        "autonomous-system", "identity"} <= seen, seen
records = [json.loads(l)["record"] for l in open("before")]
sightings = [r for r in records if "kind" in r]
assert sum(o["number_observed"] for o in objects if o["type"] == "observed-data") == len(sightings)
assert {o["value"] for o in objects if o["type"].endswith("-addr")} == {r["ip"] for r in sightings}
PY
cordon 2 ledger export --format tiles
cordon 0 ledger export --format tiles --out www
prints '^www: [0-9]+ files are new'
(cd "$ledger/log" && find . -type f | sort) >ours
(cd www && find . -type f | sort) >theirs
same "files of the copy" theirs ours
cordon 0 ledger checkpoint
same "its checkpoint" www/checkpoint "$out"
cordon 0 ingest --quiet --trap "$mail/0002.eml"
cordon 0 ledger export --format tiles --out www
cordon 0 ledger checkpoint
same "its checkpoint, later" www/checkpoint "$out"

# --- damage: whatever byte of the log is changed, verify says so ---
cp -r "$CORDON_STATE" good
mapfile -t parts < <(cd "$ledger/log" && find . -type f ! -name '*.tmp' | sort)
RANDOM=${SEED:=$(date +%N | sed 's/^0*//')}
for i in $(seq 60); do
	part=${parts[$((i % ${#parts[@]}))]}
	rm -rf "$ledger/log"
	cp -r good/ledger/log "$ledger/log"
	python3 - "$ledger/log/$part" $((RANDOM * 32768 + RANDOM)) <<'PY'
import sys
path, at = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, "rb").read())
data[at % len(data)] ^= 1 << at % 8
open(path, "wb").write(data)
PY
	code=0
	"$CORDON" ledger verify >verify.out 2>verify.err || code=$?
	checks=$((checks + 1))
	[ $code = 1 ] && [ -s verify.err ] ||
		fail "SEED=$SEED: a changed byte in $part: verify ends with $code" "$(cat verify.err verify.out)"
done
finish
