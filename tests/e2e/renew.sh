#!/bin/bash
# Writes the golden outputs anew: renew.sh PROGRAM. Look at what changed (git diff) and commit it
# only when it was meant. They hold nothing that hangs on a model, so that a new starter model leaves
# them as they are; accuracy is held by bounds in the tests themselves.
set -eu
CORDON=$(realpath "${1:?usage: renew.sh PROGRAM}")
export CORDON CORDON_RENEW=1
cd "$(dirname "$0")"
grep -lE '^[[:space:]]*golden ' ./*.sh | while read -r test; do
	"$test"
done
git diff --stat -- golden
