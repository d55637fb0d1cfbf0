#!/bin/bash
# net show: what is known of a network; the picture of what is above it; what is wrong is told.
. "$(dirname "$0")/lib.sh"
date=2026-10-16

# Nothing to ask yet.
cordon 1 net show AS64505
says "^cordon: no AS graph in $CORDON_STATE/net yet; 'cordon net import FILE' takes"
cordon 2 net show
says '^cordon net show: no AS given'
cordon 2 net show 64505,brackwater
says "^cordon net show: 'brackwater' is no AS number such as AS64500; see 'cordon net show --help'$"
cordon 2 net show --date never 64505
says "^cordon net show: --date: 'never' is no date like 2008-11-11"

# Without a table of origins nobody has a name.
cordon 0 net import "$sample/as-rel.txt"
cordon 0 net show --date $date 64505
prints '^AS64505$'
prints '^  announces      -$'
prints "^No table of origins: only networks are counted, and none has a name; 'cordon net$"
cordon 0 net show --date $date --json 64505
equal "no table" "$(jq -c '[.holder, .announces, .table, .seen]' "$out")" '[null,null,null,null]'

# All of it; however the numbers are written.
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
cat >routes.txt <<'TXT'
TABLE_DUMP2|1791936000|B|192.0.2.1|64496|198.51.100.0/24|64496 65544 64505|IGP
TABLE_DUMP2|1791936000|B|192.0.2.2|64508|198.51.100.0/24|64508 65537 64504 64507 64505|IGP
TABLE_DUMP2|1791936000|B|192.0.2.2|64508|203.0.113.0/24|64508 65537 64504 64507 64505 64506|IGP
TABLE_DUMP2|1791936000|B|192.0.2.3|64501|203.0.113.0/24|64501 64496 64511|IGP
TXT
cordon 0 net import --date 2026-10-14 --source routes routes.txt
cordon 0 net show --date $date AS64505,as64511
golden net-show.txt "$out"
says_nothing
cp "$out" first
cordon 0 net show --date $date 64505 0.64511
same "the same, asked otherwise" "$out" first
cordon 0 net show --date $date --json 64505 64511
equal "rows" "$(jq -r '[.asn, .holder, .announces.ipv4_addresses, .announces.ipv6_48s, .cone, .rank,
	.clique, .seen.see, .seen.see_as_origin, .seen.vantage_points] | @csv' "$out")" \
	'64505,"Brackwater Hosting Ltd",64,256,3,9,false,2,2,3
64511,"Silverstrand Telecom plc",32,0,20,1,true,1,1,3'
equal "neighbours" "$(jq -c '[.providers, .peers, .siblings, .customers | length]' "$out")" \
	'[2,2,0,2]
[0,2,0,6]'
equal "keys that are not told" "$(jq -r '.. | objects | keys[]' "$out" | sort -u |
	while read -r key; do
		grep -q "\`$key\`" "$top/docs/formats/net-show.md" || echo "$key"
	done)" ''

# Far off is told.
cordon 0 net show --date 2008-11-11 64505
prints '^Graph as-rel of 2026-10-15, 6,547 days off \(stale: links may have been others;$'
prints '^AS64505 in 2026: Brackwater Hosting Ltd$'
cordon 0 net show --date 2008-11-11 --json 64505
equal "stale" "$(jq -c '[.graph, .table, .seen | .days_off, .stale]' "$out")" \
	'[6547,true,6546,true,6546,true]'

# The nearest table is one of routes, which names nobody: names come from the nearest that does.
cordon 0 net show --date 2026-10-14 64505
prints '^AS64505 Brackwater Hosting Ltd$'
prints '^Addresses: routes of 2026-10-14, of that day. Holders: networks of 2026-10-15, 1$'
cordon 0 net show --date 2026-10-14 --json 64505
equal "two tables" "$(jq -c '[.holder, .table.source, .holders.source]' "$out")" \
	'["Brackwater Hosting Ltd","routes","networks"]'

# Who is not there is told, and the rest is done.
cordon 1 net show --date $date 65551 64505 65550
says "^cordon: AS65551 is not in the graph of 2026-10-15; 'cordon net import FILE' with AS paths or relationships of about $date may add it$"
says '^cordon: AS65550 '
prints '^AS64505 Brackwater'
cordon 1 net show --date $date 65551
equal "nothing to show" "$(cat "$out")" ''

# Pictures: well-formed, whoever chose the names; the same each time; nothing else with '-'.
cat >hostile.csv <<'CSV'
192.0.2.0,192.0.2.255,64505,"</text><script>alert('x')</script> & ""co"""
198.51.100.0,198.51.100.255,64507,"]]><![CDATA[ <!-- &#0; ‮gnp.exe"
203.0.113.0,203.0.113.255,65544,"漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"
CSV
cordon 0 net import --date 2020-01-01 hostile.csv
cordon 0 net show --date 2020-01-01 --svg hostile.svg 64505
prints '^AS64505 </text><script>'
well_formed hostile.svg AS64505 AS64507 AS65544 AS64511
cordon 0 net show --date $date --svg - 64505
well_formed "$out" AS64505 'Saone Fibre SAS' 'Above AS64505 Brackwater Hosting Ltd'
cp "$out" first.svg
cordon 0 net show --date $date --svg again.svg --json 64505
same "the same picture" again.svg first.svg
jq -e .asn "$out" >/dev/null || fail "no JSON beside the picture"
cordon 0 net show --date $date --svg - 64505,64511,64500
well_formed "$out" 'Above AS64505, AS64511 and AS64500'
cordon 3 net show --date $date --svg no/such/folder.svg 64505
says '^cordon: no/such/folder.svg: folder: No such file or directory$'

# A graph too large to draw is summed up.
{ echo '# source:topology|BGP|20260101|many'
  for i in {1..500}; do echo "$i|64505|-1"; done
  for i in {501..530}; do echo "$i|64505|0"; done; } >many.txt
cordon 0 net import many.txt
cordon 0 net show --date 2026-01-01 --svg many.svg 64505
well_formed many.svg 'not drawn: +447 more above, +24 more peers'
at_most "boxes" "$(grep -c '<g>' many.svg)" 60
finish
