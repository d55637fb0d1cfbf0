#!/bin/bash
# A real Exim asks the gate by the lines that docs/gateway.md has for it: spam is refused, what is not
# sure is marked, and when nobody answers mail flows.
gate_alone=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
exim=$top/build/exim
job=
trap 'kill -9 $job $(cat exim.pid 2>/dev/null) 2>/dev/null; rm -rf "$work"' EXIT
[ "$(id -u)" = 0 ] || skip "only root can run Exim"
[ -e "$exim/done" ] || skip "there is no Exim; tools/unpack-exim build/exim unpacks one"

check=$(free_port) port=$(free_port)
chmod 755 "$work"
mkdir spool log
chown nobody:nogroup spool log
doc() { sed -n '/^## Exim/,/^## /p' "$top/docs/gateway.md" | sed -n 's/^\t//p'; }
equal "lines for Exim" "$(doc | wc -l)" 7
{
	cat <<-C
		exim_path = $exim/usr/sbin/exim4
		exim_user = nobody
		exim_group = nogroup
		spool_directory = $work/spool
		log_file_path = $work/log/%slog
		pid_file_path = $work/exim.pid
		primary_hostname = mx.example.org
		keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
		local_interfaces = 127.0.0.1
		daemon_smtp_ports = $port
		tls_advertise_hosts =
		host_lookup =
		queue_only = true
		acl_smtp_rcpt = check_rcpt
		acl_smtp_data = check_data
	C
	doc | head -n 1 | sed "s/7351/$check/"
	printf '%s\n' 'begin acl' 'check_rcpt:' '  accept domains = example.org' 'check_data:'
	doc | tail -n 6
	printf '%s\n' '  accept' 'begin routers' 'none:' '  driver = accept' '  transport = none' 'begin transports' \
		'none:' '  driver = appendfile' '  file = /dev/null'
} >exim.conf
{ getent passwd; echo "Debian-exim:x:65534:65534::/nonexistent:/bin/false"; } >passwd
{ getent group; echo "Debian-exim:x:65534:"; } >group
libraries=$exim/usr/lib/$(uname -m)-linux-gnu
run 0 env LD_LIBRARY_PATH="$libraries:$exim/usr/lib" LD_PRELOAD="$libraries/libnss_wrapper.so" \
	NSS_WRAPPER_PASSWD="$work/passwd" NSS_WRAPPER_GROUP="$work/group" "$exim/usr/sbin/exim4" -C "$work/exim.conf" -bd
waits answers "$port"

: >gate.conf
CORDON_STARTER=$top/share/starter.model "$gate_alone" -c gate.conf -H "127.0.0.1:$check" \
	state "127.0.0.1:$(free_port)" >told 2>gate.err &
job=$!
waits answers "$check"
mail() { # CODE FILE
	run "$1" swaks --server 127.0.0.1 --port "$port" --from a@friend.example.net --to joe@example.org \
		--helo mail.example.net --data - --suppress-data <"$2"
}
spam_message >spam.eml
cat >ham.eml <<-'M'
	From: Ann Meier <ann@friend.example.net>
	To: Joe <joe@example.org>
	Subject: Minutes of the meeting
	Date: Mon, 23 Nov 2026 10:00:00 +0100
	Message-ID: <20261123.1@friend.example.net>

	Hello Joe,

	here are the minutes, as we said on Thursday. Tell me what I forgot.

	Ann
M
mail 26 spam.eml
prints '^<\*\* 550 This is taken for unwanted mail\.$'
waits grep -qE 'action=reject verdict=spam .*from=<a@friend.example.net> rcpts=1\+0 to=<joe@example.org>' told
equal "nothing of it is kept" "$(find spool/input -name '*-H' | wc -l)" 0
mail 0 ham.eml
prints '^<-  250 OK id='
waits grep -qE 'action=accept .*message=<20261123.1@friend.example.net>' told
equal "it is kept" "$(find spool/input -name '*-H' | wc -l)" 1

# Nobody answers: it flows.
kill -9 "$job"
wait "$job" 2>/dev/null
job=
mail 0 spam.eml
equal "both are kept" "$(find spool/input -name '*-H' | wc -l)" 2
equal "Exim does not panic over the lines" "$(grep -v spam log/paniclog 2>/dev/null)" ''
finish
