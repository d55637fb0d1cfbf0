#!/bin/bash
# trace: who handed a message in; addresses and domains; forged lines are never believed.
. "$(dirname "$0")/lib.sh"
mail=$sample/mail

cordon 0 trace 192.0.2.5
says "no table of networks is installed in $CORDON_STATE; 'cordon net import FILE' installs one"
prints '192\.0\.2\.5: in no table'
cordon 0 net import --date 2026-10-15 "$sample/networks.csv"

# The whole sample, against what it is made to show.
cordon 0 trace "$mail"/*.eml
sed "s|$mail/||" "$out" >traced
golden trace.txt traced
says_nothing

# 0046 forges a line with an address of its choice: it stands below the boundary.
forged=$(sed -n '/^$/q;p' "$mail/0046.eml" | grep -oE '203\.0\.113\.[0-9]+' | head -1)
[ -n "$forged" ] || fail "0046 forges no address any more"
cordon 0 trace "$mail/0046.eml"
prints 'handed in by 198\.51\.100\.240 \(dyn-240\[\.\]nordlicht-dsl\[\.\]example\): AS64510 '
prints_no "${forged//./\\.}"
for how in "scan --json" "scan -f tsv" "trace --json"; do
	# shellcheck disable=SC2086
	cordon 0 $how "$mail/0046.eml"
	prints_no "${forged//./\\.}"
done
# Prepending lines that name whatever they like moves the source only by a believed relay's word.
{ printf 'Received: from innocent.example (innocent.example [203.0.113.99])\n\tby somewhere.example (Postfix) with ESMTP id 1; Fri, 9 Oct 2026 10:00:00 +0100\n'
  cat "$mail/0046.eml"; } >prepended.eml
cordon 0 trace prepended.eml
prints 'handed in by 203\.0\.113\.99 '

# Relays of one's own: a host of theirs is looked behind when the configuration says so.
{ printf 'Received: from backup-mx.example (backup-mx.example [192.0.2.140])\n\tby inner.example (Postfix) with ESMTP id 2; Fri, 9 Oct 2026 10:00:09 +0100\n'
  printf 'Received: from bot.example (bot.example [198.51.100.77])\n\tby backup-mx.example (Postfix) with ESMTP id 1; Fri, 9 Oct 2026 10:00:00 +0100\n'
  printf 'From: a@b.example\nDate: Fri, 9 Oct 2026 10:00:00 +0100\n\nhi\n'; } >relayed.eml
cordon 0 trace relayed.eml
prints 'handed in by 192\.0\.2\.140 '
echo 'relays = {"192.0.2.140"}' >nets.conf
echo 'relay_names = {"backup-mx.example"}' >names.conf
cordon 0 trace --config nets.conf relayed.eml
prints 'handed in by 198\.51\.100\.77 '
CORDON_CONFIG=nets.conf cordon 0 trace relayed.eml
prints 'handed in by 198\.51\.100\.77 '
cordon 0 trace --config names.conf relayed.eml
prints 'handed in by 198\.51\.100\.77 '

# Addresses and domains; the day decides the table, and a table far off is said to be.
cordon 0 trace 192.0.2.5 2001:db8::1 10.1.2.3
prints '^192\.0\.2\.5.*AS64496 Corrib Broadband'
cordon 0 trace --date 2024-01-01 192.0.2.5
prints 'AS64496 Corrib Broadband Ltd \(by a table of 2026-10-15, 1018 days off: the holder may have been another\)'
cordon 0 trace --json --date 2024-01-01 192.0.2.5
equal "JSON of an address" "$(python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
print(j["asn"], j["holder"], j["prefix"], j["stale"], j["days_off"], j["table"])' "$out")" \
	"64496 Corrib Broadband Ltd 192.0.2.0/27 True 1018 2026-10-15"
cordon 0 trace www.Shop.example.co.uk
prints '^www\[\.\]shop\[\.\]example\[\.\]co\[\.\]uk: registrable domain example\[\.\]co\[\.\]uk'
cordon 0 trace 'http://[2001:db8::1]/x' http://192.0.2.5/
cordon 1 trace no-such-file
says 'no-such-file: no such file, and no address or domain; name a message'
cordon 1 trace no/such/file.eml "$mail/0046.eml"
prints 'handed in by'
run 0 "$CORDON" trace - <"$mail/0046.eml"
prints 'handed in by 198\.51\.100\.240'
cordon 2 trace
says 'nothing named to trace'
cordon 2 trace --date 2026-13-01 192.0.2.5
says "--date takes YYYY-MM-DD, not '2026-13-01'"
cordon 2 trace --date 2026-02-30 192.0.2.5
# Names by a zone file: the same answers on any day, and no question to anybody.
printf '$ORIGIN example.\nshop A 192.0.2.5\nshop AAAA 2001:db8::1\nwww CNAME shop\nbroken SERVFAIL\n' >zone
cordon 0 trace --zone zone www.example
prints '192\.0\.2\.5: .*AS64496 Corrib Broadband'
prints '2001:db8::1'
cordon 0 trace --zone zone broken.example
prints_no '192\.0\.2'
cordon 2 trace --zone zone --resolve www.example
says '--zone answers in place of --resolve'
echo 'a.example A 1.2.3' >>zone
cordon 1 trace --zone zone www.example
says 'zone:6: 1\.2\.3 is no IPv4 address'

finish
