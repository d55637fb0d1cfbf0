#!/bin/bash
# Disk and memory are short: mail flows, what was not done is told and counted, and all goes on by itself
# when there is enough again. The roles run as whoever runs this, who may then set their limits.
. "$(dirname "$0")/lib.sh"
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null; rm -rf "$work"' EXIT
# Sanitizers reserve memory and fork at the end, which roles may not.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
chmod 755 "$work"

port=$(free_port)
web=$(free_port)
cat >serve.conf <<-C
	user = ""
	milter = "127.0.0.1:$port"
	check = "127.0.0.1:$(free_port)"
	web = "127.0.0.1:$web"
	dns_questions = 0
	on_spam = "accept"
C
CORDON_STARTER=$top/share/starter.model "$CORDON" serve -c serve.conf -s "$work/gateway" 2> >(exec cat >log) &
server=$!
told() { grep -qE -e "$1" log; }
pid() { pgrep -P "$server" -f "cordon-gateway role $1 "; }
waits told '^cordon: ready: milter at 127.0.0.1:'
many() { python3 "$here/gate_many.py" "$port" "$@"; }
logged() { "$CORDON" log -s "$work/gateway" --last 0 --json 2>/dev/null | wc -l; }
has_logged() { [ "$(logged)" -ge "$1" ]; }
# metric NAME: its value.
metric() { curl -sf -m 20 "http://127.0.0.1:$web/metrics" | sed -n "s/^cordon_$1 //p"; }
limit() { # LIMIT ROLE: of its process, as prlimit(1) has it
	checks=$((checks + 1))
	prlimit --pid "$(pid "$2")" "$1" || fail "no limit $1 for the $2"
}

equal "messages" "$(many 20 100)" c=20
waits has_logged 20
before=$(pid keeper)

# The disk is full: the keeper can write nothing. All is judged and answered; the log lacks it.
limit --fsize=1: keeper
equal "messages while the disk is full" "$(many 20 100)" c=20
waits told '^cordon keeper: the decisions: .*; what comes for it until it works again is lost$'
equal "more of them" "$(many 20 100)" c=20
lost() { [ "$(metric keeper_lost_total)" -gt 0 ]; }
waits lost
equal "of the log what was there" "$(logged)" 20
limit --fsize=unlimited: keeper
again() { many 1 100 && has_logged 21; }
waits again
equal "the keeper is the one that it was" "$(pid keeper)" "$before"

# The gate gets no more memory. Of large messages it judges the beginning, which is counted; sessions whose
# commands have no room are closed, and the mail server does its default; small ones are judged. It lives.
if [ "${MEMORY:-200}" = 200 ]; then
	gate=$(pid gate)
	has=$(sed -n 's/^VmData:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$gate/status")
	limit --data=$((has * 1024)): gate
	run 0 many 60 2000000
	echo "large messages while memory is short: $(cat "$out")"
	checks=$((checks + 1))
	sed -nE 's/^c=([0-9]+)( none=([0-9]+))?$/\1 \3/p' "$out" | {
		read -r done none
		[ "${done:-0}" -gt 0 ] && [ $((done + none)) = 60 ]
	} || fail "it is not so that some were answered, and the other sessions closed" "$(cat "$out")"
	equal "small ones" "$(many 20 100)" c=20
	checks=$((checks + 1))
	[ "$(metric too_large_total)" -gt 0 ] || fail "memory was not short"
	limit --data=unlimited: gate
	equal "large ones afterwards" "$(many 8 2000000)" c=8
	equal "the gate is the one that it was" "$(pid gate)" "$gate"
fi
kill -TERM "$server"
wait "$server"
equal "exit code of a gateway that was told to end" "$?" 0
server=
equal "no role died" "$(grep -cE ' died of | ended with | was killed' log)" 0
finish
