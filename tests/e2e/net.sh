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
want 1 "1 row$tab$work/state/net/2020-01-01.table.table" \
	"$cordon" net import "$work/20200101.csv"
grep -q 'line 2' "$work/err" || { echo "first bad line not told"; failed=1; }
printf 'damaged' >"$work/state/net/2020-01-01.table.table"
want 0 "$row" "$cordon" net lookup --date 2026-10-10 192.0.2.5
# Routes: text of bgpdump, and MRT; a table of origins and paths of both.
export CORDON_STATE="$work/routes"
made="$CORDON_STATE/net/2010-07-01"
cat >"$work/rib.txt" <<'EOF'
TABLE_DUMP2|1277971199|B|192.0.2.1|64500|11.0.0.0/8|64500 64501 64502|IGP|192.0.2.1|0|0||NAG||
TABLE_DUMP2|1277971199|B|192.0.2.2|64503|11.0.0.0/8|64503 64503 64502|IGP|192.0.2.2|0|0||NAG||
BGP4MP|1277971200|A|192.0.2.2|64503|0.0.0.0/0|64503|IGP|192.0.2.2|0|0||NAG||
BGP4MP|1277971200|W|192.0.2.2|64503|12.0.0.0/8
EOF
want 0 "1 row$tab$made.text.table
3 paths$tab$made.text.paths
2 routes of a table
1 routes of updates
1 routes to everywhere, or wider than any holding, are not in the table
1 withdrawals, not applied
1 routes with repeats in the path, which were folded" \
	"$cordon" net import --source text "$work/rib.txt"
want 0 "11.1.2.3${tab}11.0.0.0/8${tab}AS64502$tab-${tab}2010-07-01" \
	"$cordon" net lookup --date 2010-07-01 11.1.2.3
python3 - "$work/updates.mrt" <<'EOF'
import struct, sys

def update(first_byte, *path):
    hops = bytes([2, len(path)]) + b''.join(struct.pack('>I', asn) for asn in path)
    attributes = b'\x40\x01\x01\x00' + bytes([0x40, 2, len(hops)]) + hops
    body = struct.pack('>HH', 0, len(attributes)) + attributes + bytes([8, first_byte])
    message = b'\xff' * 16 + struct.pack('>HB', 19 + len(body), 2) + body
    head = struct.pack('>IIHH4s4s', 64500, 64999, 0, 1, b'\xc0\0\2\1', b'\xc0\0\2\2')
    return struct.pack('>IHHI', 1277971199, 16, 4, len(head + message)) + head + message

with open(sys.argv[1], 'wb') as to:
    to.write(update(11, 64500, 64502) + update(12, 64500, 64501) + update(13, 64500, 64501))
EOF
want 0 "3 rows$tab$made.mrt.table
2 paths$tab$made.mrt.paths
3 routes of updates" "$cordon" net import --source mrt "$work/updates.mrt"
cat >"$work/counts.py" <<'EOF'
import json, sys
report = json.load(sys.stdin)
print(*(report[group][key] for group, key in (name.split('.') for name in sys.argv[1:])))
EOF
want 0 '2 4 3 5 0' sh -c '"$0" net import --json --source both "$1" "$2" |
	python3 "$3" taken.routes taken.announced taken.prefixes taken.paths bad.cut' \
	"$cordon" "$work/rib.txt" "$work/updates.mrt" "$work/counts.py"
printf '# source:topology|BGP|20100701|x\n1|2|-1\n1|3|0\n2|3|0|bgp\n' >"$work/rel.txt"
want 0 "3 links$tab$made.rel.graph" "$cordon" net import "$work/rel.txt"
cat >"$work/list.py" <<'EOF'
import json, sys
for line in sys.stdin:
    f = json.loads(line)
    if f['source'] in ('text', 'rel'):
        print(*(f.get(k) for k in ('kind', 'date', 'source', 'ipv4', 'ases', 'links', 'paths', 'routes')))
EOF
want 0 'table 2010-07-01 text 1 None None None None
graph 2010-07-01 rel None 3 3 None None
paths 2010-07-01 text None None None 3 3' sh -c '"$0" net list --json | python3 "$1"' \
	"$cordon" "$work/list.py"
want 0 '1 1' sh -c '"$0" net list | awk "
	/^2010-07-01  rel +graph +3 ASes +3 links, given / { graphs++ }
	/^2010-07-01  text +paths +3 paths of 3 routes / { paths++ }
	END { print graphs, paths }"' "$cordon"
cp "$made.rel.graph" "$work/rel.graph"
printf 'damaged' >"$made.rel.graph"
"$cordon" net list >/dev/null 2>"$work/err" && { echo "a damaged graph is listed"; failed=1; }
grep -q 'rel.graph' "$work/err" || { echo "a damaged graph is not told"; failed=1; }
mv "$work/rel.graph" "$made.rel.graph"

# Marks in a holder's name that turn the direction of text do not reach the terminal.
printf '8.8.8.0/24,64500,a \342\200\256b\n' >"$work/20100102.csv"
want 0 "1 row$tab$CORDON_STATE/net/2010-01-02.turned.table" \
	"$cordon" net import --source turned "$work/20100102.csv"
want 0 "8.8.8.8${tab}8.8.8.0/24${tab}AS64500${tab}a $(printf '\357\277\275')b${tab}2010-01-02" \
	"$cordon" net lookup --date 2010-01-02 8.8.8.8

# A file that ends in the middle: what it held is imported, and told to be incomplete.
head -c 200 "$work/updates.mrt" >"$work/cut.mrt"
want 1 "2 rows$tab$made.cut.table
2 paths$tab$made.cut.paths
2 routes of updates" "$cordon" net import "$work/cut.mrt"
if ! grep -q 'cut.mrt: cut off at byte 200' "$work/err" || ! grep -q 'incomplete' "$work/err"; then
	echo "where the file ends is not told"
	failed=1
fi
printf 'TABLE_DUMP2|1277971199|B|192.0.2.1|64500|11.0.0.0/8|645 x|IGP|||||\n' >>"$work/rib.txt"
want 1 '' sh -c '"$0" net import --json "$1" >"$2"' "$cordon" "$work/rib.txt" "$work/json"
want 0 '1 5' sh -c 'python3 "$1" bad.bad_path first_bad.line <"$0"' "$work/json" "$work/counts.py"
exit $failed
