#!/bin/bash
# What config print writes is read again as the same; config check says what is wrong, where.
. "$(dirname "$0")/lib.sh"

again() { # FILE: what is printed of it can be read, and gives the same
	cordon 0 config print --config "$1"
	cp "$out" printed.conf
	says_nothing
	cordon 0 config print --config printed.conf
	same "what is printed of $1, read again" "$out" printed.conf
	cordon 0 config check printed.conf
	says_nothing
}
again cordon.conf
[ "$(grep -c ' = ' printed.conf)" -ge 40 ] || fail "only few settings are printed"
cordon 0 config check
prints "^$work/cordon.conf: good; 0 settings are not as by default\$"
[ -e /etc/cordon.conf ] || {
	CORDON_CONFIG='' cordon 0 config check
	prints '^/etc/cordon.conf: not there, nor needed: all settings are as by default$'
}
cordon 0 config print --changed
equal "changed settings of an empty file" "$(cat "$out")" ''

cat >own.conf <<'C'
ham_loss = 0.0001 /* few */ state = "/a \"b\"/${HOME}"
relays = {"192.0.2.1"} dns = {"192.0.2.53@5353", "::1"}
tag = "" on_spam = quarantine hash_addresses = yes
C
again own.conf
cordon 0 config print --changed -c own.conf
equal "changed settings" "$(grep -v '^#' "$out" | grep .)" "ham_loss = 0.0001
state = \"/a \\x22b\\x22/$work\"
relays = {\"192.0.2.1\"}
on_spam = \"quarantine\"
tag = \"\"
dns = {\"192.0.2.53@5353\", \"::1\"}
hash_addresses = true"
cp "$out" changed.conf
cordon 0 config print -c changed.conf
cp "$out" whole.conf
cordon 0 config print -c own.conf
same "the changed settings alone" "$out" whole.conf
cordon 0 config check own.conf
prints '^own.conf: good; 7 settings are not as by default$'

printf 'on_spam = "tag"\nsesions = 7\n' >bad.conf
cordon 2 config check bad.conf
says "^cordon: bad.conf:2: no such option 'sesions'; is 'sessions' meant\?"
cordon 2 config print --config bad.conf
says '^cordon: bad.conf:2: '
CORDON_CONFIG=bad.conf cordon 2 config check
says '^cordon: bad.conf:2: '
cordon 2 config check missing.conf
says '^cordon: missing.conf: No such file or directory$'
cordon 2 config check own.conf bad.conf
cordon 2 config print own.conf
finish
