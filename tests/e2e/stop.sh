#!/bin/bash
# The end of the gateway under load: what came before it was told to stop is answered, and what was answered
# is in the log.
. "$(dirname "$0")/lib.sh"
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null; rm -rf "$work"' EXIT
# Sanitizers reserve memory and fork at the end, which roles may not.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
chmod 755 "$work"

port=$(free_port)
check=$(free_port)
cat >serve.conf <<-C
	user = "nobody"
	milter = "127.0.0.1:$port"
	check = "127.0.0.1:$check"
	web = "127.0.0.1:$(free_port)"
	dns_questions = 0
	on_spam = "accept"
C
for clients in 4 40; do
	CORDON_STARTER=$top/share/starter.model "$CORDON" serve -c serve.conf -s "$work/gateway" 2>log &
	server=$!
	waits grep -q '^cordon: ready: milter at 127.0.0.1:' log
	run 0 python3 "$here/gate_stop.py" "$port" "$check" "$server" "$clients"
	cat "$err"
	sort "$out" >answered
	wait "$server"
	equal "exit code of a gateway that was told to end" "$?" 0
	server=
	equal "nothing was killed" "$(grep -cE 'was killed|died|did not stop' log)" 0
	run 0 "$CORDON" log -s "$work/gateway" --last 0 --json
	jq -r '.. | .sender? // empty' "$out" | sort >logged
	equal "answered, and not in the log" "$(comm -23 answered logged | wc -l)" 0
done
finish
