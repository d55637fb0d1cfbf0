#!/usr/bin/env python3
"""Write mail: honest and bad, of 2022 to 2026, for the model that judges on the first day.

	tools/written-mail.py [-n 1500] [--seed 1] [--split train|held] FOLDER

Writes N messages, half ham and half spam, into FOLDER/ham and FOLDER/spam, and FOLDER/INDEX with a
line a message in order of arrival: `ham|spam PATH`.  The same arguments write the same bytes.
What it covers and what it cannot show: docs/design/starter-mail.md.
"""
import argparse
import datetime
import pathlib
import random
import sys

sys.dont_write_bytecode = True

from written import message, texts  # noqa: E402  (no caches in the source tree)

GROUPS = {'ham': {'list': 45, 'notify': 20, 'person': 20, 'bulk': 15},
	'spam': {'phish': 62, 'mal': 8, 'fraud': 14, 'ad': 16}}
ENGLISH = 0.70
FIRST_DAY = datetime.datetime(2022, 1, 3, 0, 0)
DAYS = 1740
SHARE = pathlib.Path(__file__).resolve().parent.parent / 'share' / 'written'


class Pools:
	"""The programs, sites and list servers of one split."""

	def __init__(self, store, split):
		self.split = split
		self.programs = {s.name: s for s in store.scenarios if s.kind == 'program'}
		self.sites = [s for s in store.scenarios if s.kind == 'site']
		self.servers = [s for s in store.scenarios if s.kind == 'listserver']

	def site(self, voice):
		"""A receiving site: drawn alike for both classes."""
		return voice.rng.choices(self.sites, [s.weight for s in self.sites])[0]

	def program(self, voice, scenario, hacked):
		"""A sending program among those that the scenario names and this split has."""
		names = [n for n in scenario.get('via', 'phpmailer phpmail python phpmailer oddmailer sendgrid outlook365 ses dotnet '
			'roundcube javamail zimbra thunderbird'
			if hacked else 'gmail outlook365 thunderbird applemail outlookdesk mutt exchange ownexim')
			if n in self.programs]
		return self.programs[voice.pick(names or ['thunderbird'])]


def scenarios_by_group(store, kind):
	"""{group: {is English: scenarios}} of one class."""
	out = {}
	for s in store.scenarios:
		if s.kind == kind:
			out.setdefault(s.meta['group'], {}).setdefault(s.lang == 'en', []).append(s)
	return out


def choose(rng, kind, groups):
	"""A scenario: first the group, then the language, then by weight."""
	group = groups[message.weighted(rng, {g: w for g, w in GROUPS[kind].items() if g in groups})]
	some = group.get(rng.random() < ENGLISH) or next(iter(group.values()))
	return rng.choices(some, [s.weight for s in some])[0]


def write_one(store, pools, deck, rng, scenario, when):
	"""The bytes of one message."""
	voice = texts.Voice(store, scenario, deck, rng, when)
	made = message.Message(voice, pools)
	made.draw_list()
	made.draw_people()
	made.draw_texts()
	made.build_mime()
	made.build_header()
	made.build_way()
	return made.bytes()


def write_all(folder, n, seed, split):
	"""N messages and their INDEX."""
	rng = random.Random('%s %d' % (split, seed))
	store = texts.Texts(SHARE, split)
	pools, deck = Pools(store, split), texts.Deck(rng)
	groups = {kind: scenarios_by_group(store, kind) for kind in GROUPS}
	kinds = ['ham'] * (n - n // 2) + ['spam'] * (n // 2)
	rng.shuffle(kinds)
	times = sorted(FIRST_DAY + datetime.timedelta(seconds=rng.randrange(DAYS * 86400)) for _ in kinds)
	index = []
	for i, (kind, when) in enumerate(zip(kinds, times)):
		scenario = choose(rng, kind, groups[kind])
		path = folder / kind / ('%05d.%s' % (i, scenario.name))
		path.parent.mkdir(parents=True, exist_ok=True)
		path.write_bytes(write_one(store, pools, deck, rng, scenario, when))
		index.append('%s %s/%s\n' % (kind, kind, path.name))
	(folder / 'INDEX').write_text(''.join(index))


def main():
	"""Read the command line and write."""
	ap = argparse.ArgumentParser(description='Write honest and bad mail for the starter model.')
	ap.add_argument('-n', type=int, default=1500, help='how many messages (%(default)s)')
	ap.add_argument('--seed', type=int, default=1, help='the same seed writes the same mail')
	ap.add_argument('--split', choices=('train', 'held'), default='train', help='which texts to use')
	ap.add_argument('folder', type=pathlib.Path, help='where to write')
	args = ap.parse_args()
	write_all(args.folder, args.n, args.seed, args.split)


if __name__ == '__main__':
	main()
