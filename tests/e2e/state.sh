#!/bin/bash
# State that cannot be written, only read, or is damaged; starter models likewise.
. "$(dirname "$0")/lib.sh"
mail=$sample/mail

# Not to be written.
echo >file
cordon 3 learn --state file/state ham "$mail/0002.eml"
says '^cordon: file/state: Not a directory'
cordon 3 learn --state /dev/null ham "$mail/0002.eml"
mkdir locked
chmod 755 "$work" locked
cp "$CORDON" ./program
run 3 as_stranger ./program learn --state "$work/locked/state" ham /dev/null
says 'Permission denied'
cordon 3 scan --state file/state "$mail/0002.eml"
says '^cordon: file/state/learned: Not a directory'

# Only to be read: by somebody who may not write it.
learn_sample 96
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
verdicts "$mail"
mv "$out" own
chmod -R a+rX "$CORDON_STATE"
mkdir mail
cp "$mail"/*.eml mail
chmod -R a+rX mail
if [ "$(id -u)" = 0 ]; then
	run 0 as_stranger ./program scan -f tsv mail
	tail -n +2 "$out" | cut -f 3,4 >strangers
	same "a stranger's reading of the state" strangers own
	run 3 as_stranger ./program learn ham mail/0002.eml
	says "$CORDON_STATE/learned"
	chmod 700 "$CORDON_STATE"
	run 3 as_stranger ./program scan mail/0002.eml
	says "^cordon: $CORDON_STATE"
fi

# Damaged: told with the file and what to do; nothing crashes, whatever byte is wrong.
cp -r "$CORDON_STATE" good
damaged() {
	rm -rf "$CORDON_STATE"
	cp -r good "$CORDON_STATE"
	"$@"
	cordon 3 scan "$mail/0002.eml"
	says "^cordon: $CORDON_STATE/learned: .*learn again from your mail"
	cordon 3 learn ham "$mail/0002.eml"
	says "^cordon: $CORDON_STATE/learned: .*learn again from your mail"
}
store=$CORDON_STATE/learned/data.mdb
damaged sh -c "head -c 8192 /dev/urandom >$store"
damaged sh -c "echo 'not a store' >$store"
damaged dd if=/dev/zero of="$store" bs=4096 count=2 conv=notrunc status=none
damaged truncate -s 20000 "$store"
damaged truncate -s 3000 "$store"
rm -rf "$CORDON_STATE"
cordon 0 learn ham "$mail/0002.eml"
cordon 0 scan "$mail/0002.eml"

# A damaged starter model, table.
echo junk >junk.model
CORDON_STARTER=junk.model cordon 3 scan "$mail/0002.eml"
says '^cordon: junk.model: '
CORDON_STARTER=missing.model cordon 3 scan "$mail/0002.eml"
says '^cordon: missing.model: '
CORDON_STARTER=junk.model cordon 3 learn ham "$mail/0002.eml"
says '^cordon: junk.model: '
mkdir -p "$CORDON_STATE/net"
echo junk >"$CORDON_STATE/net/2026-10-15.bad.table"
cordon 0 scan "$mail/0002.eml"
says '2026-10-15.bad.table'
finish
