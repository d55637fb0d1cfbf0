#!/bin/bash
# Networks are ranked from a ledger: text, object, picture, one explained, and how well it foretells.
. "$(dirname "$0")/lib.sh"

# 40 networks of a /20 each; AS64500 has many hosts by two sources that stay, the others a few.
python3 - <<'PY'
import datetime
with open("table.csv", "w") as t:
    for n in range(40):
        t.write(f"198.{n}.0.0,198.{n}.15.255,{64500 + n},Holder {n}\n")
start = datetime.date(2026, 6, 1)
for week in range(12):
    day = start + datetime.timedelta(days=7 * week)
    for source in "one", "two":
        with open(f"{source}-{day}.txt", "w") as f:
            for k in range(30):
                if k % 2 == (source == "two") or k % 3 == 0:
                    f.write(f"198.0.1.{k + 1}\n")
            for n in range(1, 40):
                if (n * 7 + week) % 11 == 0:
                    f.write(f"198.{n}.{week}.{n}\n")
PY
cordon 0 net import --date 2026-06-01 table.csv
for f in one-*.txt two-*.txt; do
	cordon 0 feed import --kind attack --source "${f%%-*}" "$f"
done

cordon 0 rank --date 2026-08-17 -n 3
has_line() {
	checks=$((checks + 1))
	grep -qE -- "$1" "$out" || fail "no line like $1" "$(cat "$out")"
}
has_line '^   1 .*AS64500 Holder 0'
has_line 'and [0-9]+ more'
cordon 0 rank --date 2026-08-17 --json
checks=$((checks + 1))
python3 - "$out" <<'PY' || fail "the object is not as told" "$(head -c 900 "$out")"
import json, sys
j = json.load(open(sys.argv[1]))
first = j["rank"][0]
assert first["asn"] == 64500 and first["size"] == 4096 and first["hosts"] == 30, first
assert first["sources"] == 2 and first["kinds"] == {"attack": 30}, first
for e in j["rank"]:
    assert 0 < e["low"] <= e["badness"] <= e["high"], e
    assert e["low"] <= first["low"]
assert j["networks"] == 40 and {s["source"] for s in j["sources"]} == {"one", "two"}
PY
cordon 0 rank --date 2026-08-17 --explain AS64500 --svg rank.svg
has_line 'AS64500 Holder 0 is 1\. of'
has_line '30 hosts \(attack 30\), by 2 sources'
has_line 'one, attack +expects'
well_formed rank.svg 'AS64500 Holder 0'
cordon 0 rank --date 2026-08-17 --explain 64501 --json
cordon 0 rank --date 2026-08-17 --by prefix --kind attack,c2
has_line '^   1 .*198\.0\.0\.0/20'
cordon 0 rank --date 2026-08-17 --by holder
has_line '^   1 .*Holder 0'
cordon 0 rank --date 2020-01-01
has_line '0 networks were seen'
cordon 0 rank --date 2026-08-17 --known
cordon 0 rank --date 2026-08-17 --backtest --days 20
has_line '^cordon +-'
has_line '^circl +-'
cordon 0 rank --date 2026-08-17 --backtest --hide two --json

cordon 1 rank --date 2026-08-17 --explain 4200000000
cordon 1 rank --date 2026-08-17 --backtest --hide nobody
cordon 1 rank --date 2020-01-01 --backtest
cordon 1 rank --state nothing-there
cordon 2 rank --date tomorrow
cordon 2 rank --kind sin
cordon 2 rank --window 0
cordon 2 rank --hide one
cordon 2 rank --backtest --explain 64500
cordon 2 rank --explain me
cordon 2 rank --by prefix --explain 64500
cordon 2 rank AS64500

finish
