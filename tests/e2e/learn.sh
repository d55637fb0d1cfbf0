#!/bin/bash
# learn: twice counts once, the other way is mended, wherever the message is read from.
. "$(dirname "$0")/lib.sh"
mail=$sample/mail
mapfile -t ham < <(labelled ham)
mapfile -t spam < <(labelled spam)

# model: what was learned, as a digest of the judge's answers to the whole sample, to the last bit.
model() {
	"$CORDON" scan --json "$mail" | sha256sum
}

cordon 0 learn ham "${ham[@]}"
equal "learned" "$(cat "$out")" "learned 52 as ham, mended 0, knew 0 already"
cordon 0 learn spam "${spam[@]}"
equal "learned" "$(cat "$out")" "learned 44 as spam, mended 0, knew 0 already"
verdicts "$mail"
read -r lost missed <<<"$(mistakes)"
at_most "ham lost of what was learned" "$lost" 0
at_most "spam missed of what was learned" "$missed" 4
before=$(model)

# Again, in every other form that the same mail may come in.
again="learned 0 as ham, mended 0, knew 52 already"
cordon 0 learn ham "${ham[@]}"
equal "known" "$(cat "$out")" "$again"
to_mbox "${ham[@]}" >ham.mbox
sed 's/$/\r/' ham.mbox >crlf.mbox
awk '/^From / { print; print "Status: RO"; print "X-Status: A"; print "X-UID: " NR; next } 1' \
	ham.mbox >status.mbox
mkdir -p md/cur md/new md/tmp
for f in "${ham[@]}"; do cp "$f" "md/cur/$(basename "$f"):2,FS"; done
gzip -k ham.mbox
for form in ham.mbox crlf.mbox status.mbox md ham.mbox.gz; do
	cordon 0 learn ham $form
	equal "$form is known" "$(cat "$out")" "$again"
done
run 0 "$CORDON" learn ham - <status.mbox
equal "standard input is known" "$(cat "$out")" "$again"
equal "the model has not moved" "$(model)" "$before"

# Acknowledgements.
cordon 0 learn -v ham "${ham[0]}" ham.mbox
{ printf 'known\t%s\n' "${ham[0]}"; seq 52 | sed 's/^/known\tham.mbox\t/'; } >want
same "acknowledgements" "$out" want

# Names of files may come from outside, in an archive for instance.
mkdir hostile
cp "${ham[0]}" "hostile/$(printf 'a\033[2J\nlearned\tb')"
cordon 0 learn -v ham hostile
equal "a line whatever the name" "$(wc -l <"$out")" 1
equal "two columns" "$(awk -F '\t' '{ print NF }' "$out")" 2
prints_no "$(printf '\033')"
printf '\037\213\010' >"hostile/$(printf 'b\033[2J')"
cordon 1 scan hostile
equal "no control characters in errors" "$(grep -c "$(printf '\033')" "$err")" 0

# Learned the other way: it is mended, and mended back.
cordon 0 scan -f tsv "${spam[0]}"
sed -n 2p "$out" | cut -f 5 >odds_spam
cordon 0 learn --verbose ham "${spam[0]}"
equal "mended" "$(cat "$out")" "$(printf 'mended\t%s' "${spam[0]}")"
cordon 0 scan -f tsv "${spam[0]}"
sed -n 2p "$out" | cut -f 5 >odds_ham
awk 'NR == FNR { spam = $1; next } { exit !($1 < spam) }' odds_spam odds_ham ||
	fail "the mended message is no more like ham: $(paste odds_spam odds_ham)"
cordon 0 scan "$mail/0002.eml"
prints 'has learned 53 ham and 43 spam'
cordon 0 learn spam "${spam[0]}"
equal "mended back" "$(cat "$out")" "learned 0 as spam, mended 1, knew 0 already"
cordon 0 scan "$mail/0002.eml"
prints 'has learned 52 ham and 44 spam'
rm -r "$CORDON_STATE"
cordon 0 learn ham "${spam[0]}"
cordon 0 learn ham "${ham[@]:0:8}"
cordon 0 learn spam "${spam[@]:1:12}"
cordon 0 learn spam "${spam[0]}"
cordon 0 scan -f tsv "${spam[0]}"
awk 'NR == 2 { exit !($5 > 0) }' FS='\t' "$out" || fail "the verdict does not follow what was mended"

# Every way of learning a mailbox gives the same model.
learned_from() {
	rm -rf "$CORDON_STATE"
	"$CORDON" learn ham "$@" >/dev/null && model
}
want=$(learned_from "${ham[@]}")
equal "one mbox or single files" "$(learned_from ham.mbox)" "$want"
equal "gzip" "$(learned_from ham.mbox.gz)" "$want"
equal "order within one mailbox" "$(learned_from md)" "$want"

# A disk that is full is told, and what was there stays; afterwards it goes on.
rm -rf "$CORDON_STATE"
run 3 bash -c 'ulimit -f 5000; "$1" learn ham "$2"' - "$CORDON" "${ham[0]}"
says "^cordon: $CORDON_STATE/learned: cannot be written in full: the disk is full"
cordon 0 learn ham "${ham[0]}"
prints '^learned 1 as ham, mended 0, knew 0 already'

# What is wrong in the input is told, and the rest learned.
rm -r "$CORDON_STATE"
cordon 1 learn ham missing.eml "${ham[0]}"
says '^cordon: missing.eml: No such file'
prints '^learned 1 as ham'
cordon 2 learn "${ham[0]}"
says 'the first argument is ham or spam'
cordon 2 learn ham
says 'no mail named'
cordon 2 learn
says 'ham or spam'
finish
