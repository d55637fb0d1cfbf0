"""Blocks of a message as plain text and as HTML.

A body is a list of (mark, text).  Marks: p (paragraph), h (heading), btn and link (text with the
message's link), url (the bare link), kv (a table, `a: b ; c: d`), ul (a list, `a ; b`), small
(foot), quote (a quoted earlier mail), code (kept as it is), img, sig, hid (unseen text).  Both
classes go through the same layouts: what differs between them is said and linked, not typeset.
"""
import html
import re
import textwrap

MARKS = ('h', 'btn', 'link', 'url', 'kv', 'ul', 'small', 'quote', 'code', 'img', 'sig', 'hid')
FONTS = ('Arial, Helvetica, sans-serif', "'Segoe UI', Tahoma, sans-serif", 'Verdana, sans-serif',
	"-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, sans-serif", 'Georgia, serif',
	"'Helvetica Neue', Helvetica, Arial, sans-serif", 'Calibri, sans-serif')
COLOURS = ('#0067b8', '#0078d4', '#1a73e8', '#d40511', '#333366', '#e50914', '#2e7d32', '#ff9900',
	'#003087', '#222222', '#6001d2', '#00857c', '#c8102e', '#555555')
LAYOUTS = {'train': ('card', 'plain', 'table', 'stripe'), 'held': ('panel', 'column', 'bare')}


def blocks_of(text):
	"""The blocks that a drawn body, parted by ` // `, stands for."""
	blocks = []
	for piece in text.split(' // '):
		first, _, rest = piece.strip().partition(' ')
		if first[:1] == '@' and first[1:] in MARKS:
			blocks.append((first[1:], rest.strip()))
		elif piece.strip():
			blocks.append(('p', piece.strip()))
	return blocks


def as_text(blocks, link, width=72):
	"""BLOCKS as plain text: folded at WIDTH, or not at all when it is 0."""
	out = []
	for mark, text in blocks:
		if mark in ('img', 'hid'):
			continue
		if mark in ('btn', 'link'):
			text = '%s:\n%s' % (text.rstrip(':'), link()) if text else link()
		elif mark == 'url':
			text = link()
		elif mark == 'kv':
			text = '\n'.join(x.strip() for x in text.split(' ; '))
		elif mark == 'ul':
			text = '\n'.join('  * ' + x.strip() for x in text.split(' ; '))
		elif mark == 'quote':
			text = '\n'.join(('> ' + x).rstrip() for x in fold(text, width and width - 4).split('\n'))
		elif mark not in ('code', 'sig'):
			text = fold(text, width)
		out.append(text.replace(' \\n ', '\n').replace('\\n', '\n'))
	return '\n\n'.join(out) + '\n'


def fold(text, width):
	"""TEXT in lines of at most WIDTH letters."""
	if not width:
		return text
	return '\n'.join(textwrap.fill(x, width, break_long_words=False, break_on_hyphens=False)
		for x in text.replace('\\n', '\n').split('\n'))


def safe(text):
	"""TEXT fit to stand in HTML; a bare address in it becomes a link, as every program does."""
	text = html.escape(text, quote=False).replace('\\n', '<br>').replace('\n', '<br>\n')
	return re.sub(r'(https?://[^\s<]+[^\s<.,)])', r'<a href="\1">\1</a>', text)


