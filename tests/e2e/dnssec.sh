#!/bin/bash
# The DNS with its proofs: a zone signed by ldns, served by a real unbound, asked by the resolver behind
# its sandbox; then a real gateway that asks a real resolver for it. A call that the sandbox forbids
# would end the process, and with it all answers.
#	dnssec.sh DNS-ASK
ask=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for program in unbound ldns-keygen ldns-signzone; do
	command -v $program >/dev/null || skip "$program is not there: tools/setup --tests"
done
jobs_of_mine=()
end() {
	for job in "${jobs_of_mine[@]}"; do
		kill "$job" 2>/dev/null
	done
	wait
	rm -rf "$work"
}
trap end EXIT
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
chmod 755 "$work"

# Three zones: one that is in order, one whose records were changed when they had been signed, one
# whose signatures have expired; each with a name of over a datagram.
long=$(printf 'a%.0s' {1..200})
sign() {
	local zone=$1
	shift
	{
		cat <<-END
			\$ORIGIN $zone.
			\$TTL 3600
			@ IN SOA ns.$zone. root.$zone. 1 3600 600 86400 300
			@ IN NS ns.$zone.
			ns IN A 127.0.0.1
			@ IN TXT "v=spf1 ip4:192.0.2.1 -all"
			@ IN MX 10 mx.$zone.
			mx IN A 192.0.2.1
			wide IN TXT "v=spf1 $(for i in {1..8}; do printf 'exists:%s%d.%s" " ' "${long:0:60}" "$i" "$zone"; done)ip4:192.0.2.1 -all"
			wide IN TXT $(for i in {1..20}; do printf '"%s" ' "$long"; done)
		END
		for i in {1..8}; do echo "${long:0:60}$i IN A 192.0.2.1"; done
	} >"$zone"
	key=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 -k "$zone") &&
		ldns-signzone "$@" -f "$zone.signed" "$zone" "$key" || fail "$zone cannot be signed"
	cat "$key.ds" >>anchor
}
sign good.example
sign bogus.example
sed -i -E 's/^(mx\.bogus\.example\..*)192\.0\.2\.1/\1192.0.2.66/; s/(IN[[:space:]]TXT[[:space:]]"v=spf1 ip4):192\.0\.2\.1 /\1:192.0.2.66 /' \
	bogus.example.signed
sign late.example -i 20200101000000 -e 20200201000000

# server NAME: starts unbound by NAME.conf, whose port is $port.
server() {
	unbound -d -c "$1.conf" >"$1.out" 2>&1 &
	jobs_of_mine+=($!)
	waits up "$port"
}
up() { "$ask" --forward "127.0.0.1@$1" --seconds 1 mx.good.example A 2>/dev/null | grep -q ' ok '; }
config() {
	cat <<-END
		server:
		  interface: 127.0.0.1@$port
		  directory: "$work"
		  username: ""
		  chroot: ""
		  pidfile: ""
		  use-syslog: no
		  logfile: "$work/$1.log"
		  do-daemonize: no
		  access-control: 127.0.0.0/8 allow
		  do-not-query-localhost: no
		  module-config: "$2"
		  local-zone: "192.in-addr.arpa." nodefault
	END
}
remote='remote-control:
  control-enable: no'
authority=$(free_port)
port=$authority
{
	config authority iterator
	echo "$remote"
	for zone in good bogus late; do
		printf 'auth-zone:\n  name: "%s.example"\n  zonefile: "%s/%s.example.signed"\n  for-upstream: no\n' \
			$zone "$work" $zone
	done
} >authority.conf
server authority

answers() {
	local want=$1
	shift
	run 0 "$ask" "$@" || return
	checks=$((checks + 1))
	[ "$(cat "$out")" = "$want" ] || fail "$*" "$(head -c 300 "$out")" "not: ${want:0:300}"
}
mkdir -m 755 state
f=(--sandbox state --anchor anchor)
for zone in good bogus late; do
	f+=(--stub "$zone.example=127.0.0.1@$authority")
