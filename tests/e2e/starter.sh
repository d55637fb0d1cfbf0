#!/bin/bash
# starter: a model made of the sample, shown, judged with; and the one that is installed.
. "$(dirname "$0")/lib.sh"

# Two sources: every other message of the sample.
index() {
	awk -v odd="$1" -v top="$sample" 'NR % 2 == odd { print $1, top "/" $2 }' "$sample/INDEX"
}
index 0 >even
index 1 >odd
cordon 0 starter build --out own.model even odd
prints '^each source as judged by what the others taught; threshold for 0\.1 % of ham:'
prints '^ +48 .* even$'
prints '^ +48 .* odd$'
cordon 0 starter build -o again.model even odd
same "the same mail gives the same model" again.model own.model

# It shows every finding that there is, and is what a new site judges with.
cordon 0 starter show own.model
awk 'NF != 2 || $1 !~ /^[+-][0-9.]+$/' "$out" >odd.lines
equal "lines of show" "$(cat odd.lines)" ''
equal "no finding twice" "$(awk '{ print $2 }' "$out" | sort | uniq -d)" ''
awk '{ print $2 }' "$out" | sort >known
CORDON_STARTER=own.model cordon 0 scan -f tsv "$sample/mail"
tail -n +2 "$out" | cut -f 10 | tr , '\n' | grep . | sort -u >found
equal "findings that show does not know" "$(comm -13 known found)" ''
[ -s found ] || fail "the sample has no findings"
CORDON_STARTER=own.model cordon 0 scan "$sample/mail"
prints 'Nothing was learned here yet: the starter model judged\.$'
CORDON_STARTER=own.model verdicts "$sample/mail"
read -r lost missed <<<"$(mistakes)"
at_most "ham lost of what the model was made from" "$lost" 0
at_most "spam missed of what the model was made from" "$missed" 4
CORDON_STARTER=own.model cordon 0 eval --starter --feedback none -o own "$sample/INDEX"
cut -d ' ' -f 2 own.scores | xargs printf '%.9f\n' >got
cut -f 2 <(CORDON_STARTER=own.model "$CORDON" scan -f tsv "$sample/mail" | tail -n +2 | cut -f 3,4) >want
same "eval with the starter model judges as scan does" got want

# What it learns comes on top.
CORDON_STARTER=own.model learn_sample 96
CORDON_STARTER=own.model verdicts "$sample/mail"
read -r lost missed <<<"$(mistakes)"
at_most "ham lost with starter and learning" "$lost" 0
at_most "spam missed with starter and learning" "$missed" 2
rm -r "$CORDON_STATE"

# Damage and misuse.
for at in 3 70 5000; do
	cp own.model bad.model
	printf '\377\376' | dd of=bad.model bs=1 seek=$at conv=notrunc status=none
	CORDON_STARTER=bad.model cordon 3 scan "$sample/mail/0002.eml"
	says '^cordon: bad\.model: '
	cordon 1 starter show bad.model
	says '^cordon: bad\.model: '
done
head -c 10000 own.model >bad.model
CORDON_STARTER=bad.model cordon 3 scan "$sample/mail/0002.eml"
says '^cordon: bad\.model: '
cordon 1 starter show missing
says '^cordon: missing: No such file'
cordon 2 starter show
cordon 2 starter build even odd
says '--out FILE and two to [0-9]+ indexes'
cordon 2 starter build --out x even
grep '^ham' even >ham-only
cordon 1 starter build --out x ham-only odd
says 'each with ham and spam'
[ ! -e x ] || fail "a model was written that could not be made"
echo 'ham gone.eml' | cat - odd >with-gap
cordon 1 starter build --out x even with-gap
says 'gone.eml: No such file'
cordon 1 starter build --out x even missing
says '^cordon: missing: No such file'
cordon 3 starter build --out none/such/place even odd
says '^cordon: none/such/place'

# The model that comes with cordon, on mail that it was not made from: bounds, not figures.
if [ -f "$top/share/starter.model" ]; then
	CORDON_STARTER=$top/share/starter.model verdicts "$sample/mail"
	read -r lost missed <<<"$(mistakes)"
	at_most "ham lost by the model that comes with it" "$lost" 1
	at_most "spam held to be ham by the model that comes with it" "$missed" 10
fi
finish