class Layout:
	"""One way to typeset: drawn once for a message."""

	def __init__(self, name, voice):
		self.name, self.voice = name, voice
		self.font, self.colour = voice.pick(FONTS), voice.pick(COLOURS)
		self.size = voice.pick(('13px', '14px', '15px', '16px', '11pt'))
		self.classes = voice.chance(0.4)
		self.upper = name == 'bare' and voice.chance(0.3)

	def style(self, css):
		"""A style attribute, or nothing for those who use classes."""
		return ' class="t%d"' % (len(css) % 7) if self.classes else ' style="%s"' % css

	def block(self, mark, text, link, image):
		"""One block in HTML."""
		if mark == 'p':
			return self.para(safe(text))
		if mark == 'h':
			tag = self.voice.pick(('h1', 'h2', 'h3', 'p'))
			return '<%s%s>%s</%s>' % (tag, self.style('color:%s;margin:16px 0' % self.colour),
				safe(text), tag)
		if mark == 'btn':
			return self.button(safe(text), link())
		if mark in ('link', 'url'):
			to = link()
			return self.para('<a href="%s">%s</a>' % (html.escape(to), safe(text) if text else html.escape(to)))
		if mark == 'kv':
			return self.table(text)
		if mark == 'ul':
			return '<ul>%s</ul>' % ''.join('<li>%s</li>' % safe(x) for x in text.split(' ; '))
		if mark == 'small':
			return '<p%s>%s</p>' % (self.style('font-size:11px;color:#888888'), safe(text))
		if mark == 'quote':
			return '<blockquote type="cite">%s</blockquote>' % safe(text)
		if mark == 'code':
			return '<pre>%s</pre>' % html.escape(text)
		if mark == 'img':
			return '<div align="center">%s</div>' % image(text)
		if mark == 'hid':
			return hidden(self.voice, text)
		return '<div>%s</div>' % safe(text)

	def para(self, inner):
		"""A paragraph, in the layout's way."""
		if self.name == 'plain':
			return '<div>%s</div><div><br></div>' % inner
		if self.name in ('table', 'column'):
			return '<tr><td%s>%s</td></tr>' % (
				self.style('padding:8px 24px;font-family:%s;font-size:%s' % (self.font, self.size)), inner)
		return '<p%s>%s</p>' % (self.style('font-size:%s;line-height:1.5' % self.size), inner)

	def button(self, inner, to):
		"""A link made to be pressed."""
		to = html.escape(to)
		css = 'background:%s;color:#ffffff;padding:12px 24px;text-decoration:none;border-radius:%dpx' % (
			self.colour, self.voice.rng.randint(0, 8))
		a = '<a href="%s"%s>%s</a>' % (to, self.style(css + ';display:inline-block'), inner)
		if self.name in ('plain', 'bare'):
			return '<p><a href="%s">%s</a></p>' % (to, inner)
		if self.name in ('table', 'column'):
			return '<tr><td align="center" bgcolor="%s">%s</td></tr>' % (self.colour, a)
		return '<div%s>%s</div>' % (self.style('text-align:center;margin:24px 0'), a)

	def table(self, text):
		"""A table of keys and values."""
		rows = ''.join('<tr><td><b>%s:</b></td><td>%s</td></tr>' % tuple(
			safe(y.strip()) for y in (x.split(':', 1) + [''])[:2]) for x in text.split(' ; '))
		rows = '<table cellpadding="4"%s>%s</table>' % (
			self.voice.pick(('', ' border="0"', ' width="100%"')), rows)
		return '<tr><td>%s</td></tr>' % rows if self.name in ('table', 'column') else rows

	def page(self, blocks, link, image):
		"""The whole page."""
		inner = '\n'.join(self.block(m, t, link, image) for m, t in blocks)
		return {'card': self._card, 'table': self._table, 'column': self._table,
			'panel': self._card, 'stripe': self._stripe}.get(self.name, self._plain)(inner)

	def _head(self):
		v = self.voice
		head = v.pick(('<!DOCTYPE html>\n', '', '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional'
			'//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n')) + '<html><head>\n'
		head += v.pick(('<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n',
			'<meta charset="utf-8">\n', ''))
		head += v.pick(('', '<meta name="viewport" content="width=device-width, initial-scale=1">\n'))
		if self.classes or v.chance(0.3):
			head += '<style type="text/css">\nbody{margin:0;padding:0;font-family:%s}\n' % self.font
			for i in range(v.rng.randint(1, 7)):
				head += '.t%d{font-size:%s;color:%s;padding:%dpx}\n' % (i, self.size,
					v.pick(COLOURS), v.rng.randint(0, 30))
			if v.chance(0.5):
				head += '@media only screen and (max-width:%dpx){.t1{width:100%%!important}}\n' % (
					v.rng.choice((480, 600, 620)))
			head += ballast(v) + '</style>\n'
		return head + '</head>\n'

	def _plain(self, inner):
		page = '<html><body>%s</body></html>\n' % inner if self.voice.chance(0.5) else (
			self._head() + '<body>\n' + inner + '\n</body></html>\n')
		return re.sub(r'<(/?)([a-z0-9]+)', lambda m: '<' + m.group(1) + m.group(2).upper(), page) \
			if self.upper else page

	def _card(self, inner):
		box = 'max-width:%dpx;margin:0 auto;background:#ffffff;padding:%dpx;font-family:%s' % (
			self.voice.rng.choice((480, 560, 600, 640)), self.voice.rng.randint(16, 40), self.font)
		if self.name == 'panel':
			box += ';border:1px solid #dddddd;border-top:4px solid ' + self.colour
		return '%s<body style="background:%s">\n<div style="%s">\n%s\n</div>\n</body></html>\n' % (
			self._head(), self.voice.pick(('#f4f4f4', '#f6f6f6', '#ffffff', '#eeeeee')), box, inner)

	def _table(self, inner):
		inner = re.sub(r'(?m)^(<(?:h\d|p|div|ul|pre|blockquote)[ >].*)$', r'<tr><td>\1</td></tr>', inner)
		return ('%s<body>\n<table width="100%%" cellpadding="0" cellspacing="0" border="0"><tr><td '
			'align="center">\n<table width="%d" role="presentation" cellspacing="0">\n%s\n</table>\n'
			'</td></tr></table>\n</body></html>\n') % (self._head(), self.voice.rng.choice((560, 600, 640)), inner)

	def _stripe(self, inner):
		return '%s<body><div style="border-left:5px solid %s;padding-left:18px;font-family:%s">\n%s\n</div></body></html>\n' % (
			self._head(), self.colour, self.font, inner)


