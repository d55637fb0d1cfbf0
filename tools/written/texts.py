"""The texts under share/written: reading them, and drawing sentences from them.

A file is a row of sections.  A section begins with a line

	## NAME CLASS SPLIT WEIGHT LANGUAGE

CLASS is ham or spam for a scenario, `common` for phrases that a language shares, or `lists` for
names.  SPLIT is train, held, both, or `dealt`: of a dealt list every third or fourth entry goes to
held and the rest to train, so that no name is in both.  Then follow `key: value` lines and slots:
a slot's name on a line of its own, then its alternatives, one a line, each after a tab.

In an alternative `{a|b}` is either, `<slot>` another slot's text, `<Slot>` the same but one draw
for the whole message, `<n:10-99>` a number, `<hex:8>` `<digits:6>` `<alnum:10>` that many such
letters, `<date:-3>` a day counted from the message's own, `<money:10-900>` a sum.  In a body
` // ` parts the blocks, and a block's first word may be a mark that body.py knows (`@btn`).
"""
import datetime
import pathlib
import re

HELD_PLACES = (2, 5, 8)
MONTHS = {
	'en': 'January February March April May June July August September October November December',
	'fr': 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
	'de': 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
	'es': 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
	'it': 'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
	'pt': 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
	'nl': 'januari februari maart april mei juni juli augustus september oktober november december',
	'pl': 'stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia',
	'ru': 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
	'tr': 'Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık',
}
MONEY = {'en': ('$%s', '£%s', '$%s', '%s USD', '€%s'), 'ja': ('%s円', '¥%s'), 'zh': ('¥%s', '%s元'),
	'pl': ('%s zł', '%s PLN'), 'ru': ('%s руб.', '%s ₽'), 'tr': ('%s TL', '%s ₺'),
	'pt': ('R$ %s', '%s €')}
ALPHABETS = {'hex': '0123456789abcdef', 'digits': '0123456789', 'HEX': '0123456789ABCDEF',
	'alnum': 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
	'lower': 'abcdefghijklmnopqrstuvwxyz', 'upper': 'ABCDEFGHJKLMNPQRSTUVWXYZ'}


class Section:
	"""One section of a text file: a scenario, a language's phrases or lists of names."""

	def __init__(self, words):
		self.name, self.kind, self.split = words[0], words[1], words[2]
		self.weight = float(words[3]) if len(words) > 3 else 1.0
		self.lang = words[4] if len(words) > 4 else 'en'
		self.meta = {}
		self.slots = {}

	def get(self, key, default=''):
		"""The words of a `key: value` line."""
		return self.meta.get(key, default).split()


def read_sections(path):
	"""Every section of one text file, in the file's order."""
	sections, slot = [], None
	for number, line in enumerate(path.read_text('utf-8').splitlines(), 1):
		if not line.strip() or line.startswith('# '):
			continue
		if line.startswith('## '):
			sections.append(Section(line[3:].split()))
			slot = None
		elif line.startswith('\t') and slot is not None:
			slot.append(line.strip())
		elif re.match(r'[a-z]+: ', line):
			key, value = line.split(': ', 1)
			sections[-1].meta[key] = value
		elif re.fullmatch(r'[a-z][a-z0-9-]*', line):
			slot = sections[-1].slots.setdefault(line, [])
		else:
			raise SystemExit('%s:%d: not a section, key, slot or alternative' % (path, number))
	return sections


def deal(entries, split):
	"""The entries of a dealt list that belong to SPLIT."""
	held = split == 'held'
	return [e for i, e in enumerate(entries) if (i % 10 in HELD_PLACES) == held]


class Texts:
	"""All that one split may say."""

	def __init__(self, folder, split):
		self.scenarios, self.common, self.lists = [], {}, {}
		for path in sorted(pathlib.Path(folder).glob('*.txt')):
			for section in read_sections(path):
				self._add(section, split)

	def _add(self, section, split):
		if section.kind == 'lists':
			for name, entries in section.slots.items():
				dealt = section.split == 'dealt'
				self.lists[name] = deal(entries, split) if dealt else entries
		elif section.split not in (split, 'both'):
			return
		elif section.kind == 'common':
			self.common.setdefault(section.lang, {}).update(section.slots)
		else:
			self.scenarios.append(section)


