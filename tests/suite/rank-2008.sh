#!/bin/sh
# rank-2008.sh CORDON TOP: docs/rank-2008.md has what tools/rank-2008 prints; AS27595 is among the first
# five and AS26780 is there. Exit 77 (skipped) when the data are not there.
set -u
cordon=$(realpath "$1") top=$(realpath "$2")
shared=${CORDON_SHARED:-$CORDON_SHARED_USUAL}
for f in net/prefix-origin-20080501.dat.gz net/feeds/drop-20080214.txt net/history/mccolo_cc_ips.csv; do
	[ -f "$shared/$f" ] || { echo "skipped: no $shared/$f"; exit 77; }
done
mkdir -p "$CORDON_UNPACKED/rank-2008" && cd "$CORDON_UNPACKED/rank-2008" || exit 1
"$top/tools/rank-2008" "$shared" "$cordon" >ours || exit 1
grep -qE '^   [1-5] .* AS27595' ours || { echo "AS27595 is not among the first five"; exit 1; }
grep -q 'AS26780 is ' ours || { echo "AS26780 is not ranked"; exit 1; }
sed -n '/^<!-- rank -->$/,/^<!-- \/rank -->$/p' "$top/docs/rank-2008.md" |
	grep -v '^<!--\|^```' >told
diff told ours || { echo "docs/rank-2008.md is not what tools/rank-2008 prints"; exit 1; }
