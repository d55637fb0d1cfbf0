#!/bin/bash
# depeer: what would follow if networks stopped carrying another; as a report, as JSON, as a
# picture. The networks of the sample are the world.
. "$(dirname "$0")/lib.sh"
date=2026-10-16
ask() {
	local code=$1
	shift
	cordon "$code" depeer --date $date "$@"
}
# query FILTER: of the JSON of the last run.
query() {
	jq -c "$1" "$out"
}

# What makes no sense, and what is not there yet.
cordon 2 depeer
says "^cordon depeer: no AS given; see 'cordon depeer --help'$"
ask 2 64505,x
says "^cordon depeer: 'x' is no AS number"
ask 2 --cut 64507,,65544 64505
says "^cordon depeer: --cut: '' is no AS number"
ask 2 --keep AS 64505
says "^cordon depeer: --keep: 'AS' is no AS number"
for share in '' x 5 -1 1.5 5%% 101% nan inf 0x1 '5 %'; do
	ask 2 --reach "$share" 64505
	says "^cordon depeer: --reach takes a share such as 5% or 0.05, not '$share'"
done
ask 2 --seconds soon 64505
ask 1 64505
says "^cordon: no AS graph in $CORDON_STATE/net yet; 'cordon net import FILE' takes"

# Without a table of origins.
cordon 0 net import "$sample/as-rel.txt"
ask 0 64505
prints '^AS64505$'
prints "^  No table of origins: only networks are counted, and none has a name; 'cordon$"
prints_no 'IPv4'
ask 0 --json 64505
equal "no table" "$(query '[.table, .reach.total, .targets[0].holder]')" '[null,{"ases":26},null]'

# The whole report; the same from a program's view.
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
ask 0 AS64505
golden depeer.txt "$out"
says_nothing
at_most "columns of the longest line" "$(wc -L <"$out")" 80
cp "$out" all.txt
ask 0 --reach 17% --cut as64507 --biggest 3 64505
golden depeer-cut.txt "$out"
ask 0 --json --reach 0.12 64505
equal "one object" "$(wc -l <"$out")" 1
equal "what is asked" "$(query '[.targets[0].asn, .model, .day, .graph.source, .graph.days_off]')" \
	'[64505,"refusal","2026-10-16","as-rel",1]'
equal "who stops" "$(query '[.cut[] | [.asn, .neighbour]]')" '[[64507,true],[65544,true]]'
equal "reach" "$(query '[.outlook, .reach.before.ases, .reach.after.ases, .reach.by_peers.ases]')" \
	'["cuts-off",1,0.16,0.16]'
equal "who is hurt" "$(query '[.hurt[] | [.asn, .how, .single_homed, .owns.ipv4]]')" \
	'[[64506,"less",true,32],[65536,"one-left",false,16]]'
equal "the few" "$(query '[.few.state, .few.size, [.few.sets[] | [.[].asn]]]')" \
	'["found",2,[[64507,65544]]]'
equal "under a share" "$(query '.few_to_share | [.state, .measure, (.set | length), .at_least]')" \
	'["optimal","ases",3,3]'
equal "neighbours" "$(query '[.neighbours | length, (map(select(.stops)) | length)]')" '[6,2]'
equal "remaining" "$(query .remaining)" '[]'
equal "keys that are not told" "$(jq -r '.. | objects | keys[]' "$out" | sort -u |
	while read -r key; do
		cat "$top"/docs/formats/{depeer,net-show}.md | grep -q "\`$key\`" || echo "$key"
	done)" ''

# Who stops, who never will, and what stopping means.
ask 0 --json --keep 65544 64505
equal "kept" "$(query '[.outlook, [.cut[].asn], [.kept[].asn], [.remaining[].asn], .few.size]')" \
	'["transit-remains",[64507],[65544],[65544],3]'
ask 0 --json --keep 65544,64504,64511 64505
equal "kept up to the top" "$(query '[.few.state, .few.sets]')" '["kept",[]]'
ask 0 --keep 65544 64505
prints '^  Not counted on: AS65544\.$'
ask 0 --json --cut 64504,64496 --links 64505
equal "links of strangers" "$(query '[.model, [.cut[].neighbour], .reach.after.ases]')" \
	'["link",[false,false],1]'
