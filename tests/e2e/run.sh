#!/bin/bash
# ./run with a program that is built: the gateway starts, the sample goes through it, what it says to
# type next can be typed, and nothing of it stays. And cordon top, log and why on what it decided.
. "$(dirname "$0")/lib.sh"
export CORDON CORDON_RUN=$work/gateway CORDON_STARTER=$top/share/starter.model
# Sanitizers reserve memory and fork at the end, which roles may not.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
trap '"$top/run" --stop >/dev/null 2>&1; rm -rf "$work"' EXIT
chmod 755 "$work"
conf=$CORDON_RUN/cordon.conf

run 0 "$top/run" --help
prints '^ *\./run PATH'
run 0 "$top/run" --stop
prints '^No gateway of \./run is running\.$'

run 0 "$top/run"
says_nothing
prints '^The gateway runs, process [0-9]+\.'
prints '^96 messages: [0-9]+ accepted, [1-9][0-9]* refused$'
prints '^messages +[0-9.]+ +96$'
prints '^  smtpd_milters = inet:127\.0\.0\.1:[0-9]+$'
prints '^  milter_default_action = accept$'
at_most "lines of ./run" "$(wc -l <"$out")" 55
cp "$out" first
pid=$(cat "$CORDON_RUN/pid")
equal "the process" "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "cordon serve --config $conf "
if [ "$(id -u)" = 0 ]; then
	equal "roles of root" "$(pgrep -P "$pid" | xargs -I{} stat -c %U /proc/{} | sort -u)" nobody
fi

equal "deaths of roles" "$(grep died "$CORDON_RUN/log")" ''

# Each command that it prints does what it says; top is asked by itself below.
sed -nE "s,^  [a-z;, ]+  ($CORDON [^|]*)\$,\1,p" first | grep -v ' top ' >commands
equal "commands told" "$(wc -l <commands)" 7
while read -r line; do
	# shellcheck disable=SC2086 # words of a command, as a shell would part them
	run 0 ${line/build\/case/$work/case}
done <commands
equal "a case was written" "$(ls case/case.html)" case/case.html
id=$(sed -nE 's,.* why -c [^ ]* ([a-z0-9]{16})$,\1,p' first)

# A second one finds the first, and leaves it alone.
run 0 "$top/run"
prints "^The gateway of an earlier \./run still runs, process $pid; it is left as it is\.\$"
prints '^messages +[0-9.]+ +96$'
# One of an older build is ended, and another one begins anew.
touch -d '1 hour ago' "$CORDON_RUN/pid"
run 0 "$top/run"
prints 'of an older build; it is ended\.$'
prints '^messages +[0-9.]+ +96$'
ended() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; } # whoever inherits it may take his time
waits ended "$pid"
export CORDON_CONFIG=$conf
cordon 1 why "$id"
says "no decision of the id '$id' is kept here"

# top: once, as an object, on a terminal.
cordon 0 top
prints '^cordon [0-9.]+, up [0-9a-z ]+; all parts serve; [0-9]+ sessions? open$'
prints '^  ham +[0-9.]+ +[0-9]+ +[0-9.]+ %'
prints '^delay +median [0-9.]+ m?s, p90 [0-9.]+ m?s, p99 [0-9.]+ m?s, since it was started$'
prints '^DNS +0 questions, '
prints '^parts +gate, resolver, keeper, web, ledger, model, decisions serve$'
prints_no $'\033'
cordon 0 top --json
equal "messages as JSON" "$(jq .counts.messages "$out")" 96
equal "health as JSON" "$(jq -c '[.health.ok, (.health.parts | length)]' "$out")" '[true,7]'
cordon 2 top now
says "no arguments are taken"
on_terminal() { # KEY: what a terminal of 90 columns shows in a second and a half, then the key
	python3 - "$CORDON" "$1" <<-'PY'
		import fcntl, os, pty, select, struct, sys, termios, time
		pid, fd = pty.fork()
		if pid == 0:
		    os.execv(sys.argv[1], ["cordon", "top"])
		fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 90, 0, 0))
		said, before = b"", termios.tcgetattr(fd)
		# Two screens at least, however slow it is; then the key.
		while said.count(b"\x1b[H") < 2:
		    assert select.select([fd], [], [], 30)[0], said
		    said += os.read(fd, 65536)
		os.write(fd, sys.argv[2].encode())
		try:
		    while piece := os.read(fd, 65536):
		        said += piece
		except OSError:
		    pass
		code = os.waitpid(pid, 0)[1]
		assert said.startswith(b"\x1b[?1049h\x1b[?25l"), said[:80]
		assert said.endswith(b"\x1b[?25h\x1b[?1049l"), said[-80:]
		assert b"q ends" in said and b"all parts serve" in said, said
		assert max(len(line.replace(b"\x1b[K", b"")) for line in said.decode().encode(
		    "ascii", "replace").split(b"\r\n")) < 120
		sys.exit(code)
	PY
}
run 0 on_terminal q
run 0 on_terminal $'\003'

