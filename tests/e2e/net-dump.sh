#!/bin/bash
# net-dump.sh SAMPLES: `cordon net dump` over small MRT files that SAMPLES writes, held against bgpdump
# where that is there.
# shellcheck disable=SC2016 # inner shells expand them
make=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
mkdir samples
"$make" samples >list || { echo "the samples cannot be written"; exit 1; }

# Of each sample: what bgpdump 1.6.2 prints, unless the list says that it differs. Those that do are
# read otherwise by it (docs/design/net.md tells why) or make it abort.
if command -v bgpdump >/dev/null; then
	while read -r word name; do
		bgpdump -q -m "samples/${name:-$word}" >theirs 2>/dev/null
		"$CORDON" net dump -m "samples/${name:-$word}" >ours 2>/dev/null
		if [ -z "$name" ]; then
			same "$word is not as bgpdump has it" ours theirs
		else
			checks=$((checks + 1))
			! cmp -s ours theirs || fail "$name is as bgpdump has it; the list says that it differs"
		fi
	done 2>/dev/null <list
else
	echo "no bgpdump here: samples are not compared"
fi
equal "number of samples" "$(wc -l <list)" 101

# The same by any way in.
cat samples/rib-ipv4 samples/message >whole
cordon 0 net dump whole
says_nothing
cp "$out" wanted
equal "lines" "$(wc -l <wanted)" 7
for pack in gzip bzip2 xz zstd; do
	$pack -c <whole >packed
	cordon 0 net dump -m packed
	same "packed by $pack" "$out" wanted
done
run 0 sh -c '"$0" net dump - <packed' "$CORDON"
same "from standard input" "$out" wanted
cordon 0 net dump samples/rib-ipv4 samples/message
same "from two files" "$out" wanted
cordon 0 net dump --json whole
equal "objects" "$(jq -r .kind <"$out" | sort | uniq -c | tr -s ' \n' ' ')" ' 2 announce 4 table 1 withdraw '

# Every key is in the manual.
"$CORDON" net dump --json samples/* 2>/dev/null >all
jq -r 'paths | map(select(type == "string"))[]' <all | sort -u >keys
equal "number of keys" "$(wc -l <keys)" 24
while read -r key; do
	grep -q "^\.It Cm $key\$" "$top/docs/man/cordon-net.1" || fail "cordon-net.1 does not tell of the key $key"
done <keys

# What is odd is told, with its place, and the rest is done.
cordon 1 net dump samples/prefix-too-long "$work/nothing" samples/states
says 'samples/prefix-too-long: prefixes of an impossible length: 1$'
says 'samples/prefix-too-long: the first is in the record at byte 0$'
says 'nothing: No such file'
prints 'STATE'
head -c 300 whole >broken
cordon 1 net dump broken
says 'broken: cut off at byte 300, within the record at byte [0-9]+$'
gzip -c whole | head -c 100 >broken
cordon 1 net dump broken
says 'broken: the compressed data is cut off; [0-9]+ bytes read, the record at byte [0-9]+ not whole$'
echo 'this is no table of routes' >text
cordon 1 net dump text
says 'text: no MRT file'
: >text
cordon 0 net dump text
cordon 2 net dump
cordon 2 net dump -m -j whole
cordon 2 net dump --nonsense whole
run 3 sh -c '"$0" net dump whole >/dev/full' "$CORDON"
finish
