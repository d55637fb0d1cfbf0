#!/bin/bash
# The gateway as a whole: it begins, is held in its sandbox, goes on when its parts are killed while
# messages come, reads its configuration again, and ends in order.
load=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null; rm -rf "$work"' EXIT
# Sanitizers reserve memory and fork at the end, which roles may not.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
chmod 755 "$work"

# waits COMMAND...: until it succeeds, 30 s at most.
waits() {
	local i

	checks=$((checks + 1))
	for ((i = 0; i < 300; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	fail "in vain: $*" "$(tail -n 20 log)"
	return 1
}
told() { grep -qE -e "$1" log; }
# pid ROLE: of the process that it has now.
pid() { pgrep -P "$server" -f "cordon-gateway role $1 "; }
# The number of a role is another one, and it is there.
renewed() { local now; now=$(pid "$1") && [ "$now" != "$2" ]; }

cordon 0 serve --check
prints "cordon.conf: good"
echo 'on_spam = "burn"' >bad.conf
cordon 2 serve --check -c bad.conf
says '^cordon: bad.conf:1: on_spam is "accept"'
cordon 2 serve -c bad.conf
says '^cordon: bad.conf:1: on_spam is "accept"'
cordon 2 serve now
if [ "$(id -u)" = 0 ]; then
	echo 'user = "no-such-user"' >bad.conf
	cordon 2 serve -c bad.conf
	says "no user 'no-such-user' to run as; make one"
fi
run 3 "$(dirname "$CORDON")/cordon-gateway" role gate
says "roles are started by 'cordon serve'"

# UNIX sockets are for the gateway's user and group, however it is started.
printf '%s = "%s"\n' user nobody milter "$work/1.socket" check "$work/2.socket" web "$work/3.socket" >sockets.conf
"$CORDON" serve -c sockets.conf -s "$work/behind-sockets" 2>log &
server=$!
waits told '^cordon: ready: '
[ "$(id -u)" = 0 ] && want="660 $(id -u nobody) $(id -g nobody)" || want="660 $(id -u) $(id -g)"
for socket in 1 2 3; do
	equal "rights of socket $socket" "$(stat -c '%a %u %g' "$work/$socket.socket")" "$want"
done
kill "$server"
wait "$server"

port=$(free_port)
check=$(free_port)
web=$(free_port)
cat >serve.conf <<-C
	user = "nobody"
	milter = "127.0.0.1:$port"
	check = "127.0.0.1:$check"
	web = "127.0.0.1:$web"
	dns_questions = 0
	on_spam = "accept"
	sessions = 1100
C
begin() {
	CORDON_STARTER=$top/share/starter.model "$CORDON" serve -c serve.conf -s "$work/gateway" 2>log &
	server=$!
	waits told '^cordon: ready: milter at 127.0.0.1:'
}
begin
roles=$(pgrep -P "$server" -a | sed -n 's/.*cordon-gateway role \([a-z]*\) .*/\1/p' | sort | tr '\n' ' ')
[[ $roles == *gate*keeper* ]] || fail "only the roles $roles run"
for role in $roles; do
	checks=$((checks + 1))
	got=$(sed -nE 's/^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):\t([^\t]*).*/\2/p' "/proc/$(pid "$role")/status" | tr '\n' ' ')
	want="65534 0000000000000000 0000000000000000 1 2 "
	[ "$(id -u)" = 0 ] || { want="$(id -u) 0000000000000000 * 1 2 "; }
	# shellcheck disable=SC2053 # a pattern
	[[ $got == $want ]] || fail "$role runs with $got, not $want"
done

# Messages, while parts are killed one after the other. None is lost: all are answered.
"$load" -n 4 -s 6 -r 40 "127.0.0.1:$port" "$sample"/mail/00*.eml >load.json 2>load.err &
load_job=$!
for signal in KILL SEGV ABRT; do
	for role in ${roles/gate/}; do
		before=$(pid "$role")
		kill "-$signal" "$before"
		waits renewed "$role" "$before"
	done
done
wait "$load_job" || fail "messages stayed without an answer" "$(cat load.err)"
cat load.json
for role in ${roles/gate/}; do
	for number in 9 11 6; do
		checks=$((checks + 1))
		told "^cordon: $role died of signal $number " || fail "the death of $role by $number is not told"
	done
done
decided() { [ "$("$CORDON" log -s "$work/gateway" 2>/dev/null | wc -l)" -ge 10 ]; }
waits decided
# Somebody writes over what was decided: said, put aside, and a new one is begun in the sandbox too.
yes junk | head -c 9000 >"$work/gateway/decisions.db"
waits told 'decisions.db: somebody else wrote over it; it is now decisions.db.bad, and a new one is begun$'
waits test -e "$work/gateway/decisions.db.bad"
cordon 0 log -s "$work/gateway"

# A gate that dies is started again, and takes mail as before.
before=$(pid gate)
kill -SEGV "$before"
waits renewed gate "$before"
waits told '^cordon: gate died of signal 11 .*; it is started again at once$'
takes() { "$load" -n 1 -s 1 -r 5 "127.0.0.1:$port" "$sample/mail/0002.eml"; }
waits takes

# Over HTTP as well, behind the same sandbox.
http() { curl -sf -m 20 "$@"; }
asks() { http --data-binary "@$sample/mail/0002.eml" "http://127.0.0.1:$check/checkv2"; }
waits asks
asks | jq -e .action >/dev/null || fail "no action comes over HTTP"
http "http://127.0.0.1:$web/metrics" | grep -q '^cordon_messages_total [1-9]' || fail "metrics count no messages"
healthy() { http "http://127.0.0.1:$web/healthz"; }
waits healthy

# A thousand sessions, each within a message: what all processes together take.
processes=$(pid gate),$server
for role in ${roles/gate/}; do
	processes+=,$(pid "$role")
done
run 0 python3 "$here/gate_idle.py" "$port" "$processes" 1000 "${MEMORY:-200}"
sed 's/^/all roles: /' "$out"

# The configuration again: a bad one changes nothing.
echo 'on_spam = maybe' >>serve.conf
kill -HUP "$server"
waits told 'serve.conf:8: on_spam is .*; the configuration stays as it was$'
sed -i '$d' serve.conf
echo 'web = "127.0.0.1:1"' >>serve.conf
kill -HUP "$server"
waits told "^cordon: the new 'web' counts when the gateway is started again$"
waits told '^cordon: the configuration was read again$'
sed -i '$d' serve.conf
takes >/dev/null || fail "it takes no mail after the configuration was read"
equal "told of tables that were not installed" "$(grep -c 'tables of networks' log)" 0
printf '192.0.2.0/24,64496,Example\n' >table.csv
run 0 "$CORDON" net import -d 2026-11-01 -s "$work/gateway" table.csv
kill -HUP "$server"
waits told '^cordon: the new tables of networks count when the gateway is started again$'

# A new one counts at once, also in a session that is open: its mail is accepted, and then refused.
spam_message >spam.eml
"$load" -n 1 -s 4 -r 10 "127.0.0.1:$port" spam.eml >renewed.json 2>load.err &
load_job=$!
sleep 1
sed -i 's/^on_spam = .*/on_spam = "reject"/' serve.conf
kill -HUP "$server"
wait "$load_job" || fail "the session was dropped" "$(cat load.err)"
checks=$((checks + 1))
jq -e '.answers.c > 0 and .answers.y > 0' renewed.json >/dev/null ||
	fail "the new on_spam does not count" "$(cat renewed.json)"

# A second one cannot have the same port, and says so.
run 3 "$CORDON" serve -c serve.conf -s "$work/second"
says "cordon: (gate|web): .*($port|$check|$web)"
says '^cordon: (gate|web) cannot begin$'

kill -TERM "$server"
wait "$server"
equal "exit code of a gateway that was told to end" "$?" 0
server=
equal "nothing but deaths that we caused" "$(grep -cE 'system call|no sign of life|did not stop' log)" 0
begin
kill -9 "$server"
wait "$server" 2>/dev/null
none_left() { ! pgrep -f "cordon-gateway role [a-z]* $work/gateway "; }
waits none_left
server=
finish