ask 0 --cut 64504 --links 64505
prints '^  Those without a link have none to end\.$'
ask 0 --keep 65544,64507 64505
prints '^  nobody: all who sell it transit are kept$'
ask 0 --links --reach 10% 64505
equal "sets that take refusals" "$(grep -c 'That takes refusals: to end' "$out")" 2
prints '^  What would be taken away if this one ended its links, and what this one alone$'
ask 0 --json 64511
equal "at the top" "$(query '[.outlook, .few.state]')" '["at-top","at-top"]'
ask 0 64505,64506 65536
prints '^AS64505 Brackwater Hosting Ltd$'
prints '^AS65536 Orchard VPS, Inc\.$'
ask 0 --json 64505,64506 65536
query .verdict >"$out.words"
grep -q ' still reach AS64505, AS64506 and AS65536; ' "$out.words" || fail "the targets are not named" "$(cat "$out.words")"
ask 2 --cut 64505 64505
says '^cordon depeer: AS64505 is itself to be cut off: it is no --cut; see'
ask 2 --keep 64507,64505 64505
says '^cordon depeer: AS64505 is itself to be cut off: it is no --keep; see'
ask 2 --cut 64507,64496 --keep 65544,AS64507 64505
says '^cordon depeer: AS64507 is in --cut and in --keep; see'

# Who is not in the graph is told, and the rest is done; without a target nothing is.
ask 1 --cut 65551,64507 64505
says "^cordon: AS65551 is not in the graph of 2026-10-15; 'cordon net import FILE' with"
prints '^No: AS65544 still carries AS64505'
ask 1 --cut 65551 64505
equal "another question" "$(cat "$out")" ''
ask 1 65551
equal "no target" "$(cat "$out")" ''
printf '# inferred clique: 64511\n64511|64505|-1\n' >two.txt
cordon 0 net import --date 2020-01-01 two.txt
cordon 0 depeer --date 2020-01-01 64505
prints '^Yes, that cuts it off'

# Far off is told, and names have the year of their table.
cordon 0 depeer --date 2030-01-01 64505
prints '^AS64505 in 2026: Brackwater Hosting Ltd$'
prints '^  AS64507     in 2026: Sable Quay Networks s\.r\.o\. '
prints 'Graph as-rel of 2026-10-15, 1,174 days off \(stale: links may have been others;$'

# Weights, from a file and from standard input.
printf '# users\nAS64496 1000\n64504,3000\n64497\t0\n' >weights
ask 0 --weights weights --json --reach 50% 64505
equal "weights" "$(query '[.reach.total.weight, .reach.after.weight, .few_to_share.measure]')" \
	'[4000,0,"weight"]'
cp "$out" file.json
run 0 "$CORDON" depeer --date $date --weights - --json --reach 50% 64505 <weights
same "standard input" "$out" file.json
ask 0 --weights weights 64505
prints '^  weight +4,000 +100 % +0 %$'
printf 'AS64496 1\nbrackwater much\n65551 7\n' >weights
ask 1 --weights weights 64505
says '^cordon: weights of 1 AS numbers that are not in the graph$'
says '^cordon: 1 lines of weights not understood, the first: brackwater much$'
prints '^AS64505 '
ask 1 --weights no-such-file 64505
says '^cordon: no-such-file: No such file or directory$'
echo 'nothing' >weights
ask 1 --weights weights 64505
equal "no weights, no answer" "$(cat "$out")" ''

# The picture: well-formed whoever chose the names, the same each time, alone with '-'.
cat >hostile.csv <<'CSV'
192.0.2.0,192.0.2.255,64505,"</text><script>alert('x')</script> & ""co"""
198.51.100.0,198.51.100.255,64507,"]]><![CDATA[ <!-- &#0; ‮gnp.exe"
CSV
cordon 0 net import --date 2026-10-16 --source hostile hostile.csv
ask 0 --svg hostile.svg 64505
well_formed hostile.svg before 'after AS64507 and AS65544 refuse' \
	"De-peering AS64505 </text><script>alert('x')</script> & \"co\""
rm "$CORDON_STATE"/net/*.hostile.table
ask 0 --svg cut.svg --cut 64507 64505
well_formed cut.svg 'after AS64507 refuses' 'Saone Fibre SAS'
ask 0 --svg - --cut 64507 64505
same "the picture alone" "$out" cut.svg
ask 0 --svg links.svg --json --links --cut 64507,64504 64505
well_formed links.svg 'after AS64504 and AS64507 end their links'
jq -e .targets "$out" >/dev/null || fail "no JSON beside the picture"

# The manual shows what is printed.
sed -n '/^cordon depeer --date/,/^\.Ed/p' "$top/docs/man/cordon-depeer.1" | sed '1d; $d' >told
same "the example of the manual" told all.txt
finish
