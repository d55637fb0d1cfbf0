#!/bin/bash
# net routes: the best route of every network to one, and of some hop by hop; what is wrong is told.
. "$(dirname "$0")/lib.sh"
date=2026-10-16
tab=$(printf '\t')

# Nothing to ask yet, or nothing that makes sense.
cordon 1 net routes 64505
says "^cordon: no AS graph in $CORDON_STATE/net yet; 'cordon net import FILE' takes"
cordon 2 net routes
says '^cordon net routes: no ORIGIN given'
cordon 2 net routes 64505 64511
says '^cordon net routes: takes one ORIGIN'
cordon 2 net routes 64505,64511
says '^cordon net routes: takes one ORIGIN'
cordon 2 net routes brackwater
says "^cordon net routes: 'brackwater' is no AS number"
cordon 2 net routes --from 64511,tuxworth 64505
says "^cordon net routes: --from: 'tuxworth' is no AS number"
cordon 2 net routes --date never 64505
says "^cordon net routes: --date: 'never' is no date"

cordon 0 net import "$sample/as-rel.txt"
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"

# All networks. Not to a terminal it is rows for programs.
cordon 0 net routes --date $date AS64505
says_nothing
cp "$out" rows
cordon 0 net routes --date $date --format tsv 0.64505
same "the same, asked otherwise" "$out" rows
equal "rows" "$(wc -l <rows)" 27
equal "head" "$(head -1 rows)" "as${tab}class${tab}hops${tab}next${tab}ties${tab}path"
while read -r row; do
	checks=$((checks + 1))
	grep -qxF "${row// /$tab}" <(tr ' ' _ <rows) || fail "no row $row"
done <<'ROWS'
64505 origin 0 - 0 64505
64507 customer 1 64505 0 64507_64505
64511 customer 3 64496 2 64511_64496_65544_64505
64503 peer 1 64505 0 64503_64505
64506 provider 1 64505 0 64506_64505
64500 provider 4 64501 0 64500_64501_64496_65544_64505
ROWS
equal "every path ends at the origin, as long as it should be" \
	"$(awk -F '\t' 'NR > 1 { n = split($6, p, " "); if (n != $3 + 1 || p[1] != $1 ||
		p[n] != 64505 || (n > 1 && p[2] != $4)) print }' rows)" ''
cordon 0 net routes --date $date --json 64505
equal "JSON says the same" "$(jq -r '[.asn, .class, .hops, .next // "-", .ties,
	(.path | map(tostring) | join(" "))] | @tsv' "$out")" "$(tail -n +2 rows)"
equal "holders" "$(jq -r 'select(.asn == 64511).holder' "$out")" 'Silverstrand Telecom plc'
cp "$out" json
COLUMNS=100 cordon 0 net routes --date $date --format table 64505
golden net-routes.txt "$out"

# Hop by hop.
cordon 0 net routes --date $date --from 64511,64500 --format table 64505
golden net-routes-from.txt "$out"
cordon 0 net routes --date $date --from AS64511 64505
equal "hops" "$(tail -n +2 "$out" | cut -f 1-4,6)" "64511${tab}64511${tab}-${tab}customer${tab}64504 65541
64511${tab}64496${tab}customer${tab}customer${tab}-
64511${tab}65544${tab}customer${tab}customer${tab}-
64511${tab}64505${tab}customer${tab}origin${tab}-"
cordon 0 net routes --date $date --from 64511,64505 --json 64505
equal "objects" "$(jq -c '[.asn, .to.asn, .class, .hops, (.path | map([.asn, .relation])),
	(.path[0].ties | map(.asn)), .graph.source]' "$out")" \
	'[64511,64505,"customer",3,[[64511,null],[64496,"customer"],[65544,"customer"],[64505,"customer"]],[64504,65541],"as-rel"]
[64505,64505,"origin",0,[[64505,null]],[],"as-rel"]'
equal "keys that are not told" "$(cat "$out" json | jq -r '.. | objects | keys[]' | sort -u |
	while read -r key; do
		grep -q "\`$key\`" "$top/docs/formats/net-routes.md" "$top/docs/formats/net-show.md" ||
			echo "$key"
	done)" ''
cordon 0 net routes --date $date --from 64505 --format table 64505
prints '^AS64505 Brackwater Hosting Ltd is where the routes begin\.$'

# A peer's route is not told to peers: these two see nothing of each other.
printf '1|2|0\n2|3|0\n3|4|-1\n' >parted.txt
CORDON_STATE=$work/parted cordon 0 net import --date 2026-01-01 parted.txt
CORDON_STATE=$work/parted cordon 0 net routes --date 2026-01-01 1
equal "none" "$(grep none "$out")" "3${tab}none${tab}-${tab}-${tab}-${tab}-
4${tab}none${tab}-${tab}-${tab}-${tab}-"
CORDON_STATE=$work/parted cordon 0 net routes --date 2026-01-01 --from 4 --format table 1
prints '^AS4 has no route to AS1\.$'
CORDON_STATE=$work/parted cordon 0 net routes --date 2026-01-01 --from 4 --json 1
equal "null" "$(jq -c '[.class, .hops, .path]' "$out")" '["none",null,null]'

# What the graph does not have.
cordon 1 net routes --date $date 64999
says "^cordon: AS64999 is not in the graph of 2026-10-15; 'cordon net import FILE'"
cordon 1 net routes --date $date --from 64999 64505
says "^cordon: AS64999 is not in the graph"
prints_no .
cordon 1 net routes --date $date --from 64999,64511 64505
prints '^64511'
run 3 sh -c '"$@" >/dev/full' sh "$CORDON" net routes 64505
says '^cordon: standard output: No space left on device$'

# A chain of providers: rows do not grow with the square of its length.
seq 1 2000 | awk '{ print $1 + 1 "|" $1 "|-1" }' >chain.txt
cordon 0 net import --state chain --date $date chain.txt
cordon 0 net routes --state chain --date $date -f tsv 1
prints '^65.customer.64.64.0.65 64 63 '
prints '^66.customer.65.65.0.-$'
cordon 0 net routes --state chain --date $date --json 1
equal "a long path" "$(jq -c 'select(.asn == 66) | .path' "$out")" null
finish
