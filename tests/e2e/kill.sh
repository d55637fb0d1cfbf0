#!/bin/bash
# A learner that is killed loses nothing that it has acknowledged, and breaks nothing. KILLS times
# (200) one is killed at some moment of its run, and each time
#   - the state can be read, and holds each message once, under one label or the other;
#   - what was acknowledged, and so on disk, is known when the whole mailbox is learned again;
#   - readers that go on all the while are never kept waiting and never see anything half done.
# Each run gives the whole mailbox the other label than the run before, so there is always
# something to learn.
. "$(dirname "$0")/lib.sh"
kills=${KILLS:-200}
messages=24 every=4
RANDOM=${SEED:=$(date +%N | sed 's/^0*//')}
echo "SEED=$SEED"

mapfile -t files < <(head -n $messages "$sample/INDEX" | sed "s|^[a-z]* |$sample/|")
to_mbox "${files[@]}" >box
: >one-message
cp "${files[0]}" one-message

# learned_here: "HAM SPAM" as scan tells, and that scan exits with 0.
learned_here() {
	"$CORDON" scan one-message 2>&1 |
		sed -n 's/.* has learned \([0-9]*\) ham and \([0-9]*\) spam\.$/\1 \2/p'
	[ "${PIPESTATUS[0]}" = 0 ] || echo "scan failed"
}

# learn LABEL [EVERY]: the whole box, acknowledging after every so many messages.
learn() {
	exec "$CORDON" learn --verbose --commit-every "${2:-$every}" "$1" box
}

# Readers: each must see all messages learned, under either label.
reader() {
	local seen

	while [ ! -e stop ]; do
		seen=$(learned_here)
		[ $((${seen/ /+})) = $messages ] || echo "a reader saw '$seen'"
		echo >>reads
		sleep 0.1
	done
}

cordon 0 learn ham box
reader >reader.said 2>&1 &
reader_pid=$!
start=$(date +%s%N)
(learn spam) >acks
duration=$((($(date +%s%N) - start) / 1000))
equal "every message is acknowledged" "$(wc -l <acks)" $messages

label=spam cut_short=0 partly=0
for ((i = 0; i < kills; i++)); do
	[ $label = ham ] && label=spam || label=ham
	(learn $label) >acks 2>/dev/null &
	pid=$!
	moment=$((RANDOM * 32768 + RANDOM))
	sleep "$(printf '0.%06d' $((moment % duration)))"
	kill -KILL $pid 2>/dev/null
	{ wait $pid && code=0 || code=$?; } 2>/dev/null
	cut_short=$((cut_short + (code == 137)))

	acknowledged=$(grep -c . acks)
	[ "$acknowledged" -gt 0 ] && [ "$acknowledged" -lt $messages ] && partly=$((partly + 1))
	read -r ham spam <<<"$(learned_here)"
	[ $label = ham ] && now=$ham || now=$spam
	checks=$((checks + 2))
	[ $((ham + spam)) = $messages ] || fail "kill $i leaves $ham ham and $spam spam of $messages"
	[ "$now" -ge "$acknowledged" ] || fail "kill $i: $acknowledged acknowledged, only $now learned"
	checks=$((checks + 1))
	(learn $label 1000) >again || fail "nothing can be learned after kill $i"
	checks=$((checks + 1))
	equal "kill $i: acknowledged and not known" \
		"$(head -n "$acknowledged" again | grep -cv '^known')" 0
	# The learner may have died between the write of its last commit and telling readers of it;
	# the next writer finds it.
	known=$(grep -c '^known' again)
	[ "$known" = "$now" ] || [ "$known" = $((now + every)) ] ||
		fail "kill $i: the model has learned $now, the store knows $known"
	[ $failures -lt 10 ] || break
done
touch stop
wait $reader_pid
equal "readers" "$(cat reader.said)" ''
[ "$(wc -l <reads)" -ge 20 ] || fail "readers got no turn"
# The test itself must not fade: most runs are to be killed on the way, many between two commits.
[ $cut_short -ge $((kills / 4)) ] || fail "only $cut_short of $kills runs were killed at work"
[ $partly -ge $((kills / 10)) ] || fail "only $partly of $kills runs had acknowledged a part"
echo "$kills kills, $cut_short at work, $partly with a part acknowledged, $(wc -l <reads) reads"

# A learner that stands still somewhere in its work keeps no reader waiting.
for ((i = 0; i < 10; i++)); do
	[ $label = ham ] && label=spam || label=ham
	(learn $label 1) >acks 2>/dev/null &
	pid=$!
	sleep "$(printf '0.%06d' $((RANDOM * 32 % duration)))"
	kill -STOP $pid 2>/dev/null
	run 0 timeout 60 "$CORDON" scan one-message
	prints "has learned [0-9]+ ham and [0-9]+ spam"
	kill -KILL $pid 2>/dev/null
	{ wait $pid; } 2>/dev/null
done

# Two learners at once: both are done, and nothing is lost or counted twice.
for round in different same; do
	rm -rf "$CORDON_STATE"
	to_mbox "${files[@]:0:12}" >first
	case $round in
	different) to_mbox "${files[@]:12}" >second; second=spam ;;
	same) cp first second; second=ham ;;
	esac
	"$CORDON" learn -v --commit-every 1 ham first >acks.first &
	pid=$!
	run 0 "$CORDON" learn -v --commit-every 1 "$second" second
	mv "$out" acks.second
	wait $pid || fail "the first learner fails beside another"
	if [ $round = different ]; then
		equal "both have learned" "$(learned_here)" "12 12"
		equal "all was new" "$(cat acks.* | cut -f 1 | sort | uniq -c | xargs)" "24 learned"
	else
		equal "both have learned" "$(learned_here)" "12 0"
		equal "each was new once" "$(cat acks.* | cut -f 1 | sort | uniq -c | xargs)" \
			"12 known 12 learned"
	fi
done
finish