class Deck:
	"""Draws alternatives the way cards are dealt, so that all come up before any comes twice."""

	def __init__(self, rng):
		self.rng = rng
		self.left = {}

	def draw(self, key, entries):
		"""The next entry of the pack KEY, shuffled anew when it has run out."""
		pack = self.left.get(key)
		if not pack:
			pack = self.left[key] = self.rng.sample(range(len(entries)), len(entries))
		return entries[pack.pop()]


class Voice:
	"""Draws the sentences of one message: FACTS are slots whose value is already known."""

	def __init__(self, texts, scenario, deck, rng, when):
		self.texts, self.scenario, self.deck, self.rng, self.when = texts, scenario, deck, rng, when
		self.facts = {}

	def say(self, slot):
		"""A drawn text of SLOT, with all inner slots filled."""
		return self.expand('<%s>' % slot)

	def has(self, slot):
		"""Whether the scenario itself defines SLOT."""
		return slot in self.scenario.slots

	def pick(self, entries):
		"""One of ENTRIES, evenly."""
		return entries[self.rng.randrange(len(entries))]

	def chance(self, p):
		"""True once in 1/P times."""
		return self.rng.random() < p

	def letters(self, alphabet, n):
		"""N letters of one of ALPHABETS."""
		return ''.join(self.rng.choices(ALPHABETS[alphabet], k=n))

	def expand(self, text):
		"""TEXT with its choices made and its slots filled."""
		inner = re.compile(r'\{([^{}]*)\}')

		while inner.search(text):
			text = inner.sub(lambda m: self.pick(m.group(1).split('|')), text, count=1)
		return re.sub(r'<([A-Za-z][^<>\s]*)>', lambda m: self._value(m.group(1)), text)

	def _value(self, name):
		if name in self.facts:
			return self.facts[name]
		if name == 'person':
			return self.drawn(name).partition('/')[0]
		if ':' in name:
			return self._made(*name.split(':', 1))
		if name[0].isupper():
			key = name.lower()
			self.facts[name] = self.facts[key] if key in self.facts else self.drawn(key)
			return self.facts[name]
		return self.drawn(name)

	def drawn(self, name):
		"""A text of slot NAME from the scenario, its language, the lists, or English, in this order."""
		lang = self.scenario.lang
		for where, slots in ((self.scenario.name, self.scenario.slots),
				(lang, self.texts.common.get(lang, {})), ('lists', self.texts.lists),
				('en', self.texts.common.get('en', {}))):
			if name in slots:
				return self.expand(self.deck.draw((where, name), slots[name]))
		raise SystemExit('%s: no slot <%s>' % (self.scenario.name, name))

	def _made(self, kind, arg):
		if kind in ALPHABETS:
			return self.letters(kind, int(arg))
		if kind == 'date':
			return self.day(int(arg))
		low, high = (int(x) for x in arg.split('-'))
		if kind == 'n':
			return str(self.rng.randint(low, high))
		return self.pick(MONEY.get(self.scenario.lang, ('%s €', '€ %s', '%s EUR'))) % (
			'%d.%02d' % (self.rng.randint(low, high), self.rng.choice((0, 0, 50, 95, 99, 17, 42)))
			if self.scenario.lang == 'en' else '%d,%02d' % (
				self.rng.randint(low, high), self.rng.choice((0, 0, 50, 95, 99, 17, 42))))

	def day(self, ahead):
		"""The day AHEAD days after the message, as its language writes it."""
		when = self.when + datetime.timedelta(days=ahead)
		lang = self.scenario.lang
		if lang in ('ja', 'zh'):
			return '%d年%d月%d日' % (when.year, when.month, when.day)
		month = MONTHS.get(lang, MONTHS['en']).split()[when.month - 1]
		style = self.rng.randrange(4)
		if style == 0:
			return when.strftime('%Y-%m-%d') if lang == 'en' else when.strftime('%d.%m.%Y')
		if lang == 'en' and style == 1:
			return '%s %d, %d' % (month, when.day, when.year)
		if style == 2:
			return when.strftime('%d/%m/%Y')
		joint = {'es': ' de ', 'pt': ' de '}.get(lang, '. ' if lang == 'de' else ' ')
		return '%d%s%s %d' % (when.day, joint, month, when.year)
