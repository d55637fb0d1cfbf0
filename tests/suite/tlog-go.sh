#!/bin/sh
# tlog-go.sh TLOG-MAKE SOURCE: logs that we write, read and proven by golang.org/x/mod/sumdb, and a note
# that Go signs, opened by us. Exit 77 (skipped) where Go or that package is not there.
set -u
make=$(realpath "$1") source=$(realpath "$2")
gopath=/usr/share/gocode
command -v go >/dev/null || { echo "skipped: no go (Debian: golang-go)"; exit 77; }
[ -d $gopath/src/golang.org/x/mod/sumdb/tlog ] ||
	{ echo "skipped: no golang.org/x/mod (Debian: golang-golang-x-mod-dev)"; exit 77; }
work=$CORDON_UNPACKED/tlog-go
rm -rf "$work/logs" && mkdir -p "$work/logs" || exit 1
export GO111MODULE=off GOPATH=$gopath GOFLAGS= GOCACHE="$work/cache"
go build -o "$work/read" "$source/main.go" || exit 1
failed=0
for sizes in "1" "1 2 3 255" "256" "1 255 256 257 512 700" "300 1500 65536" "65000 65536 65537 70000"; do
	folder=$work/logs/$(echo "$sizes" | tr ' ' -)
	# shellcheck disable=SC2086 # one argument a size
	"$make" "$folder" $sizes && "$work/read" "$folder" && "$make" --open "$folder" ||
		{ echo "FAILED: $sizes"; failed=$((failed + 1)); }
done
# What was changed must not pass.
sed -i 's/^./x/' "$work/logs/1/sums-0"
"$work/read" "$work/logs/1" 2>/dev/null && { echo "FAILED: changed sums"; failed=$((failed + 1)); }
printf x | dd of="$work/logs/256/log/tile/0/000" bs=1 seek=77 conv=notrunc 2>/dev/null
"$work/read" "$work/logs/256" 2>/dev/null && { echo "FAILED: a changed tile"; failed=$((failed + 1)); }
exit $((failed > 0))
