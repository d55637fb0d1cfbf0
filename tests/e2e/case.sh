#!/bin/bash
# case: the case file of a network: sound pages, the same bytes again, proofs that hold for whoever
# has nothing but the folder, and texts from outside that stay texts.
. "$(dirname "$0")/lib.sh"

cordon 2 case
says '^cordon case: no AS given'
cordon 2 case AS64505 AS64506
cordon 2 case brackwater
says "'brackwater' is no AS number such as AS64500"
cordon 2 case --window 0 AS64505
cordon 2 case --records 9 AS64505
cordon 2 case --date never AS64505
cordon 1 case AS64505
says 'ledger'

# A ledger of five months: a few hosts that come back, two command servers, a listed prefix.
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
for month in 07 08 09 10; do
	for day in 03 11 19; do
		printf '198.51.100.%d\n' 1 2 3 $((10#$day)) $((10#$month + 10)) >spam
		printf '203.0.113.7\n192.0.2.9\n' >>spam
		printf '198.51.100.60\n198.51.100.61\n' >c2
		cordon 0 feed import --kind spam --source spam-list --date 2026-$month-$day spam
		cordon 0 feed import --kind c2 --source c2-list --date 2026-$month-$day c2
	done
done
echo 198.51.100.0/27 >listed
cordon 0 feed import --kind listed --source drop --date 2026-10-20 listed

# Without a graph: what is missing is told, with how to install it.
cordon 0 case --out bare --date 2026-11-01 AS64505
says_nothing
prints '^AS64505 Brackwater Hosting Ltd: 80 sightings of 11 hosts; [0-9]+ records shown with proofs\.$'
for words in 'no graph of networks is installed' 'cordon net import'; do
	grep -q "$words" bare/case.html || fail "the page does not tell: $words"
done
equal "no graph" "$(jq -c '[.network.graph, .network.neighbours, .network.announces.ipv4_addresses]' \
	bare/case.json)" '[null,null,64]'

# With one; the same again is the same, from any folder and at any time.
cordon 0 net import "$sample/as-rel.txt"
cordon 0 case --out one AS64505
cordon 0 case --out two as64505
run 0 diff -r one two
(cd one && sha256sum --check --quiet SHA256SUMS) || fail "the sums are wrong"
equal "sums of all files" "$(sed 's/^[0-9a-f]*  //' one/SHA256SUMS | sort | tr '\n' ' ')" \
	"$(cd one && find . -type f ! -name 'SHA256SUMS*' -printf '%P\n' | sort | tr '\n' ' ')"

# sound FOLDER: the page is well-formed HTML with unique ids, heads for tables, words for pictures,
# links that lead somewhere, and nothing that runs or loads.
sound() {
	checks=$((checks + 1))
	python3 - "$1" <<'PY' || fail "$1/case.html is not sound"
import html.parser, os, sys
VOID = {"meta"}
ours = {"html", "head", "meta", "title", "style", "body", "a", "main", "nav", "ol", "ul", "li", "h1", "h2",
        "h3", "p", "bdi", "code", "strong", "pre", "details", "summary", "div", "table", "caption", "thead",
        "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "desc", "rect", "path", "circle", "text"}
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.heads, self.svgs, self.csp = [], [], [], 0, [], None
        self.tables = 0
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        assert len(a) == len(attrs), (tag, attrs)
        assert tag in ours, tag
        assert not any(k.startswith("on") or k in ("src", "style", "action") for k in a), (tag, a)
        if "id" in a:
            self.ids.append(a["id"])
        if "href" in a:
            self.links.append(a["href"])
        if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy":
            self.csp = a["content"]
        if tag == "table":
            self.tables += 1
            self.heads = 0
        if tag == "th" and a.get("scope") == "col":
            self.heads += 1
        if tag == "tbody":
            assert self.heads > 0, "a table without heads"
        if tag == "svg":
            assert a["role"] == "img"
            self.svgs.append(a["aria-labelledby"].split())
        if tag == "html":
            assert a["lang"] == "en"
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)
    def handle_endtag(self, tag):
        if self.get_starttag_text().endswith("/>") and tag in ("rect", "path", "circle"):
            return
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
        self.open.pop()
folder = sys.argv[1]
text = open(folder + "/case.html", encoding="utf-8").read()
page = Page()
page.feed(text)
page.close()
assert not page.open, page.open
assert len(set(page.ids)) == len(page.ids), "ids are not unique"
assert page.tables > 1 and page.svgs
assert all(i in page.ids for svg in page.svgs for i in svg)
assert page.csp.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in page.csp
for link in page.links:
    if link.startswith("#"):
        assert link[1:] in page.ids, link
    else:
        assert os.path.isfile(os.path.join(folder, link)) and ".." not in link, link
PY
}
sound bare
sound one

# What it says is what was handed in.
equal "numbers" "$(jq -c '[.all.sightings, .all.hosts, (.kinds | map(.sightings) | add),
	(.months | map(.sightings) | add), (.sources | map(.sightings) | add), .c2_total,
	(.hosts.worst[0] | .days)]' one/case.json)" '[80,11,80,80,80,2,12]'
equal "who" "$(jq -c '[.network.holder, .network.announces.ipv4_addresses,
	(.network.neighbours.upstreams | map(.asn))]' one/case.json)" \
	'["Brackwater Hosting Ltd",64,[64507,65544]]'
