#!/bin/bash
# A resolver that hangs, or dies, costs a message a bounded delay and nothing else.
. "$(dirname "$0")/lib.sh"
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null; rm -rf "$work"' EXIT
# Sanitizers reserve memory and fork at the end, which roles may not.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
chmod 755 "$work"

port=$(free_port)
dns=$(free_port)
cat >serve.conf <<-C
	user = "nobody"
	milter = "127.0.0.1:$port"
	check = "127.0.0.1:$(free_port)"
	web = "127.0.0.1:$(free_port)"
	dns = {"127.0.0.1@$dns"}
	dns_milliseconds = 1000
	on_spam = "accept"
C
CORDON_STARTER=$top/share/starter.model "$CORDON" serve -c serve.conf -s "$work/gateway" 2>log &
server=$!
waits grep -q '^cordon: ready: milter at 127.0.0.1:' log
# A message may wait for dns_milliseconds; the rest is for machines that do much else.
run 0 python3 "$here/gate_resolver.py" "$port" "$dns" "$server" 4
cat "$out"
kill -TERM "$server"
wait "$server"
equal "exit code of a gateway that was told to end" "$?" 0
server=
finish
