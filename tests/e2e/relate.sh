#!/bin/bash
# net relate: relationships inferred from imported paths, installed, printed, and held against others.
. "$(dirname "$0")/lib.sh"

cordon 1 net relate
says "^cordon: no AS paths in $CORDON_STATE/net yet; 'cordon net import FILE' keeps"
cordon 2 net relate 64500
says '^cordon net relate: takes no argument'
cordon 2 net relate --clique 64500,tuxworth
says "^cordon net relate: --clique: 'tuxworth' is no AS number"
cordon 2 net relate --exchange ,
says "^cordon net relate: --exchange: '' is no AS number"
cordon 2 net relate --method gao --clique 64500
says "^cordon net relate: --clique: Gao's method knows none"
cordon 2 net relate --date never
says "^cordon net relate: --date: 'never' is no date"

# AS64509 buys from AS64501 and hears of AS64502 through it; behind each there are customers.
route=0
while read -r path; do
	route=$((route + 1))
	echo "TABLE_DUMP2|1277971199|B|192.0.2.1|64509|11.0.$route.0/24|$path|IGP|192.0.2.1|0|0||NAG||"
done >rib.txt <<'PATHS'
64509 64501 64502 64508
64509 64501 64502 64507
64509 64501 64502 64506
64509 64501 64505
64509 64511 64501 64505 64504
64509 64503
PATHS
cordon 0 net import --source collector rib.txt
cordon 0 net relate --clique AS64501,64502 --exchange 64511 --output links.txt
[ -s "$out" ] && fail "links went to the file and to standard output"
says '^paths of 2010-07-01, [0-9,]+ days off; luckie2013$'
says '^  9 ASes$'
says '^  clique \(as given\): 64501 64502$'
says "^  $CORDON_STATE/net/2010-07-01.collector.graph\$"
grep -v '^#' links.txt >links
cat >wanted <<'LINKS'
64501|64502|0
64501|64505|-1
64501|64509|-1
64502|64506|-1
64502|64507|-1
64502|64508|-1
64503|64509|0
64505|64504|-1
LINKS
same "links" links wanted
grep -q '^# inferred clique: 64501 64502$' links.txt || fail "the clique is not in the file"
cordon 0 net relate --clique AS64501,64502 --exchange 64511
same "printed and written" "$out" links.txt
cordon 0 net show --date 2010-07-01 --json 64509
equal "the graph is used" "$(jq -c '[.providers[].asn]' "$out")" '[64501]'

# Held against a file; what is wrong in it is told.
gzip -c links.txt >same.gz
cordon 0 net relate --clique 64501,64502 --exchange 64511 --compare same.gz
prints '^transit +6 +0 +0 +0 100.00 %$'
prints '^peers +0 +0 +2 +0 100.00 %$'
prints '^only here +0 +0 +0 +0$'
prints_no '\|'
sed 's/^64505|64504|-1/64504|64505|-1/; s/^64503|64509|0/64509|64503|-1/; /64506/d' links.txt >other.txt
printf '1|2|-1\n1|x|0\n' >>other.txt
cordon 1 net relate --clique 64501,64502 --exchange 64511 --json --compare other.txt
says 'other.txt: 1 lines are no relationship'
equal "agreement" "$(jq -c '.agreement | [.transit.transit, .transit.turned, .transit.peers, .transit.agree,
	.peers.peers, .only_reference.transit, .only_ours.transit]' "$out")" '[4,1,1,0.6666666666666666,1,1,1]'
equal "summary" "$(jq -c '[.date, .source, .method, .ases, .clique, .clique_is, .transit, .peers]' "$out")" \
	'["2010-07-01","collector","luckie2013",9,[64501,64502],"given",6,2]'
cordon 1 net relate --compare nothing.txt
says '^cordon: nothing.txt: '
echo '# nothing' >nothing.txt
cordon 1 net relate --compare nothing.txt
says '^cordon: nothing.txt: no relationship of ASes in it'

# Gao's method, under another name; an imported graph is not overwritten; a place that cannot be written.
cordon 0 net relate --method gao --source gao
says 'gao2001'
[ -f "$CORDON_STATE/net/2010-07-01.gao.graph" ] || fail "no graph of that name"
printf '# source:topology|BGP|20100701|x\n64501|64502|0\n' >given.txt
cordon 0 net import --source given given.txt
cordon 1 net relate --source given
says 'given.graph was imported and is not overwritten; --source names another'
cordon 1 net relate --source ../x
says "^cordon: --source: a short name without '/'"
cordon 3 net relate --output /nowhere/at/all
says '^cordon: /nowhere/at/all: '
finish
