#!/bin/sh
# shellcheck disable=SC2016 # the inner shell expands them
# net.sh CORDON SAMPLE: imports the sample's table, looks up and lists, and holds every answer and
# exit code against what it should be.
set -u
cordon=$1 sample=$2
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
export CORDON_CONFIG='' CORDON_STATE="$work/state"
tab=$(printf '\t')
failed=0

# want CODE OUTPUT COMMAND...: standard output and exit code of a command.
want() {
	code=$1 output=$2
	shift 2
	got=$("$@" 2>"$work/err")
	got_code=$?
	if [ "$got" != "$output" ] || [ "$got_code" != "$code" ]; then
		printf '%s\n  got  (%s) %s\n  want (%s) %s\n' "$*" "$got_code" "$got" "$code" "$output"
		cat "$work/err"
		failed=1
	fi
}

want 1 "192.0.2.5$tab-$tab-$tab-$tab-" "$cordon" net lookup 192.0.2.5
want 1 "" "$cordon" net import "$sample/networks.csv"
grep -q -e '--date' "$work/err" || { echo "no remedy told"; failed=1; }
want 1 "" "$cordon" net import "$work/nothing.csv"
want 2 "" "$cordon" net import
want 2 "" "$cordon" net lookup --date yesterday 192.0.2.5
want 0 "32 rows$tab$work/state/net/2026-10-18.networks.table" \
	"$cordon" net import --date 2026-10-18 --terms "Invented." "$sample/networks.csv"
row="192.0.2.5${tab}192.0.2.0/27${tab}AS64496${tab}Corrib Broadband Ltd${tab}2026-10-18"
want 0 "$row" "$cordon" net lookup --date 2026-10-10 192.0.2.5
want 0 "$row${tab}stale" "$cordon" net lookup --date 2024-10-10 192.0.2.5
want 0 "10.1.2.3$tab-$tab-${tab}private${tab}2026-10-18" \
	"$cordon" net lookup --date 2026-10-10 10.1.2.3
printf '# comment\n\n192.0.2.5 some more\nbad\n192.0.2.5' >"$work/list"
want 1 "$row
$row" sh -c '"$0" net lookup --date 2026-10-10 - <"$1"' "$cordon" "$work/list"
want 0 '64496' sh -c '"$0" net lookup --json 192.0.2.5 |
	python3 -c "import json, sys; print(json.load(sys.stdin)[\"asn\"])"' "$cordon"
want 0 '2026-10-18 networks 25 7 Invented.' sh -c '"$0" net list --json | python3 -c "
import json, sys
t = json.load(sys.stdin)
print(t[\"date\"], t[\"source\"], t[\"ipv4\"], t[\"ipv6\"], t[\"terms\"])"' "$cordon"
printf 'x,y\n192.0.2.0,192.0.2.255,many\n203.0.113.0,203.0.113.255,1\n' >"$work/20200101.csv"
want 1 "1 rows$tab$work/state/net/2020-01-01.table.table" \
	"$cordon" net import "$work/20200101.csv"
grep -q 'line 2' "$work/err" || { echo "first bad line not told"; failed=1; }
printf 'damaged' >"$work/state/net/2020-01-01.table.table"
want 0 "$row" "$cordon" net lookup --date 2026-10-10 192.0.2.5
exit $failed