equal "what de-peering would do" "$(jq -c '[.depeer.hurt[] | [.asn, .after]]' one/case.json)" \
	'[[64506,0.125],[65536,1]]'
equal "every claim has records" "$(jq '[.. | objects | select(has("sightings")) |
	select(.sightings > 0 and (.records.total != .sightings or (.records.shown | length) == 0))] |
	length' one/case.json)" 0
equal "every record that a claim shows is there" "$(jq -c '([.. | .shown? // empty | .[]] | unique) -
	[.records[].record]' one/case.json)" '[]'

# Canonical JSON, all of whose keys and points are told.
python3 - one/case.json <<'PY' || fail "case.json is not canonical"
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
again = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
assert text == again + "\n"
PY
cordon 0 case --json AS64505
same "--json is case.json" "$out" one/case.json
equal "keys that are not told" "$(jq -r '[.. | objects | keys[]] | unique[]' one/case.json bare/case.json |
	sort -u | grep -vxE 'spam|c2|listed' | while read -r key; do
		grep -q "\`$key\`" "$top/docs/formats/case.md" || echo "$key"
	done)" ''
equal "points that are not told" "$(jq -r '(.for + .unknown)[].name' one/case.json bare/case.json |
	sort -u | while read -r name; do
		grep -q "\`$name\`" "$top/docs/formats/case.md" || echo "$name"
	done)" ''

