#!/usr/bin/env python3
"""Look for artefacts of tools/written-mail.py: which header words, and which sizes, tell the classes apart.

	tools/written-check.py FOLDER [N]

Prints the N (40) header words with the greatest share of information about the class, each with how
many ham and spam messages have it; then the sizes and dates by class.  A word in the list must have
a reason in the world; docs/design/starter-mail.md gives the reasons.
"""
import collections
import email
import email.policy
import math
import pathlib
import re
import sys


def words_of(msg, raw):
	"""The set of header words of a message: names, and values without what is drawn at random."""
	out = {'mbox-from-line'} if raw.startswith(b'From ') else set()
	out.add('line-end:' + ('crlf' if b'\r\n' in raw[:200] else 'lf'))
	previous = ''
	for name, value in msg.items():
		out.add('name:' + name)
		out.add('order:%s>%s' % (previous, name))
		previous = name
		if name in ('From', 'To', 'Subject', 'Cc', 'Reply-To'):
			continue
		for word in re.findall(r'[A-Za-z][A-Za-z.-]{2,}', str(value)):
			out.add('%s:%s' % (name, word.lower()[:24]))
	out.add('received:%d' % min(len(msg.get_all('Received', [])), 6))
	out.add('type:' + msg.get_content_type())
	return out


def gain(a, n, b, m):
	"""Mutual information in bits between having a word (A of N ham, B of M spam) and the class."""
	total, have = n + m, a + b
	out = 0.0
	for x, row, col in ((a, have, n), (b, have, m), (n - a, total - have, n), (m - b, total - have, m)):
		if x:
			out += x / total * math.log2(x * total / (row * col))
	return out


def main():
	"""Count and print."""
	folder, top = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40
	counts, sizes = {k: collections.Counter() for k in ('ham', 'spam')}, {'ham': [], 'spam': []}
	for line in (folder / 'INDEX').read_text().splitlines():
		kind, path = line.split(' ', 1)
		raw = (folder / path).read_bytes()
		msg = email.message_from_bytes(raw, policy=email.policy.compat32)
		counts[kind].update(words_of(msg, raw))
		sizes[kind].append(len(raw))
	n, m = len(sizes['ham']), len(sizes['spam'])
	ranked = sorted(set(counts['ham']) | set(counts['spam']),
		key=lambda w: -gain(counts['ham'][w], n, counts['spam'][w], m))
	for word in ranked[:top]:
		print('%.4f bits  ham %4d  spam %4d  %s' % (gain(counts['ham'][word], n, counts['spam'][word], m),
			counts['ham'][word], counts['spam'][word], word))
	for kind, of in sizes.items():
		of.sort()
		print('%-5s %d messages; size at 10, 50, 90 %%: %d %d %d' % (kind, len(of), *(of[len(of) * q // 100] for q in (10, 50, 90))))


if __name__ == '__main__':
	main()
