#!/bin/sh
# back-test.sh CORDON TOP: the back-test of 2008 in the graph inferred from RIPE's table of 1 July
# 2010: docs/back-test-2008.md has what the command prints, and the command has all days on which
# somebody stopped. Exit 77 (skipped) when the data are not there.
set -u
cordon=$(realpath "$1") top=$(realpath "$2")
shared=${CORDON_SHARED:-$CORDON_SHARED_USUAL}
packed=$shared/net/mrt-bgpdump.tar.xz timeline=$shared/net/history/depeering-timeline-2008.csv
[ -f "$packed" ] && [ -f "$timeline" ] || { echo "skipped: no $packed or $timeline"; exit 77; }
work=$CORDON_UNPACKED/back-test
mkdir -p "$work" && cd "$work" || exit 1
tar -xJOf "$packed" --wildcards '*/bview.20100701.0759.gz.bgp.gz' >bview.20100701.gz || exit 1

"$top/tools/back-test-2008" "$cordon" --table bview.20100701.gz >ours || exit 1
sed -n '/^<!-- table -->$/,/^<!-- \/table -->$/p' "$top/docs/back-test-2008.md" |
	grep -v '^<!--\|^```' >told
diff told ours || { echo "docs/back-test-2008.md is not what tools/back-test-2008 --table prints"; exit 1; }

# Every day of the timeline on which a neighbour of one of the two is named.
awk -F, 'NR > 1 && $2 && $4 { print $1 " AS" $2 ":" }' "$timeline" | sort -u >days
[ -s days ] || exit 1
while read -r day; do
	grep -q "^$day" ours || { echo "the command leaves out $day"; exit 1; }
done <days