# log and why, by what a postmaster knows.
cordon 0 log --action reject --last 1
id=$(awk 'NR == 2 { print $3 }' "$out")
cordon 0 log --json --id "$id"
equal "one of that id" "$(wc -l <"$out")" 1
sender=$(jq -r .sender "$out") recipient=$(jq -r '.recipients[0]' "$out")
ip=$(jq -r .ip "$out") queue=$(jq -r .queue_id "$out") asn=$(jq -r .asn "$out")
for how in "--sender $sender" "--sender @${sender#*@}" "--recipient $recipient" \
	"--queue-id $queue" "--network $ip" "--network AS$asn" "--since 2020-01-01 --action reject"; do
	# shellcheck disable=SC2086
	cordon 0 log --last 0 $how
	prints " $id reject "
done
cordon 0 log --until 2020-01-01
prints '^no message that the gateway has seen is like that$'
cordon 0 log --outgoing --json
equal "none is outgoing" "$(cat "$out")" ''
cordon 2 log --since yesterday
says '^cordon log: --since takes a day or time'
cordon 2 log --network nowhere
cordon 2 log "$id"
says "'cordon why $id' tells of one"
cordon 0 why "${id^^}"
prints "^$id: refused at .*: judged spam\.\$"
prints "^from +$(sed 's/[.@]/[^ ]*/g' <<<"$sender")\$"
prints "^client +$ip, AS$asn\$"
prints '^verdict +spam; probability of spam >?[0-9.]+ % \(it was called spam from '
prints '^What weighed most'
prints_no 'http://'
cordon 0 why --json "$id"
equal "the same as an object" "$(jq -r '.id + " " + .action' "$out")" "$id reject"
cordon 1 why 0000000000000000
says 'may be older than log_days'
cordon 2 why

# Judging what is stored: a message, an mbox, a Maildir, an MH folder, a tree of them. It starts and
# learns nothing, and leaves the gateway alone. A table of networks is there, so none is fetched.
export CORDON_RUN_STORED=$work/stored
cordon 0 net import -s "$CORDON_RUN_STORED" --date 2026-10-15 --source sample "$sample/networks.csv"
mkdir -p mail/maildir/{cur,new,tmp} mail/mh
for n in 01 02 03; do
	{ echo "From a@b Mon Nov 23 10:00:0${n#0} 2026"; sed 's/^From />From /' "$sample/mail/00$n.eml"; echo; } >>mail/mbox
