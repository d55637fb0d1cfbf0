#!/bin/bash
# The command line itself: help, version, unknown words, outputs that fail, colours, configuration.
. "$(dirname "$0")/lib.sh"
mail=$sample/mail
learn_sample 20

commands=$("$CORDON" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
equal "commands" "$(tr '\n' ' ' <<<"$commands")" \
	"$(sed -nE 's/^\t\{"([a-z]+)", ".*/\1/p' "$top/src/cli/main.c" | tr '\n' ' ')"
subcommands=$(for command in $commands; do
	"$CORDON" "$command" --help | sed -n "/^commands:/,/^\$/s/^  \([a-z]*\) .*/$command \1/p"
done)
[[ $subcommands == *"net import"*"starter build"* ]] || fail "only the subcommands $subcommands"
run 0 "$CORDON" --version
prints '^cordon [0-9]+\.[0-9]+\.[0-9]+$'
for word in --help -h help; do
	cordon 0 $word
	prints '^usage: cordon COMMAND'
done
while read -r command; do
	# shellcheck disable=SC2086
	cordon 0 $command --help
	prints "^usage: cordon $command "
	says_nothing
	! grep -q '^commands:' "$out" || continue
	equal "no line of help is over 100 columns" "$(awk 'length > 100' "$out")" ''
	# shellcheck disable=SC2086
	cordon 2 $command --no-such-option
	says "cordon $command: unknown option '--no-such-option'; see 'cordon $command --help'"
	# shellcheck disable=SC2086
	cordon 2 $command -Z
	says "unknown option '-Z'"
done < <(printf '%s\n' "$commands" "$subcommands")
cordon 2
says '^usage: cordon COMMAND'
cordon 2 judge
says "^cordon: no command 'judge'; see 'cordon --help'"
cordon 2 net
cordon 2 net burn
says "^cordon net: no command 'burn'"
cordon 2 starter
cordon 2 scan --format
says "option '--format' needs a value"
cordon 2 scan --json=yes all
says "option '--json' takes no value"
cordon 2 scan -jf
says "option '-f' needs a value"
cordon 0 scan -jfjson "$mail/0002.eml"
cordon 0 scan -- "$mail/0002.eml"
cordon 0 scan "$mail/0002.eml" --format tsv
prints '^path'
cp "$mail/0002.eml" ./-j
cordon 0 scan -f tsv -- -j
prints '^-j'

# Outputs that fail. A reader who has seen enough is none.
for command in "scan $mail" "scan --json $mail" "explain $mail/0002.eml" "trace 192.0.2.1" \
	"eval --out e $sample/INDEX" "learn ham $mail/0002.eml" "--help" "--version" "scan --help" \
	"learn -v ham $mail"; do
	# shellcheck disable=SC2086
	run 3 sh -c '"$@" >/dev/full' sh "$CORDON" $command
	says '^cordon: standard output: No space left on device$'
	# shellcheck disable=SC2086
	run 0 bash -c 'set -o pipefail; "$@" | true' sh "$CORDON" $command
	equal "$command into a closed pipe says nothing" "$(grep -v 'no table of networks' "$err")" ''
done
run 3 sh -c '"$@" >&-' sh "$CORDON" scan "$mail/0002.eml"

# Colours only for a terminal that wants them.
cordon 0 scan "$mail/0001.eml"
prints_no "$(printf '\033')"
on_terminal() {
	script -qec "$(printf '%q ' "$@")" /dev/null </dev/null >"$out" 2>&1
}
if command -v script >/dev/null; then
	on_terminal "$CORDON" scan "$mail/0001.eml"
	prints "$(printf '\033')\[1mverdict"
	NO_COLOR=1 on_terminal "$CORDON" scan "$mail/0001.eml"
	prints '^verdict'
	TERM=dumb on_terminal "$CORDON" scan "$mail/0001.eml"
	prints '^verdict'
	NO_COLOR='' on_terminal "$CORDON" scan "$mail/0001.eml"
	prints "$(printf '\033')\[1mverdict"
	# A run that lasts shows a person how far it is, rows or no rows, and takes the line away.
	to_mbox "$mail"/*.eml >box
	slow="(cat box; sleep 1; cat box) | $CORDON"
	for command in "scan -" "scan - >rows" "scan --json - | cat >rows" "learn ham -"; do
		on_terminal bash -c "$slow $command"
		prints "[0-9]+ messages, [0-9]+ a second$(printf '\033')\[K"
	done
	on_terminal bash -c "$slow scan - 2>/dev/null"
	prints_no 'messages, .* a second'
	# Rows fit the terminal, also behind a pipe.
	on_terminal sh -c "stty cols 70; $CORDON scan $mail; $CORDON scan $mail | cat"
	python3 - "$out" <<'PY' || fail "rows on a terminal do not fit it"
import re, sys, unicodedata
text = open(sys.argv[1], encoding="utf-8", newline="").read()
for line in text.split("\n"):
    line = re.sub("\033\\[[0-9;]*[mK]", "", line.rstrip("\r")).split("\r")[-1]
    if line.startswith(("ham", "spam", "unsure", "verdict")):
        wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else
                   unicodedata.category(c) not in ("Mn", "Me") for c in line)
        assert wide <= 70, (wide, line)
PY
fi

# The configuration: what is wrong is told with file and line.
config() {
	printf '%b' "$1" >try.conf
	cordon 2 scan --config try.conf "$mail/0002.eml"
	says "^cordon: $2"
}
config 'ham_loss = 0.5\n' 'try.conf:1: ham_loss is a share from 0.00001 to 0.1'
config '\n\nham_loss = often\n' 'try.conf:3: '
config '# fine\nstate = "x"\nrelay = {"192.0.2.1"}\n' "try.conf:3: .*'relay'"
config 'relays = {"192.0.2.1", "mx.example"}\n' "try.conf:1: relays: 'mx.example' does not fit; it is a list of addresses .*relay_names"
config 'relays = {"192.0.2.1"\n' 'try.conf:[0-9]+: '
config '# one\n/* two\n three */ relay_names = {"//#", "::1" } // four\n x = 1\n' "try.conf:4: .*'x'"
config 'state = a//b\n#\n\nx = 1\n' 'try.conf:4: '
config 'state = "unended\n' 'try.conf:[0-9]+: '
config '\0\0\0' 'try.conf: holds a zero byte'
cordon 2 scan --config missing.conf "$mail/0002.eml"
says '^cordon: missing.conf: No such file or directory$'
cordon 2 scan --config / "$mail/0002.eml"
says '^cordon: /: '
printf 'state = "%s/elsewhere"\nham_loss = 0.01\n' "$work" >good.conf
cordon 0 learn --config good.conf ham "$mail/0002.eml"
[ -d elsewhere/learned ] || fail "the configured state directory is not used"
cordon 0 learn --config good.conf --state option ham "$mail/0002.eml"
[ -d option/learned ] || fail "--state does not come before the configuration"
cordon 0 explain --config good.conf "$mail/0002.eml"
prints 'it is called spam here from 99.0000 %'

# Where the state is, in the order of the manual.
CORDON_STATE='' XDG_STATE_HOME=$work/xdg cordon 0 learn ham "$mail/0002.eml"
[ -d xdg/cordon/learned ] || fail "XDG_STATE_HOME is not used"
CORDON_STATE='' cordon 0 learn ham "$mail/0002.eml"
[ -d .local/state/cordon/learned ] || fail "HOME is not used"
finish
