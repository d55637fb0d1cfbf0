#!/bin/bash
# eval: what it prints is what its scores file holds; ways of feedback; the plot; bad indexes.
. "$(dirname "$0")/lib.sh"

cordon 0 eval --out run --json "$sample/INDEX"
mv "$out" figures
equal "a score a message" "$(wc -l <run.scores)" 96
equal "labels and paths are the index's" "$(cut -d ' ' -f 1,3 run.scores | sha256sum)" \
	"$(sha256sum <"$sample/INDEX")"
python3 -c 'import sys, xml.dom.minidom as xml; xml.parse(sys.argv[1])' run.svg || fail "the plot is not well-formed"
[ ! -e "$CORDON_STATE" ] || fail "eval has made a state directory"

# The measures, computed again here from the scores: the rank-sum by its definition, pair by pair.
python3 - run.scores figures <<'PY' || fail "printed figures are not those of the scores"
import json, math, sys
scores = [(l.split()[0], float(l.split()[1])) for l in open(sys.argv[1])]
j = json.load(open(sys.argv[2]))
ham = [s for label, s in scores if label == "ham"]
spam = [s for label, s in scores if label == "spam"]
def near(name, want, allowed=1e-9):
    assert abs(j[name] - want) <= allowed, (name, j[name], want)
wins = sum((s > h) + (s == h) / 2 for s in spam for h in ham)
near("ham", len(ham)); near("spam", len(spam))
near("roca1_pct", 100 * (1 - wins / (len(ham) * len(spam))), 1e-6)
low, high = j["roca1_ci95"]
assert 0 <= low <= j["roca1_pct"] <= high <= 100
near("sm_at_hm0_pct", 100 * sum(s <= max(ham) for s in spam) / len(spam), 1e-6)
hm, sm = sum(h >= .5 for h in ham) / len(ham), sum(s < .5 for s in spam) / len(spam)
near("hm_pct", 100 * hm, 1e-6); near("sm_pct", 100 * sm, 1e-6)
brier = sum((s - (label == "spam")) ** 2 for label, s in scores) / len(scores)
near("brier", brier, 1e-6)
assert sum(b["messages"] for b in j["calibration"]) == len(scores)
for b in j["calibration"]:
    mine = [(s, label) for label, s in scores if min(int(s * 15), 14) == round(b["from"] * 15)]
    assert len(mine) == b["messages"], b
    if mine:
        assert abs(b["expected"] - sum(s for s, _ in mine) / len(mine)) < 1e-6, b
        assert abs(b["observed"] - sum(l == "spam" for _, l in mine) / len(mine)) < 1e-6, b
PY
cordon 0 eval --out text "$sample/INDEX"
same "the same run gives the same scores" text.scores run.scores
same "the same run gives the same plot" text.svg run.svg
prints '^messages +52 ham, 44 spam$'
prints "^\(1-ROCA\) % +$(python3 -c 'import json; print("%.5f" % json.load(open("figures"))["roca1_pct"])') "

# Ways of feedback: none leaves every score alone, delayed by nothing is immediate, and so on.
scores_of() {
	"$CORDON" eval --out other --feedback "$1" "$sample/INDEX" >"$out" 2>"$err" ||
		fail "eval --feedback $1" "$(cat "$err")"
	cat other.scores
}
equal "no feedback: one score" "$(scores_of none | cut -d ' ' -f 2 | sort -u | wc -l)" 1
scores_of delayed:0 >got
same "delayed:0 is immediate" got run.scores
scores_of delayed:1000 | cut -d ' ' -f 2 | sort -u >got
equal "delayed beyond the end is none" "$(wc -l <got)" 1
scores_of delayed:10 >got
equal "the first ten have nothing to go by" "$(head -10 got | cut -d ' ' -f 2 | sort -u | wc -l)" 1
cut -d ' ' -f 2 "$sample/INDEX" >every
scores_of partial:every >got
same "partial feedback of all is immediate" got run.scores
head -20 every >some
scores_of partial:some >got
equal "the same until a label is withheld" "$(head -21 got | sha256sum)" \
	"$(head -21 run.scores | sha256sum)"
cordon 2 eval --feedback sometimes "$sample/INDEX"
says '--feedback takes immediate'
cordon 2 eval --feedback delayed:x "$sample/INDEX"
echo mail/9999.eml >unknown
cordon 1 eval --feedback partial:unknown "$sample/INDEX"
says "unknown: 'mail/9999.eml' is not in the index"

# Indexes: comments and blank lines, absolute paths; what is wrong is told with its line.
{ echo '# a comment'; echo; sed "s| mail| $sample/mail|" "$sample/INDEX"; } >INDEX.own
cordon 0 eval --out own INDEX.own
cut -d ' ' -f 2 own.scores >got
cut -d ' ' -f 2 run.scores >want
same "scores by an index with comments and whole paths" got want
index() {
	printf '%b' "$1" >bad
	cordon 1 eval --out bad-out bad
	says "$2"
}
index "ham $sample/mail/0002.eml\nsporadic x\n" "^cordon: bad:2: not 'ham PATH' or 'spam PATH'"
index "ham\n" '^cordon: bad:1: '
index "spam \n" '^cordon: bad:1: '
index 'ham\t\n' '^cordon: bad:1: '
index '\n\n#x\n' '^cordon: bad: names no messages'
index '' '^cordon: bad: names no messages'
index "ham $sample/mail/0002.eml\n" 'needs both ham and spam'
index "ham $sample/mail/0002.eml\nspam gone.eml\nspam $sample/mail/0001.eml\n" 'gone.eml: No such file'
equal "the rest is measured" "$(wc -l <bad-out.scores)" 2
cordon 1 eval --out bad-out missing
says '^cordon: missing: No such file'
cordon 2 eval
says 'one INDEX is wanted'
cordon 3 eval --out none/such/place "$sample/INDEX"
says 'none/such/place.scores'
cordon 3 eval --starter "$sample/INDEX"
says 'no starter model'
finish