# A stranger with the folder alone: every record and proof holds, one by one and all at once.
mkdir stranger
cp -r one stranger/
(
	cd stranger/one || exit 1
	export CORDON_STATE=/nonexistent CORDON_CONFIG=
	"$CORDON" ledger check --key key records.txt >../all || exit 1
	for record in records/*.json; do
		"$CORDON" ledger check --key key "$record" "${record%.json}.tlog-proof" >>../each || exit 1
	done
) || fail "a proof does not hold"
equal "proofs checked" "$(grep -c '^The proof holds' stranger/all) $(grep -c '^The proof holds' stranger/each)" \
	"$(jq '.records | length' one/case.json) $(find one/records -name '*.json' | wc -l)"
# The folder as a whole: every file of it, with the key alone. A flipped byte of any is refused, and named.
cp one/key theirs
(
	cd stranger || exit 1
	export CORDON_STATE=/nonexistent CORDON_CONFIG=
	"$CORDON" ledger check --key ../theirs --case one >whole || exit 1
	cd one && "$CORDON" ledger check --key ../../theirs --case . >/dev/null
) || fail "the case does not hold"
grep -q "^$(find one -type f ! -name '*.note' | wc -l) files are byte for byte what the key of the log" stranger/whole ||
	fail "$(cat stranger/whole)"
grep -q "^$(jq '.records | length' one/case.json) records with their proofs were in that log" stranger/whole ||
	fail "$(cat stranger/whole)"
for file in $(cd one && ls -d *[!s] && find records -type f | sort | head -3); do
	rm -rf flipped && cp -r one flipped
	python3 - "flipped/$file" <<'PY'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[1], "wb").write(data)
PY
	cordon 1 ledger check --key theirs --case flipped
	grep -q "$file" "$err" || fail "a flipped byte of $file: $(cat "$err")"
done
rm -rf flipped && cp -r one flipped
rm flipped/records.txt && echo 'trust me' >flipped/README
cordon 1 ledger check --key theirs --case flipped
grep -q 'records.txt: is missing' "$err" && grep -q 'README: is not of it' "$err" || fail "$(cat "$err")"
cp two/key two/more
cordon 0 ledger check --key theirs --case two
prints '^1 file beside them is not signed'
rm two/more
cordon 0 ledger check --json --key theirs --case two
equal "as JSON" "$(jq -c '[.holds, .changed, .unsigned]' "$out")" '[true,0,0]'
cordon 2 ledger check --key theirs --case two two/records.txt
# Another log's key, and a log whose secret is not here.
sed 's/+[0-9a-f]*+/+00000000+/' theirs >other
cordon 2 ledger check --key other --case two
cp -r "$CORDON_STATE" public && rm public/ledger/secret
CORDON_STATE=$work/public cordon 0 case --out unsigned AS64505
grep -q 'the folder is not signed: .*secret' "$err" || fail "$(cat "$err")"
grep -q 'Nobody has signed this folder' unsigned/case.html || fail "an unsigned case says it is signed"
[ -e unsigned/SHA256SUMS.note ] && fail "a note without a signer"
CORDON_STATE=$work/public cordon 0 case --out two AS64505
[ -e two/SHA256SUMS.note ] && fail "the note of an earlier case was left beside another"
cordon 1 ledger check --key theirs --case two
says 'SHA256SUMS.note: is missing'
rm -rf two && cordon 0 case --out two AS64505
# What the page has folded, and what JSON has, is the same.
python3 - one <<'PY' || fail "page and JSON do not hold the records"
import html, json, re, sys
folder = sys.argv[1]
want = open(folder + "/records.txt", encoding="utf-8").read()
page = open(folder + "/case.html", encoding="utf-8").read()
fold = re.search(r"<details>.*?<pre>(.*?)</pre>", page, re.S).group(1)
assert html.unescape(fold) == want
case = json.load(open(folder + "/case.json", encoding="utf-8"))
assert "".join(r["text"] + "\n" + r["proof"] for r in case["records"]) == want
PY
first=$(find stranger/one/records -name '*.json' | sort | head -1)
sed -i 's/"spam"/"scan"/; s/"c2"/"scan"/' "$first"
run 1 "$CORDON" ledger check --key stranger/one/key "$first" "${first%.json}.tlog-proof"

# Paper: the sections in order, its date that of the newest record, no script.
run 0 pdftotext -layout one/case.pdf pdf.raw
tr -d "\f" <pdf.raw >pdf.txt
equal "sections of the PDF" "$(grep -nxE 'In short|What was seen|Command servers|Notices and answers|What speaks for the network|What we do not know|How to check this file|The records' pdf.txt |
	sed 's/^[0-9]*://' | tr '\n' '|')" \
	'In short|What was seen|Command servers|Notices and answers|What speaks for the network|What we do not know|How to check this file|The records|'
grep -q "page 1 of " pdf.txt || fail "pages have no numbers"
grep -q '198\[\.\]51\[\.\]100\[\.\]60' pdf.txt || fail "hosts are not in the PDF, or not defanged"
pdfinfo -isodates one/case.pdf >info
equal "date of the PDF" "$(sed -n 's/^CreationDate: *//p' info | cut -c 1-19)" \
	"$(jq -r .log.newest one/case.json | cut -c 1-19)"
equal "no script in the PDF" "$(sed -n 's/^JavaScript: *//p' info)" no

# Nothing known of a network is a case too.
cordon 0 case --out nobody AS65551
prints '^AS65551: 0 sightings of 0 hosts; 0 records'
grep -q 'holds no sighting' nobody/case.html || fail "nothing is not told"

# Only the window counts, and as many records as asked for.
cordon 0 case --json --date 2026-08-31 --window 31 --records 1 AS64505
equal "window" "$(jq -c '[.from, .to, .all.sightings, (.all.records.shown | length), (.months | length)]' "$out")" \
	'["2026-08-01","2026-08-31",20,1,1]'

# Mail: what is quoted names no recipient, and without --raw nothing is quoted. (The sample's mail is
# to the people of one office, whom some of it calls by name.)
export CORDON_STATE=$work/mail
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
cordon 0 ingest --quiet --trap "$sample/mail"
people=$(sed -n 's/^\(Delivered-To\|To\|Cc\): .*[ <]\([a-z.]*\)@hollerith\.example.*/\2/p' "$sample"/mail/*.eml |
	tr . '\n' | sort -u | grep -E '^[a-z]{5,}$' | grep -vE '^(sales|office|accounts|admin|info|orders)$')
quoted=0
for as in $(sqlite3 "$CORDON_STATE/ledger/index.db" 'SELECT n.asn FROM network n
	JOIN sighting s ON s.network = n.id WHERE n.asn > 0 GROUP BY n.asn ORDER BY count(*) DESC, n.asn LIMIT 5'); do
	cordon 0 case --out "quiet/$as" "$as"
	cordon 0 case --raw --records 8 --out "raw/$as" "$as"
	quoted=$((quoted + $(jq '.raw | length' "raw/$as/case.json")))
	equal "raw evidence that nobody asked for" "$(jq -c '[.raw, (.campaigns[] | .subject)] | unique' \
		"quiet/$as/case.json")" '[null]'
done
[ "$quoted" -gt 15 ] || fail "only $quoted pieces of evidence are quoted"
equal "their domain, and addresses" "$(grep -rilE 'hollerith|@[a-z-]+\.[a-z]' quiet raw --include=case.html --include=case.json)" ''
equal "people who are named" "$(printf '%s\n' "$people" | grep -rilwFf - quiet --include=case.html --include=case.json)" ''
export CORDON_STATE=$work/state

# What abuse leads to: a network that only hosts what mail from elsewhere advertises.
export CORDON_STATE=$work/hosting
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"
mkdir hosting-mail
for n in 1 2 3; do
	printf '%s\n' "Received: from bot$n.example.net (bot$n.example.net [192.0.2.$n]) by mx.hollerith.example" \
		" with ESMTP id x$n; Mon, $((10 + n)) Oct 2026 0$n:00:00 +0000" 'From: a@shop.example' \
		'To: nobody@hollerith.example' "Date: Mon, $((10 + n)) Oct 2026 0$n:00:00 +0000" 'Subject: pills' '' \
		"http://198.51.100.$((n % 2 + 40))/buy and http://198.51.100.50/shop" >hosting-mail/$n.eml
done
cordon 0 ingest --quiet --trap hosting-mail
cordon 0 case --out hosted AS64505
prints '^AS64505 Brackwater Hosting Ltd: 0 sightings of 0 hosts; 3 lead to 3 hosts there; 3 records'
sound hosted
equal "hosting" "$(jq -c '[.all.sightings, .led.sightings, .led.hosts, .led.own, .led.from_hosts, .led.kinds.spam,
	(.led.led_to[0] | .host, .sightings, .days), .led.records.total]' hosted/case.json)" \
	'[0,3,3,0,3,3,"198.51.100.50",3,3,3]'
grep -q '198\[\.\]51\[\.\]100\[\.\]50' hosted/case.html || fail "the host is not told"
equal "its records hold" "$("$CORDON" ledger check --key hosted/key hosted/records.txt | grep -c '^The proof holds')" 3
# An index that says it of another host than the log is refused.
sqlite3 "$CORDON_STATE/ledger/index.db" "UPDATE host SET name = '198.51.100.51' WHERE name = '198.51.100.50'"
cordon 3 case --out changed-led AS64505
grep -q 'leads to where the log does not.*reindex' "$err" || fail "$(cat "$err")"
export CORDON_STATE=$work/state

# An index that says otherwise than the log, where nothing is signed: no case is written from it.
cp -r "$CORDON_STATE" changed
export CORDON_STATE=$work/changed
cordon 0 case --out unchanged AS64505
sqlite3 "$CORDON_STATE/ledger/index.db" 'UPDATE sighting SET kind = (kind + 1) % 7'
cordon 3 case --out changed-kind AS64505
grep -q 'tells of record .* what the log does not.*reindex' "$err" || fail "$(cat "$err")"
[ -e changed-kind ] && fail "a case was written from an index that was changed"
cordon 0 ledger reindex
cordon 0 case --out mended AS64505
run 0 diff -r unchanged mended
export CORDON_STATE=$work/state

# Hostile names stay names. (The ledger keeps whose it was; the page has who it is by the table.)
cat >hostile.csv <<'CSV'
198.51.100.0,198.51.100.31,64505,"</td></table><script>alert('x')</script><img src=x onerror=a()> ""& &#0; ‮gnp.exe http://evil.example/a@b"
CSV
cordon 0 net import --date 2026-11-20 --source '<b>"x"' hostile.csv
cordon 0 case --out hostile --date 2026-11-20 AS64505
sound hostile
grep -qE '<script|<img|http://evil|'$'\u202e' hostile/case.html && fail "a hostile name broke out"
grep -q 'hxxp://evil\[\.\]example/a\[@\]b' hostile/case.html || fail "the hostile name is not told"
run 0 pdftotext hostile/case.pdf -
cordon 3 case --out listed/in-a-file AS64505
says "listed/in-a-file"
finish
