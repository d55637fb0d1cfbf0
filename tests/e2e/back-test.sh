#!/bin/bash
# The back-test of 2008: its document has what the command prints, and that holds what happened.
. "$(dirname "$0")/lib.sh"
run 0 "$top/tools/back-test-2008" "$CORDON"
sed -n '/^<!-- neighbourhood -->$/,/^<!-- \/neighbourhood -->$/p' "$top/docs/back-test-2008.md" |
	grep -v '^<!--\|^```' >told
checks=$((checks + 1))
diff told "$out" >differs || fail "docs/back-test-2008.md is not what tools/back-test-2008 prints" "$(head differs)"

# What it says on a day.
says_of() {
	awk -v day="$1" '$1 == day, !NF' "$out" | grep -q "$2" || fail "on $1 nothing says $2"
	checks=$((checks + 1))
}
says_of 2008-09-09 'No: AS4436 and AS27524 still carry AS27595'
says_of 2008-09-21 'Yes, that cuts it off'
says_of 2008-11-11 'No: AS1299 still carries AS26780'
says_of 2008-11-16 'Yes, that cuts it off'
finish
