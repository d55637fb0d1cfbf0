#!/bin/bash
# scan: every kind of mailbox gives the same verdicts, in order; formats; exit codes.
. "$(dirname "$0")/lib.sh"
mail=$sample/mail
learn_sample 60

# One message after another is the reference for all that follows.
mapfile -t files < <(labelled '[a-z]*')
verdicts "${files[@]}"
equal "a verdict a message" "$(wc -l <"$out")" 96
mv "$out" verdicts

to_mbox "${files[@]}" >all.mbox
gzip -k all.mbox
zstd -q -k all.mbox
mkdir -p md/cur md/new md/tmp mh tree/a tree/b
for i in $(seq 0 47); do cp "${files[$i]}" "md/cur/$((1000 + i)).M1.host:2,S"; done
for i in $(seq 48 95); do cp "${files[$i]}" "md/new/$((1000 + i)).M1.host"; done
echo 'From: half@written' >md/tmp/2000.half
for i in $(seq 0 95); do cp "${files[$i]}" "mh/$((i + 1))"; done
echo 'unseen: 1-3' >mh/.mh_sequences
to_mbox "${files[@]:0:30}" >tree/a/one
to_mbox "${files[@]:30:30}" | gzip >tree/a/two.gz
to_mbox "${files[@]:60}" >tree/b/three

for form in "$mail" all.mbox all.mbox.gz all.mbox.zst md mh tree; do
	verdicts "$form"
	same "verdicts of $form" "$out" verdicts
done
cp "$sample/INDEX" tree/b/INDEX
echo 'sixty messages of ours' >tree/README
verdicts tree
same "what is no mail changes no verdict" "$out" verdicts
cordon 0 scan tree
says '^cordon: 2 files of folders passed over: no mail in them$'
cordon 0 scan -f tsv tree/README
equal "a named file is judged whatever it is" "$(wc -l <"$out")" 2
says_nothing
run 0 "$CORDON" scan -f tsv - <all.mbox
tail -n +2 "$out" | cut -f 3,4 >piped
same "verdicts of an mbox on standard input" piped verdicts
run 0 "$CORDON" scan -f tsv - <all.mbox.gz
equal "an mbox on standard input may be packed" "$(tail -n +2 "$out" | cut -f 3,4 | cmp - verdicts 2>&1)" ''
run 0 "$CORDON" scan -f tsv - <"${files[6]}"
equal "one message on standard input" "$(sed -n '2s/\t.*//p' "$out"; sed -n 2p "$out" | cut -f 3,4)" \
	"-
$(sed -n 7p verdicts)"
sed 's/$/\r/' "${files[6]}" >crlf.eml
cordon 0 scan -f tsv crlf.eml
equal "line ends do not matter" "$(sed -n 2p "$out" | cut -f 3)" "$(sed -n 7p verdicts | cut -f 1)"

# Order and numbers.
cordon 0 scan -f tsv all.mbox "${files[2]}" all.mbox.gz
cut -f 1,2 "$out" >got
{ printf 'path\tnumber\n'
  seq 96 | sed 's/^/all.mbox\t/'; printf '%s\t0\n' "${files[2]}"
  seq 96 | sed 's/^/all.mbox.gz\t/'; } >want
same "order of arguments and messages is kept" got want

# The formats tell the same.
cordon 0 scan --json all.mbox
python3 - "$out" >from_json <<'PY' || fail "scan --json is not an object a line"
import json, sys
keys = ["path", "number", "cut", "verdict", "probability", "log_odds", "threshold", "sender",
        "subject", "findings", "trace"]
for line in open(sys.argv[1], encoding="utf-8"):
    j = json.loads(line)
    assert sorted(j) == sorted(keys), sorted(j)
    assert 0 <= j["probability"] <= 1
    assert {"day", "source", "source_name", "source_helo", "advertises"} == set(j["trace"])
    print(j["verdict"], "%.9f" % j["probability"], sep="\t")
PY
same "JSON and TSV agree" from_json verdicts
cordon 0 scan all.mbox
sed -n '2,97s/ .*//p' "$out" >from_table
cut -f 1 verdicts >want
same "table and TSV agree" from_table want
prints '^verdict +spam +from +subject +chief reason$'
prints '^96 messages: [0-9]+ ham, [0-9]+ unsure, [0-9]+ spam. This site has learned 34 ham and 26 spam.$'
says_nothing
cordon 0 scan -f tsv --config cordon.conf --state nowhere "$mail/0005.eml"
[ ! -e nowhere ] || fail "scan has made a state directory"

# A site that knows nothing says so.
cordon 0 scan --state nowhere "$mail/0005.eml"
prints '^1 message: .* Nothing was learned here yet and there is no starter model'

# Who is behind it.
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
learn_sample 96
cordon 0 scan "$mail"
prints '^The networks behind the spam:'
prints '^AS64505 +Brackwater Hosting'
# Every row of a table fits the width that is asked for, whatever characters are in it.
for columns in 60 80 89 90 132; do
	COLUMNS=$columns cordon 0 scan "$mail"
	grep -v '^96 messages' "$out" | python3 -c '
import sys, unicodedata
wide = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else
                     0 if unicodedata.category(c) in ("Mn", "Me") else 1 for c in s)
print(max(wide(line.rstrip("\n")) for line in sys.stdin))' >widest
	at_most "the widest row" "$(cat widest)" $columns
done

cordon 0 scan -f tsv "$mail/0046.eml"
equal "source and network of 0046" "$(sed -n 2p "$out" | cut -f 6,7)" "$(printf '198.51.100.240\t64510')"

# What is wrong in the input is told and the rest is done.
cordon 1 scan -f tsv "${files[0]}" missing.eml "${files[1]}"
says '^cordon: missing.eml: No such file or directory$'
equal "the rest is done" "$(wc -l <"$out")" 3
head -c 3000 all.mbox.gz >cut.mbox.gz
cordon 1 scan -f tsv cut.mbox.gz "${files[1]}"
says 'cut.mbox.gz'
prints '0002.eml'
head -c 5000 /dev/zero >zeros
: >empty
cordon 1 scan zeros
says 'zeros: '
cordon 1 scan empty
says 'empty: '
mkdir none
cordon 0 scan none
cordon 2 scan
says "no mail named.*'cordon scan --help'"
cordon 2 scan --format xml all.mbox
says '--format takes table\|json\|tsv, not .xml.'
cordon 2 scan --frobnicate all.mbox
says "unknown option '--frobnicate'"
finish
