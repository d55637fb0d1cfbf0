#!/bin/bash
# The manual tells what the program does: every command has a page, every page every option, column,
# key, variable and setting, and no option that is not there; and mandoc finds nothing to say.
. "$(dirname "$0")/lib.sh"
pages=$top/docs/man
learn_sample 10
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"

for page in "$pages"/*.[1-9]; do
	run 0 mandoc -T lint -W warning "$page"
	equal "lint of $(basename "$page")" "$(cat "$out" "$err")" ''
	grep -oP '(?<=^\.Xr )\S+ \d' "$page" | tr ' ' . | sort -u | while read -r other; do
		[ -f "$pages/$other" ] || echo "$(basename "$page") refers to $other"
	done >dangling
	equal "references" "$(cat dangling)" ''
done

# words COMMAND...: its subcommands, empty when it has none.
words() {
	"$CORDON" "$@" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}
# options COMMAND...: what its help lists, "-j --json" a line; letterless ones alone.
options() {
	"$CORDON" "$@" --help | sed -n '/^options:/,$p' |
		sed -nE 's/^  (-[a-zA-Z])?,? *(--[a-z-]+).*/\1 \2/p' | sed 's/^ //' | sort
}

for command in $(words); do
	page=$pages/cordon-$command.1
	[ -f "$page" ] || { fail "cordon $command has no manual page"; continue; }
	grep -q "^\.It Cm $command\$" "$pages/cordon.1" || fail "cordon.1 does not tell of $command"
	subcommands=$(words "$command")
	for sub in ${subcommands:-''}; do
		# shellcheck disable=SC2086
		options $command ${sub#\'\'}
	done | sort -u | grep -v -- --help >told
	# ".It Fl f , Fl -format Cm table" -> "-f --format"
	sed -nE 's/^\.It Fl (([a-zA-Z]) , Fl )?-([a-z-]+).*/-\2 --\3/p' "$page" |
		sed 's/^- //' | sort -u | grep -v -- --help >written
	same "options of cordon $command in its page" written told
	for sub in $subcommands; do
		grep -qE "^\.Nm cordon $command $sub\$" "$page" || fail "$page lacks $command $sub"
	done
	grep -q '^\.Sh EXIT STATUS' "$page" || fail "$page lacks the exit status"
	grep -q '^\.Sh EXAMPLES' "$page" || fail "$page lacks examples"
done

# has PAGE WORD...: each stands in an .It line or as a macro's argument of the page.
has() {
	local page=$pages/$1 word

	shift
	for word; do
		checks=$((checks + 1))
		grep -qE "^\.(It )?(Cm|Ev|Ic|Pa|Dv) (.*[ ,])?$word( |\$)" "$page" ||
			fail "$(basename "$page") does not tell of $word"
	done
}

# Columns and keys, from what is really printed.
keys() {
	python3 -c '
import json, sys
def keys(j):
    if isinstance(j, dict):
        for k, v in j.items():
            print(k)
            keys(v)
    elif isinstance(j, list):
        for v in j:
            keys(v)
for line in sys.stdin.read().split("\0"):
    keys(json.loads(line))'
}
cordon 0 scan -f tsv "$sample/mail/0046.eml"
mapfile -t columns < <(head -1 "$out" | tr '\t' '\n')
has cordon-scan.1 "${columns[@]}"
cordon 0 scan --json "$sample/mail/0046.eml"
mapfile -t found < <(python3 -c '
import json, sys
j = json.load(sys.stdin)
j["trace"] = 0
print(json.dumps(j))' <"$out" | keys)
has cordon-scan.1 "${found[@]}"
cordon 0 trace --json "$sample/mail/0060.eml"
mapfile -t found < <(keys <"$out")
has cordon-trace.1 "${found[@]}"
[ "${#found[@]}" -ge 12 ] || fail "the trace has only the keys ${found[*]}"
cordon 0 eval --json "$sample/INDEX"
mapfile -t found < <(keys <"$out")
has cordon-eval.1 "${found[@]}"

echo 'what is this' | cordon 1 feed import --json --dry-run --source x -
mapfile -t found < <(python3 -c '
import json, sys
j = json.load(sys.stdin)
print(json.dumps({k: v if k == "shown" else 0 for k, v in j.items()}))' <"$out" | keys)
has cordon-feed.1 "${found[@]}"

# Variables and settings, from the source, and the example of the configuration is one.
mapfile -t found < <(grep -rhoP '(?<=getenv\(")[A-Z_]+' "$top/src" | sort -u)
has cordon.1 "${found[@]}"
cordon 0 config print
mapfile -t found < <(sed -n 's/^\([a-z_]*\) = .*/\1/p' "$out")
[ "${#found[@]}" -ge 40 ] || fail "config print tells only of ${found[*]}"
has cordon.conf.5 "${found[@]}"
# No setting that is not there, none twice; and the page tells each default that is not empty.
sed -n 's/^\.It Ic \([a-z_]*\) No = .*/\1/p' "$pages/cordon.conf.5" | sort >written
printf '%s\n' "${found[@]}" | sort >told
same "settings of cordon.conf.5" written told
while IFS=$'\t' read -r name usual; do
	item=$(sed -n "/^\.It Ic $name No = /,/^\.\(It Ic\|El\)/p" "$pages/cordon.conf.5" | tail -n +2)
	checks=$((checks + 1))
	grep -qF -- "$usual" <<<"$item" || fail "cordon.conf.5 does not tell the default of $name, $usual"
done < <(tr '\n' ' ' <"$out" | sed 's/ # / /g; s/\([a-z_]* = \)/\n\1/g' | python3 -c '
import re, sys
text = sys.stdin.read()
for default, name in re.findall(r"; default ((?:\"[^\"]*\")|\S+)\s+([a-z_]+) = ", text):
    if default.strip("\"{}"):
        print(name, default.strip("\"").rstrip(), sep="\t")')
sed -n '/^\.Bd -literal/,/^\.Ed/p' "$pages/cordon.conf.5" | grep -v '^\.' >example.conf
sed -i "s|/var/lib/cordon|$work/state|" example.conf
cordon 0 scan --config example.conf "$sample/mail/0002.eml"
finish
