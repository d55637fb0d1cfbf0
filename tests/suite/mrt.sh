#!/bin/sh
# mrt.sh CORDON: the files of bgpdump's own test suite, as `cordon net dump -m` writes them: against
# the text that the suite expects, and against the bgpdump that is installed. Exit 77 (skipped) when
# they are not there.
#
# Where the two differ from each other:
#   updates.nlri_mask_trailing_bits: a prefix with bits set beyond its length. The suite expects them
#   cleared, as we do (RFC 4271 4.3: they are irrelevant); bgpdump 1.6.2 prints them.
set -u
cordon=$(realpath "$1")
packed=${CORDON_SHARED:-$CORDON_SHARED_USUAL}/net/mrt-bgpdump.tar.xz
[ -f "$packed" ] || { echo "skipped: no $packed"; exit 77; }
work=$CORDON_UNPACKED/mrt-bgpdump
mkdir -p "$work"
[ -d "$work/done" ] || { tar -xJf "$packed" -C "$work" && mkdir "$work/done"; } || exit 1
data=$(find "$work" -type d -name test_data) && cd "$data" || exit 1
failed=0 lines=0 files=0

# compare NAME WHAT WANTED: the dump of NAME, in "ours", is WANTED.
compare() {
	cmp -s "$work/ours" "$3" && return
	echo "$1 is not as $2:"
	diff "$3" "$work/ours" | head -4
	failed=1
}

for file in *.gz; do
	"$cordon" net dump -m "$file" >"$work/ours" 2>"$work/err"
	code=$?
	gzip -cd "../test_expect/$file.bgp.gz" >"$work/expected" || failed=1
	compare "$file" "the suite expects" "$work/expected"
	lines=$((lines + $(wc -l <"$work/ours"))) files=$((files + 1))
	case $file in
	updates.nlri_mask_trailing_bits.gz)
		# Its message also ends within a prefix, which is told.
		grep -q 'prefixes of an impossible length: 1' "$work/err" || failed=1
		continue
		;;
	esac
	if [ $code != 0 ] || [ -s "$work/err" ]; then
		echo "$file: exit code $code"
		cat "$work/err"
		failed=1
	fi
	if command -v bgpdump >/dev/null; then
		bgpdump -q -m "$file" >"$work/theirs" 2>/dev/null
		compare "$file" "bgpdump has it" "$work/theirs"
	fi
	"$cordon" net dump --json "$file" >"$work/objects"
	[ "$(wc -l <"$work/objects")" = "$(wc -l <"$work/ours")" ] || { echo "$file: objects lack"; failed=1; }
done
echo "$files files, $lines lines"
[ $files = 12 ] || failed=1
exit $failed
