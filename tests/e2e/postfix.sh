# shellcheck shell=bash
# A private Postfix on a port of loopback, for tests that source this behind lib.sh. Only root can run
# one: others go on by sudo, or skip. What is in jobs_of_mine ends with the test, as Postfix does.
jobs_of_mine=()
end() {
	[ -f "$work/pf/main.cf" ] && postfix -c "$work/pf" stop >/dev/null 2>&1
	for job in "${jobs_of_mine[@]}"; do
		kill "$job" 2>/dev/null
	done
	rm -rf "$work"
}
trap end EXIT
if [ "$(id -u)" != 0 ]; then
	sudo -n true 2>/dev/null || skip "only root can run Postfix"
	rm -rf "$work"
	exec sudo -n -E env CORDON="$CORDON" "$0" "$@"
fi
PATH=$PATH:/usr/sbin
command -v postfix >/dev/null || skip "there is no Postfix"

# postfix_set_up HOST DOMAINS: its files; further settings go behind them into
# pf/main.cf. Mail for the domains is delivered into Maildirs, and none leaves the machine. Its port is $smtp_port.
postfix_set_up() {
	smtp_port=$(free_port)
	chmod 755 "$work"
	mkdir -p pf/queue pf/data pf/mail
	chown postfix pf/data
	chown nobody pf/mail
	cat >pf/main.cf <<-C
		compatibility_level = 3.6
		queue_directory = $work/pf/queue
		data_directory = $work/pf/data
		maillog_file = $work/pf/log
		maillog_file_prefixes = $work
		myhostname = $1
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		smtputf8_enable = no
		virtual_mailbox_domains = $2
		virtual_mailbox_base = $work/pf/mail
		virtual_mailbox_maps = static:all/
		virtual_uid_maps = static:65534
		virtual_gid_maps = static:65534
		default_transport = error:nothing leaves this machine
		alias_maps =
		alias_database =
	C
	sed -E "s/^smtp +inet .*/127.0.0.1:$smtp_port inet n - n - - smtpd/; /^postlog/d" /etc/postfix/master.cf |
		awk '/^[a-z0-9.:-]+ +(inet|unix|fifo|pass|unix-dgram) / { $5 = "n" } { print }' >pf/master.cf
	echo 'postlog unix-dgram n - n - 1 postlogd' >>pf/master.cf
}
postfix_start() {
	postfix -c "$work/pf" start >pf/start.log 2>&1 || { cat pf/start.log; fail "Postfix does not start"; finish; }
	waits answers "$smtp_port"
}
