# shellcheck shell=bash
# What the end-to-end tests share; each sources it first. CORDON names the program under test.
#
# A test gets a private folder, $work, which is its current directory, its HOME and the place of its
# state, and which goes away with it. Nothing else is read but the sample, and nothing else written.
# No starter model and an empty configuration are set, so that only what the test says counts.
set -u
: "${CORDON:?CORDON names the program under test}"
CORDON=$(realpath "$CORDON")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
sample=$top/share/sample
work=$(mktemp -d "${TMPDIR:-/tmp}/cordon-e2e.XXXXXX") || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
unset CORDON_DATE COLUMNS NO_COLOR XDG_STATE_HOME
: >"$work/cordon.conf"
export HOME=$work CORDON_CONFIG=$work/cordon.conf CORDON_STATE=$work/state CORDON_STARTER=
# What fontconfig has read it keeps; that is no leak of ours.
echo leak:libfontconfig >"$work/lsan.conf"
export LSAN_OPTIONS=suppressions=$work/lsan.conf:print_suppressions=0
export LC_ALL=C.UTF-8 TERM=xterm
out=$work/out err=$work/err
checks=0 failures=0

# Tells a failed check: what, and details on further lines.
fail() {
	failures=$((failures + 1))
	printf 'FAIL %s:%s %s\n' "$(basename "$0")" "$(caller_line)" "$1"
	shift
	[ $# = 0 ] || printf '     %s\n' "$@"
}

# The line of the test itself, not of a helper here or there.
caller_line() {
	local i

	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		[ "${BASH_SOURCE[$i]}" = "${BASH_SOURCE[0]}" ] || { echo "${BASH_LINENO[$i - 1]}"; return; }
	done
}

# waits COMMAND...: until it succeeds, 30 s at most.
waits() {
	local i

	for ((i = 0; i < 300; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	fail "in vain: $*"
	return 1
}

# A port of loopback that nobody listens on; whether somebody does.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
answers() { python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1"; }

# A message that is spam to the starter model, whoever sends it.
spam_message() {
	cat <<-'M'
		From: "PayPal" <x@198.51.100.7>
		Subject: URGENT!!! YOU WON $$$ 100% FREE
		Message-ID: <won@198.51.100.7>
		Content-Type: text/html

		Dear Friend, you have won the sum of US$ 4,500,000.00 in our lottery. Please click
		http://198.51.100.7/claim to verify your account and password now. Viagra, cialis, cheap
		replica watches, 100% free, act now! Unsubscribe http://198.51.100.7/u
	M
}

# skip WHY: what is tested here cannot be; in CI it must be.
skip() {
	echo "skipped: $1"
	[ -z "${CI:-}" ] || { echo "FAIL: in CI it must run"; exit 1; }
	exit 77
}

# run CODE COMMAND...: runs it, standard output to $out, standard error to $err; it exits with CODE.
run() {
	local want=$1 got=0
	shift
	checks=$((checks + 1))
	"$@" >"$out" 2>"$err" || got=$?
	[ "$got" = "$want" ] && return
	fail "$* exits with $got, not $want" "standard error: $(head -c 600 "$err")"
	return 1
}

# cordon CODE ARGUMENT...: the same with the program under test.
cordon() {
	local want=$1
	shift
	run "$want" "$CORDON" "$@"
}

# well_formed FILE TEXT...: XML without script or links, with these as whole texts of elements.
well_formed() {
	checks=$((checks + 1))
	python3 - "$@" <<'PY' || fail "$1 is no good picture"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
kinds = {e.tag.split("}")[1] for e in root.iter()}
assert kinds <= {"svg", "g", "rect", "path", "text", "title", "desc"}, kinds
assert not any(a.startswith("on") or "href" in a for e in root.iter() for a in e.attrib)
texts = [e.text for e in root.iter() if e.text]
for want in sys.argv[2:]:
    assert want in texts, (want, texts)
PY
}

# prints, says REGEX: standard output, standard error of the last run has a line that matches.
prints() {
	checks=$((checks + 1))
	grep -qE -e "$1" "$out" || fail "standard output lacks /$1/" "$(head -c 600 "$out")"
}
says() {
	checks=$((checks + 1))
	grep -qE -e "$1" "$err" || fail "standard error lacks /$1/" "$(head -c 600 "$err")"
}
prints_no() {
	checks=$((checks + 1))
	! grep -qE -e "$1" "$out" || fail "standard output has /$1/" "$(grep -E -m3 -e "$1" "$out")"
}
says_nothing() {
	checks=$((checks + 1))
	[ ! -s "$err" ] || fail "standard error is not empty" "$(head -c 600 "$err")"
}

# equal WHAT GOT WANT: two short texts are the same.
equal() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fail "$1" "got  $2" "want $3"
}

# at_most WHAT NUMBER BOUND: a whole number is within its bound.
at_most() {
	checks=$((checks + 1))
	[ "$2" -le "$3" ] || fail "$1 is $2, over $3"
}

# same WHAT FILE WANTED: two files are the same.
same() {
	checks=$((checks + 1))
	cmp -s "$2" "$3" || fail "$1" "$(diff "$3" "$2" | head -8)"
}

# golden NAME FILE: FILE is golden/NAME; renew.sh writes it anew instead.
golden() {
	if [ -n "${CORDON_RENEW:-}" ]; then
		cp "$2" "$here/golden/$1"
	else
		same "differs from golden/$1 (meant? tests/e2e/renew.sh)" "$2" "$here/golden/$1"
	fi
}

# verdicts PATH...: scans, and leaves a line "verdict probability" a message in $out.
verdicts() {
	cordon 0 scan --format tsv "$@"
	tail -n +2 "$out" | cut -f 3,4 >"$out.cut"
	mv "$out.cut" "$out"
}

# mistakes: of the verdicts in $out, of the whole sample in order: "HAM-CALLED-SPAM SPAM-MISSED".
mistakes() {
	cut -d ' ' -f 1 "$sample/INDEX" | paste - "$out" | awk '
		$1 == "ham" && $2 == "spam" { lost++ }
		$1 == "spam" && $2 == "ham" { missed++ }
		END { print lost + 0, missed + 0 }'
}

# labelled LABEL: the sample's messages of a label, whole paths, a line each.
labelled() {
	sed -n "s|^$1 |$sample/|p" "$sample/INDEX"
}

# learn_sample [MESSAGES]: teaches the sample, or its first messages, to $CORDON_STATE.
learn_sample() {
	local label

	for label in ham spam; do
		head -n "${1:-96}" "$sample/INDEX" | sed -n "s|^$label |$sample/|p" |
			xargs "$CORDON" learn "$label" >/dev/null || fail "the sample cannot be learned"
	done
}

# to_mbox FILE...: an mbox (mboxrd) of them on standard output.
to_mbox() {
	local file

	for file; do
		echo 'From sender@example.org Mon Oct  5 12:00:00 2026'
		sed -E 's/^(>*From )/>\1/' "$file"
		echo
	done
}

# Runs a command as somebody who may not write what root or the tester owns.
as_stranger() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}

finish() {
	echo "$checks checks, $failures failures"
	[ "$failures" = 0 ]
	exit
}
