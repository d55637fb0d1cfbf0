#!/usr/bin/env python3
"""tools/written-mail.py: every message parses, seeds repeat, and the two splits share no text."""
import email
import email.policy
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else '.').resolve()
sys.path.insert(0, str(ROOT / 'tools'))
sys.dont_write_bytecode = True

from written import texts  # noqa: E402  (found only once the path is set)

N = 60
LONG = 24


def write(folder, *args):
	"""Run the generator and return {path in INDEX: (class, bytes)} in the order of INDEX."""
	subprocess.run([sys.executable, '-B', str(ROOT / 'tools/written-mail.py'), '-n', str(N), *args, folder], check=True)
	out = {}
	for line in (pathlib.Path(folder) / 'INDEX').read_text().splitlines():
		kind, path = line.split(' ', 1)
		out[path] = (kind, (pathlib.Path(folder) / path).read_bytes())
	return out


def own_texts(split):
	"""The alternatives that only SPLIT's scenarios and list servers hold; a server's header lines are the world's."""
	store = texts.Texts(ROOT / 'share/written', split)
	out = {}
	for section in store.scenarios:
		if section.kind in ('ham', 'spam', 'listserver') and section.split != 'both':
			for slot, entries in section.slots.items():
				if section.kind == 'listserver' and slot != 'project':
					continue
				for entry in entries:
					out.setdefault(entry, []).append((section.name, slot))
	return out


class Written(unittest.TestCase):
	"""Runs of the generator."""

	@classmethod
	def setUpClass(cls):
		cls.runs = {}
		for name, args in (('train', ()), ('again', ()), ('other', ('--seed', '2')), ('held', ('--split', 'held'))):
			with tempfile.TemporaryDirectory() as folder:
				cls.runs[name] = write(folder, *args)

	def test_index(self):
		for run in self.runs.values():
			kinds = [kind for kind, _ in run.values()]
			self.assertEqual(kinds.count('ham'), N // 2)
			self.assertEqual(kinds.count('spam'), N // 2)
			self.assertNotIn(kinds, (sorted(kinds), sorted(kinds, reverse=True)))

	def test_every_message_parses(self):
		for run in self.runs.values():
			for path, (_, raw) in run.items():
				message = email.message_from_bytes(raw, policy=email.policy.default)
				for part in message.walk():
					self.assertEqual(part.defects, [], path)
					if not part.is_multipart():
						self.assertTrue(part.get_payload(decode=True), path)
				self.assertTrue(message['From'], path)
				self.assertTrue(re.split(rb'\r?\n\r?\n', raw, maxsplit=1)[0].isascii(), path)

	def test_no_slot_is_left_open(self):
		for run in self.runs.values():
			for path, (_, raw) in run.items():
				for part in email.message_from_bytes(raw).walk():
					body = (part.get_payload(decode=True) or b'').decode('utf-8', 'replace')
					if part.get_content_maintype() == 'text':
						self.assertIsNone(re.search(r'<[a-zA-Z]+:[-\d]|«|»| // |\{\w+\||(^|\s)@(btn|link|kv)', body), path)

	def test_same_seed_same_bytes(self):
		self.assertEqual(self.runs['train'], self.runs['again'])
		self.assertNotEqual(self.runs['train'], self.runs['other'])

	def test_no_text_in_both_splits(self):
		train, held = own_texts('train'), own_texts('held')
		shared = [(t, train[t], held[t]) for t in set(train) & set(held)
			if len(re.sub(r'<[^>]*>|\W', '', t)) >= LONG or train[t][0][1] == 'brand']
		self.assertEqual(shared, [])

	def test_dealt_names_are_in_one_split(self):
		train, held = (texts.Texts(ROOT / 'share/written', split).lists for split in ('train', 'held'))
		for slot in ('cword', 'ckind', 'rcpt-domain', 'hoster', 'product', 'topic', 'part', 'symptom', 'change'):
			self.assertTrue(held[slot])
			self.assertEqual(set(train[slot]) & set(held[slot]), set(), slot)

	def test_no_sentence_in_both_splits(self):
		said = {}
		for name in ('train', 'held'):
			said[name] = set()
			for _, raw in self.runs[name].values():
				for part in email.message_from_bytes(raw).walk():
					if part.get_content_type() == 'text/plain':
						body = (part.get_payload(decode=True) or b'').decode('utf-8', 'replace')
						said[name].update(s for s in re.split(r'[.!?]\s', ' '.join(body.split())) if len(s) > 40 and ' ' in s)
		self.assertTrue(all(said.values()))
		self.assertEqual(said['train'] & said['held'], set())


if __name__ == '__main__':
	unittest.main()
