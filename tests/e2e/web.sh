#!/bin/bash
# The web role of a running gateway that has seen the sample: what it answers is what the
# specification tells, decisions are found, and nobody brings it down. Over TCP and a UNIX socket.
. "$(dirname "$0")/lib.sh"
# Sanitizers reserve memory and fork at the end, which roles may not.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 CORDON_STARTER=$top/share/starter.model
server=
# Where Debian puts its modules.
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3)
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null; rm -rf "$work"' EXIT
chmod 755 "$work"

read -r milter web <<<"$(python3 -c 'import socket
free = [socket.create_server(("127.0.0.1", 0)) for i in range(2)]
print(*(s.getsockname()[1] for s in free))')"
begin() { # WEB [SETTING]...
	printf '%s\n' 'user = "nobody"' "milter = \"127.0.0.1:$milter\"" 'check = ""' "web = \"$1\"" \
		'dns_questions = 0' "${@:2}" >serve.conf
	: >log
	"$CORDON" serve -c serve.conf -s "$work/gateway" 2>log &
	server=$!
	for ((i = 0; i < 300; i++)); do
		grep -q '^cordon: ready' log && return
		sleep 0.1
	done
	fail "it does not begin" "$(cat log)"
}
# Ends it in order, and sees that no role of it died meanwhile.
end() {
	kill "$server"
	checks=$((checks + 1))
	wait "$server" || fail "it ends with $?" "$(cat log)"
	server=
	equal "deaths" "$(grep died log)" ''
}
waits_for() { # MESSAGES: that they are in the decisions
	for ((i = 0; i < 300; i++)); do
		[ "$("$CORDON" log -s "$work/gateway" --last 0 --json 2>/dev/null | wc -l)" -ge "$1" ] && return
		sleep 0.1
	done
	fail "decisions do not come"
}

begin "127.0.0.1:$web"
run 0 curl -sS --noproxy '*' "http://127.0.0.1:$web/api/v1/decisions"
equal "nothing was decided yet" "$(cat "$out")" '{"decisions":[]}'
cordon 1 log -s "$work/gateway-of-none"
"$top/tools/milter-feed" -q --own-mx mx1.hollerith.example "127.0.0.1:$milter" "$sample/mail" >fed ||
	fail "the sample is not taken" "$(cat fed)"
waits_for 96
run 0 "$python" "$here/web.py" "$web" "$top"
grep -E "checks|beside" "$out"
[ ! -s "$err" ] || cat "$err"
end

# A UNIX socket; and where addresses are hashed, the address itself still finds its mail.
mkdir socket
[ "$(id -u)" != 0 ] || chown nobody socket
begin "$work/socket/web" 'hash_addresses = true'
cordon 0 top -c serve.conf
prints '^cordon [0-9.]+, up '
"$top/tools/milter-feed" -q --own-mx mx1.hollerith.example "127.0.0.1:$milter" "$sample/mail/0001.eml" >fed
waits_for 97
ask() { curl -sS --unix-socket socket/web "http://localhost/$1"; }
run 0 ask 'api/v1/decisions?last=1'
equal "hashed" "$(jq -r '.decisions[0].sender' "$out" | sed -E 's/[0-9a-f]{16}/HASH/')" '~HASH@carewell-rx.example'
id=$(jq -r '.decisions[0].id' "$out")
run 0 ask 'api/v1/decisions?sender=news@carewell-rx.example'
equal "found by itself, and before it was hashed" "$(jq -r '.decisions | length' "$out")" 2
cordon 0 log -s "$work/gateway" --sender news@carewell-rx.example --last 1
prints " $id "
prints_no 'news@'
cordon 0 why -s "$work/gateway" "$id"
prints_no 'news@'
end
finish