done
answers 'mx.good.example A ok 192.0.2.1 secure' "${f[@]}" mx.good.example A
answers 'good.example MX ok 10 mx.good.example secure' "${f[@]}" good.example MX
answers 'mx.good.example TXT nodata secure' "${f[@]}" mx.good.example TXT
answers 'no.good.example A nxdomain secure' "${f[@]}" no.good.example A
# Over TCP, for it is longer than any datagram.
run 0 "$ask" "${f[@]}" wide.good.example TXT
prints '^wide\.good\.example TXT ok .*v=spf1 exists:.* secure$'
checks=$((checks + 1))
[ "$(wc -c <"$out")" -gt 4500 ] || fail "the long answer is cut" "$(wc -c <"$out") bytes"
# Without a key nothing is proven, and all is told.
answers 'mx.good.example A ok 192.0.2.1' --sandbox state --stub "good.example=127.0.0.1@$authority" mx.good.example A
answers 'mx.bogus.example A ok 192.0.2.66' --sandbox state --stub "bogus.example=127.0.0.1@$authority" mx.bogus.example A
# A lie is no answer, and others are still heard.
answers 'mx.bogus.example A tempfail
mx.good.example A ok 192.0.2.1 secure' "${f[@]}" mx.bogus.example A mx.good.example A
answers 'bogus.example TXT tempfail' "${f[@]}" bogus.example TXT
answers 'mx.late.example A tempfail' "${f[@]}" mx.late.example A
answers 'no.late.example A tempfail' "${f[@]}" no.late.example A

# The gateway asks a resolver that proves what it hands on. What is bogus is temperror.
port=$(free_port)
{
	config resolver 'validator iterator'
	echo "  trust-anchor-file: \"$work/anchor\""
	echo '  domain-insecure: "192.in-addr.arpa"'
	echo "$remote"
	for zone in good bogus late 192.in-addr; do
		name=$zone.example
		[ $zone = 192.in-addr ] && name=192.in-addr.arpa
		printf 'stub-zone:\n  name: "%s"\n  stub-addr: 127.0.0.1@%s\n' "$name" "$authority"
	done
} >resolver.conf
server resolver
check=$(free_port)
cat >serve.conf <<-C
	user = "nobody"
	milter = "127.0.0.1:$(free_port)"
	check = "127.0.0.1:$check"
	web = "127.0.0.1:$(free_port)"
	dns = {"127.0.0.1@$port"}
C
"$CORDON" serve -c serve.conf -s "$work/gateway" 2>log &
jobs_of_mine+=($!)
told() { grep -qE -e "$1" log; }
waits told '^cordon: ready: '
# results DOMAIN: what the gateway found of mail by a@DOMAIN, without line ends.
results() {
	printf 'From: <a@%s>\nSubject: hello\nDate: Mon, 2 Jun 2025 10:00:00 +0000\n\nhello\n' "$1" |
		curl -sf -m 30 -H "From: a@$1" -H 'IP: 192.0.2.1' -H "Helo: mx.good.example" \
			--data-binary @- "http://127.0.0.1:$check/checkv2" |
		jq -r '.milter.add_headers."Authentication-Results" | tostring' | tr -d '\n'
}
# found DOMAIN REGEX
found() {
	local got

	checks=$((checks + 1))
	got=$(results "$1")
	[[ $got =~ $2 ]] || fail "mail by a@$1: $got" "does not match $2" "$(tail -n 5 log)"
}
found good.example 'spf=pass.* smtp\.mailfrom=a@good\.example'
found wide.good.example 'spf=pass.* smtp\.mailfrom=a@wide\.good\.example'
found bogus.example 'spf=temperror.* smtp\.mailfrom=a@bogus\.example'
found late.example 'spf=temperror.* smtp\.mailfrom=a@late\.example'
found none.good.example 'spf=none.* smtp\.mailfrom=a@none\.good\.example'
checks=$((checks + 1))
! told 'died of signal|system call' || fail "a role was killed" "$(cat log)"
finish
