#!/bin/bash
# The unit for systemd is one that systemd takes, and is closed as far as systemd can close it.
. "$(dirname "$0")/lib.sh"
command -v systemd-analyze >/dev/null || {
	echo "skipped: there is no systemd-analyze"
	[ -z "${CI:-}" ] || exit 1
	exit 77
}
mkdir unit
sed "s|@bindir@|$(dirname "$CORDON")|" "$top/share/systemd/cordon.service" >unit/cordon.service
# Its user is made by sysusers, which is not run here.
sed -E 's/^(User|Group)=.*/\1=nobody/; s/^Group=nobody/Group=nogroup/' unit/cordon.service >unit/try.service
run 0 systemd-analyze verify --man=no unit/try.service
equal "what verify says of the unit" "$(grep -F try.service "$err" "$out" | grep -vE 'is not executable|Special user')" ''
run 0 systemd-analyze security --offline=true --threshold=20 "$PWD/unit/cordon.service"
grep '→' "$out"
if command -v systemd-sysusers >/dev/null; then
	run 0 systemd-sysusers --dry-run "$top/share/systemd/cordon.sysusers"
fi
# What it sets is what the program reads.
cordon 0 serve --help
for option in $(sed -n 's/^ExecStart=[^ ]* serve //p' unit/cordon.service | grep -o -- '--[a-z]*'); do
	prints "$option"
done
finish
