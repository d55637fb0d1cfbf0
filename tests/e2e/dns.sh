#!/bin/bash
# The resolver against a real unbound that serves a zone of ours, on a free port of loopback.
#	dns.sh DNS-ASK
ask=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
unbound=$(command -v unbound || echo /usr/sbin/unbound)
[ -x "$unbound" ] || { echo "unbound is not installed: tools/setup --tests"; exit 77; }

long=$(printf 'a%.0s' {1..250})
start() {
	port=$(free_port)
	cat >unbound.conf <<-END
		server:
		  interface: 127.0.0.1@$port
		  directory: "$work"
		  username: ""
		  chroot: ""
		  pidfile: ""
		  use-syslog: no
		  logfile: "$work/unbound.log"
		  do-daemonize: no
		  module-config: "iterator"
		  access-control: 127.0.0.0/8 allow
		  local-zone: "example." static
		  local-data: "example. 3600 IN SOA ns.example. root.example. 1 3600 600 86400 300"
		  local-data: "example. 3600 IN MX 20 b.example."
		  local-data: "example. 3600 IN MX 10 a.example."
		  local-data: 'example. 3600 IN TXT "v=spf1 " "mx -all"'
		  local-data: "a.example. 3600 IN A 192.0.2.1"
		  local-data: "a.example. 3600 IN AAAA 2001:db8::1"
		  local-data: "deep.er.example. 3600 IN A 192.0.2.2"
		  local-data: 'long.example. 3600 IN TXT $(for i in {1..40}; do printf '"%s" ' "$long"; done)'
		  local-zone: "broken.example." always_refuse
		  local-zone: "2.0.192.in-addr.arpa." static
		  local-data-ptr: "192.0.2.1 a.example"
		remote-control:
		  control-enable: no
	END
	"$unbound" -d -c unbound.conf >unbound.out 2>&1 &
	server=$!
	for ((i = 0; i < 200; i++)); do
		"$ask" --forward "127.0.0.1@$port" --seconds 1 a.example A 2>/dev/null |
			grep -q ' ok ' && return 0
		kill -0 $server 2>/dev/null || break
	done
	return 1
}
for _ in 1 2 3; do
	start && break
	kill $server 2>/dev/null
	wait $server 2>/dev/null
done
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
checks=$((checks + 1))
kill -0 $server 2>/dev/null || { fail "unbound does not start" "$(cat unbound.out unbound.log)"; finish; }

# answers EXPECTED OPTION... NAME TYPE
answers() {
	local want=$1
	shift
	run 0 "$ask" "$@" || return
	checks=$((checks + 1))
	[ "$(cat "$out")" = "$want" ] || fail "$*" "$(head -c 300 "$out")" "not: ${want:0:300}"
}
f=(--forward "127.0.0.1@$port")
answers 'a.example A ok 192.0.2.1' "${f[@]}" a.example A
answers 'A.Example. AAAA ok 2001:db8::1' "${f[@]}" A.Example. AAAA
answers 'example MX ok 10 a.example 20 b.example' "${f[@]}" example MX
answers 'example TXT ok v=spf1 mx -all' "${f[@]}" example TXT
answers 'a.example TXT nodata' "${f[@]}" a.example TXT
answers 'er.example A nodata' "${f[@]}" er.example A
answers 'b.example A nxdomain' "${f[@]}" b.example A
answers 'x.broken.example A tempfail' "${f[@]}" x.broken.example A
answers '1.2.0.192.in-addr.arpa PTR ok a.example' "${f[@]}" 1.2.0.192.in-addr.arpa PTR
answers 'a..example A unfit' "${f[@]}" a..example A
# Ten thousand bytes: over TCP, since UDP takes 1232.
answers "long.example TXT ok $(for i in {1..40}; do printf %s "$long"; done)" "${f[@]}" long.example TXT

# As the servers of a zone: asked as an authority is, and not for others.
answers 'a.example A ok 192.0.2.1' --stub "example=127.0.0.1@$port" a.example A

# A hosts file is believed first; a resolver that is none, and one that is not there.
echo '192.0.2.77 a.example' >hosts
answers 'a.example A ok 192.0.2.77' "${f[@]}" --hosts hosts a.example A
run 1 "$ask" --forward resolver a.example A
says 'resolver is no address of a resolver: write as 192.0.2.53'
run 1 "$ask" --resolv-conf /dev/null a.example A
says '/dev/null names no resolver'
answers 'a.example A tempfail' --forward "127.0.0.1@$(free_port)" --seconds 2 a.example A

# A key for the zone, which is not signed: what it says is bogus, and never an answer. Names of
# zones without a key are answered, not secure.
cat >anchor <<'END'
example. IN DS 4096 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
END
answers 'a.example A tempfail' "${f[@]}" --anchor anchor a.example A
answers '1.2.0.192.in-addr.arpa PTR ok a.example' "${f[@]}" --anchor anchor 1.2.0.192.in-addr.arpa PTR
echo 'no key at all' >anchor
run 1 "$ask" "${f[@]}" --anchor anchor a.example A
says 'trust anchor'

kill $server
wait $server 2>/dev/null
answers 'a.example A tempfail' "${f[@]}" --seconds 2 a.example A
finish