done
cp "$sample"/mail/001[0-3].eml mail/maildir/cur
cp "$sample"/mail/0014.eml mail/maildir/new
cp "$sample"/mail/0020.eml mail/mh/1
cp "$sample"/mail/0021.eml mail/mh/2
for how in "1 $sample/mail/0001.eml" "3 mail/mbox" "5 mail/maildir" "2 mail/mh" "10 mail" "8 mail/mbox mail/maildir" "3 -"; do
	# shellcheck disable=SC2086
	run 0 "$top/run" ${how#* } <mail/mbox
	says_nothing
	prints "^${how%% *} messages?: "
	prints "^  why one message was judged so +$CORDON explain --state stored MESSAGE\$"
done
ln -s "$work/mail" "with blanks"
run 0 "$top/run" "with blanks"
prints '^10 messages: '
equal "nothing was learned" "$(ls stored)" net
run 1 "$top/run" mail/mbox mail/nothing
says '^run: mail/nothing: there is no such file or folder$'
equal "and nothing was judged" "$(cat "$out")" ''
run 2 "$top/run" --stpo
says "^run: '--stpo' is no option; "
echo "no mail at all" >notes
run 0 "$top/run" notes mail/mh
prints '^[23] messages: '
kill -0 "$(cat "$CORDON_RUN/pid")" || fail "the gateway has ended"

run 0 "$top/run" --stop
prints '^The gateway has ended; '
checks=$((checks + 1))
! pgrep -f -- "$CORDON_RUN" >left || fail "something still runs" "$(cat left)"
# What strangers sent moves no cursor, begins no line, and turns no text around.
sqlite3 "$CORDON_RUN/state/decisions.db" "UPDATE decision SET sender = char(27) || '[2J' || char(155) || '31m@x.example' ||
	char(13, 10) || 'FAKE', helo = char(27) || ']0;title' || char(7), user = char(8238) || 'u', auth = char(155) || 'c',
	reason = 'r' || char(10) || 'FAKE' || char(0x202e) WHERE id = '$id';
	UPDATE recipient SET address = char(27) || '[31m' || char(10) || 'FAKE' WHERE n = 0"
harmless() {
	LC_ALL=C.UTF-8 python3 -c 'import sys
text = open(sys.argv[1], encoding="utf-8").read()
bad = [c for c in text if ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 or 0x202a <= ord(c) <= 0x202e]
sys.exit(repr(bad) if bad else 0)' "$1"
}
for how in "log --id $id" "why $id" "log --json --id $id" "why --json $id"; do
	# shellcheck disable=SC2086
	cordon 0 $how
	prints "$id"
	prints_no '^ *FAKE'
	cp "$out" said; run 0 harmless said
done
cordon 1 top
says '^cordon: no gateway answers at 127\.0\.0\.1:[0-9]+ \(.*\): does .cordon serve. run'
echo 'web = ""' >none.conf
cordon 2 top -c none.conf
says "the configuration has no 'web'"

# A process that has the number of a gateway before the machine was started anew is not it.
echo $$ >"$CORDON_RUN/pid"
run 0 "$top/run" --stop
prints '^No gateway of \./run is running\.$'
run 0 "$top/run"
prints '^The gateway runs, process [0-9]+\.'
# One that was killed is begun anew.
kill -9 "$(cat "$CORDON_RUN/pid")"
gone() { ! pgrep -f -- "serve --config $conf"; }
waits gone
run 0 "$top/run"
prints '^The gateway runs, process [0-9]+\.'
prints '^messages +[0-9.]+ +96$'
run 0 "$top/run" --stop

# Its port was taken meanwhile: said, nothing stays, and the next one finds others.
mkdir bin
cat >bin/python3 <<-P
	#!/bin/sh
	PATH="$PATH" python3 "\$@" | sed "s/^[0-9]*/\$TAKEN/"
P
chmod +x bin/python3
python3 -c 'import socket, time
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
time.sleep(600)' >taken &
holder=$!
waits test -s taken
TAKEN=$(cat taken) PATH=$work/bin:$PATH run 3 "$top/run"
says "127\.0\.0\.1:$(cat taken): Address already in use$"
says '^run: the gateway did not start; see above$'
checks=$((checks + 1))
gone || fail "it still runs"
run 0 "$top/run" --stop
prints '^No gateway of \./run is running\.$'
kill "$holder"
# A folder that is not its own is left alone.
mkdir mine
touch mine/thing
CORDON_RUN=$work/mine run 2 "$top/run"
says 'mine is not of \./run; move it away$'
equal "it is as it was" "$(ls mine)" thing
finish