def ballast(voice):
	"""The style rules that sending services and page builders put into every mail."""
	if voice.chance(0.6):
		return ''
	rules = []
	for _ in range(voice.rng.randint(10, 160)):
		rules.append('%s%s{%s:%dpx!important;%s:%d%%}\n' % (voice.pick(('table.', 'td.', '.', 'a.', '#', 'u + .')),
			voice.letters('lower', voice.rng.randint(3, 9)), voice.pick(('padding', 'margin', 'width', 'font-size', 'line-height')),
			voice.rng.randint(0, 600), voice.pick(('max-width', 'height', 'line-height')), voice.rng.randint(50, 150)))
	return ''.join(rules)


def hidden(voice, text):
	"""Text that the eye does not see: a preheader, or words meant for filters."""
	css = voice.pick(('display:none', 'display:none;max-height:0;overflow:hidden',
		'font-size:0;line-height:0', 'color:#ffffff;font-size:1px', 'mso-hide:all;display:none;opacity:0'))
	tail = voice.pick(('', '', '&zwnj;&nbsp;' * voice.rng.randint(10, 60), '&#847; ' * 30))
	return '<%s style="%s">%s%s</%s>' % (('div', css, safe(text), tail, 'div')
		if voice.chance(0.6) else ('span', css, safe(text), tail, 'span'))


def program_html(style, blocks, link, image, voice):
	"""HTML as a mail program writes it when a person types: Outlook, Gmail, Apple, others."""
	plain = Layout('plain', voice)
	if style == 'outlook':
		inner = ''.join('<p class="MsoNormal">%s<o:p></o:p></p>\n' % safe(t) if m in ('p', 'sig') else
			plain.block(m, t, link, image) for m, t in blocks)
		return ('<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">'
			'<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n<style><!--\n'
			'p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;}\n--></style></head>\n'
			'<body lang="EN-GB" link="#0563C1" vlink="#954F72"><div class="WordSection1">\n%s</div></body></html>\n') % inner
	if style == 'gmail':
		inner = ''.join('<div>%s</div><div><br></div>' % safe(t) if m == 'p' else
			plain.block(m, t, link, image) for m, t in blocks)
		return '<div dir="ltr">%s</div>\n' % inner
	if style == 'apple':
		return ('<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
			'<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">'
			'%s</body></html>') % ''.join(plain.block(m, t, link, image) for m, t in blocks)
	return ('<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="content-type" content="text/html; '
		'charset=UTF-8">\n  </head>\n  <body>\n%s\n  </body>\n</html>\n') % '\n'.join(
			plain.block(m, t, link, image) for m, t in blocks)
