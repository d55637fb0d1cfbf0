"""MIME parts as bytes: transfer encodings, header words, attachments, code for list mail."""
import base64
import binascii
import quopri
import struct
import textwrap
import zlib

OTHER_CHARSETS = {'fr': 'iso-8859-1', 'de': 'iso-8859-15', 'es': 'iso-8859-1', 'it': 'iso-8859-1',
	'pt': 'iso-8859-1', 'nl': 'iso-8859-1', 'pl': 'iso-8859-2', 'ru': 'koi8-r', 'ja': 'iso-2022-jp',
	'zh': 'gb2312', 'tr': 'iso-8859-9', 'en': 'us-ascii'}
WORDS = ('buf len ctx node head tail cache entry index page flags state queue lock table list mask '
	'offset size count key value path name timer event frame packet handle pool limit').split()
DO = 'init get put free reset parse update flush alloc lookup insert remove merge check read'.split()


def words_of(text, charset='utf-8', style='b'):
	"""A header's text as RFC 2047 words, or as it is when all is ASCII."""
	if text.isascii():
		return text
	out, piece = [], ''
	for letter in text + '\0':
		if letter == '\0' or len((piece + letter).encode(charset, 'replace')) > 36:
			out.append(_word(piece, charset, style))
			piece = ''
		piece += letter
	return '\n '.join(out)


def _word(text, charset, style):
	raw = text.encode(charset, 'replace')
	if style == 'q':
		return '=?%s?Q?%s?=' % (charset, ''.join(
			chr(b) if chr(b).isalnum() and b < 128 else '_' if b == 32 else '=%02X' % b for b in raw))
	return '=?%s?B?%s?=' % (charset, base64.b64encode(raw).decode())


def encoded(data, how):
	"""DATA under the transfer encoding HOW."""
	if how == 'base64':
		return base64.encodebytes(data)
	if how == 'quoted-printable':
		data = quopri.encodestring(data)
	return data if data.endswith(b'\n') else data + b'\n'


def text_part(voice, kind, text, wish, charset_wish, flowed=False):
	"""A text part: (head lines, bytes).  WISH is the encoding that the program likes."""
	charset = 'utf-8'
	if charset_wish:
		try:
			text.encode(OTHER_CHARSETS[voice.scenario.lang])
			charset = OTHER_CHARSETS[voice.scenario.lang]
		except UnicodeEncodeError:
			charset = 'utf-8'
	data = text.encode(charset, 'replace')
	if wish == '7bit' and not data.isascii():
		wish = '8bit'
	if max(map(len, data.split(b'\n'))) > 990 and wish in ('7bit', '8bit'):
		wish = 'quoted-printable'
	spelt = voice.facts['charset-case'] % charset if charset != 'us-ascii' else charset
	head = ['Content-Type: text/%s; charset=%s%s' % (kind, spelt, '; format=flowed' if flowed else '')]
	if wish != '7bit' or voice.chance(0.6):
		head.append('Content-Transfer-Encoding: ' + wish)
	return head, encoded(data, wish)


def noise(voice, low, high):
	"""Bytes without meaning."""
	return bytes(voice.rng.getrandbits(8) for _ in range(voice.rng.randint(low, high)))


def png(voice, low=4, high=24):
	"""A small picture of square spots: what a logo or a QR code looks like to a filter."""
	n, scale = voice.rng.randint(low, high), voice.rng.randint(2, 6)
	rows = b''
	for _ in range(n):
		row = b'\0' + b''.join(bytes([voice.rng.choice((0, 255))]) * scale for _ in range(n))
		rows += row * scale
	out = b'\x89PNG\r\n\x1a\n'
	for tag, data in ((b'IHDR', struct.pack('>IIBBBBB', n * scale, n * scale, 8, 0, 0, 0, 0)),
			(b'IDAT', zlib.compress(rows)), (b'IEND', b'')):
		out += struct.pack('>I', len(data)) + tag + data + struct.pack('>I', binascii.crc32(tag + data))
	return out


def form_page(voice):
	"""A page that asks for a password, as attached to phishing; plain, or packed in a script."""
	page = voice.say('form-page').replace('«', '<').replace('»', '>')
	packed = base64.b64encode(page.encode()).decode()
	page = voice.pick((
		'<!DOCTYPE html>\n<html><body>%s</body></html>\n' % page,
		'<html><script>document.write(atob("%s"));</script></html>\n' % packed,
		'<script>var _0x%s=["%s"];document.write(unescape(_0x%s[0]))</script>\n' % (
			voice.letters('hex', 6), ''.join('%%%02x' % b for b in page.encode()), voice.letters('hex', 6)),
		'<html><head><meta http-equiv="refresh" content="0;url=%s"></head></html>\n' % voice.say('url-free')))
	return page.encode()


MAKERS = {
	'form': ('text/html', form_page),
	'png': ('image/png', png),
	'qr': ('image/png', lambda v: png(v, 25, 41)),
	'pdf': ('application/pdf', lambda v: b'%PDF-1.7\n%\xe2\xe3\xcf\xd3\n' + noise(v, 900, 9000) + b'\n%%EOF\n'),
	'zip': ('application/zip', lambda v: b'PK\x03\x04\x14\0\0\0\x08\0' + noise(v, 400, 5000)),
	'rar': ('application/x-rar-compressed', lambda v: b'Rar!\x1a\x07\x01\0' + noise(v, 400, 4000)),
	'iso': ('application/octet-stream', lambda v: bytes(600) + b'CD001' + noise(v, 400, 4000)),
	'doc': ('application/msword', lambda v: b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + noise(v, 900, 6000)),
	'docx': ('application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		lambda v: b'PK\x03\x04\x14\0\x06\0' + noise(v, 900, 6000)),
	'xlsx': ('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
		lambda v: b'PK\x03\x04\x14\0\x06\0' + noise(v, 900, 6000)),
	'xlsm': ('application/vnd.ms-excel.sheet.macroEnabled.12', lambda v: b'PK\x03\x04\x14\0\x06\0' + noise(v, 900, 6000)),
	'ics': ('text/calendar', lambda v: v.say('ics').replace('\\n', '\r\n').encode()),
	'patch': ('text/x-patch', lambda v: diff(v).encode()),
	'log': ('text/plain', lambda v: '\n'.join(log_lines(v, v.rng.randint(10, 40))).encode()),
	'asc': ('application/pgp-signature', lambda v: ('-----BEGIN PGP SIGNATURE-----\n\n%s\n-----END PGP SIGNATURE-----\n'
		% textwrap.fill(v.letters('alnum', 380), 64)).encode()),
	'vcf': ('text/vcard', lambda v: v.expand('BEGIN:VCARD\nVERSION:3.0\nFN:<First> <Last>\nEND:VCARD\n').encode()),
}


def attachment(voice, spec):
	"""An attachment `KIND FILE NAME`: (head lines, bytes)."""
	kind, name = spec.split(' ', 1)
	type_, maker = MAKERS[kind]
	if kind == 'ics':
		type_ += '; charset=utf-8; method=REQUEST'
	elif kind == 'form' and voice.chance(0.3):
		type_ = 'application/octet-stream'
	name = words_of(name)
	return ['Content-Type: %s; name="%s"' % (type_, name), 'Content-Transfer-Encoding: base64',
		'Content-Disposition: attachment; filename="%s"' % name], encoded(maker(voice), 'base64')


def identifier(voice):
	"""A name such as programs give to things."""
	return '%s_%s' % (voice.pick(WORDS), voice.pick(DO + WORDS))


def code_line(voice):
	"""A line of something like C."""
	a, b, c = (identifier(voice) for _ in range(3))
	return voice.pick(('if (!%s)' % a, 'return %s(%s, %s);' % (a, b, c), '%s->%s = %s;' % (
		voice.pick(WORDS), voice.pick(WORDS), a), 'struct %s *%s = %s(%s);' % (voice.pick(WORDS), voice.pick(WORDS), a, b),
		'for (i = 0; i < %s; i++)' % a, '%s(&%s->%s);' % (a, voice.pick(WORDS), voice.pick(WORDS)),
		'int %s = 0;' % a, '/* %s must hold %s here */' % (a, b), 'goto out_%s;' % voice.pick(WORDS), '}', '{',
		'#define %s %d' % (a.upper(), voice.rng.randint(1, 4096)), 'assert(%s < %s);' % (a, b)))


def diff(voice):
	"""A patch."""
	out = []
	for _ in range(voice.rng.choice((1, 1, 1, 2, 3))):
		path = '%s/%s.%s' % (voice.pick(('src', 'lib', 'drivers/net', 'fs', 'tools', 'kernel', 'tests')),
			identifier(voice).replace('_', voice.pick('_-')), voice.pick(('c', 'c', 'h', 'py', 'rs', 'go')))
		at = voice.rng.randint(10, 2000)
		out += ['diff --git a/%s b/%s' % (path, path), 'index %s..%s 100644' % (
			voice.letters('hex', 12), voice.letters('hex', 12)), '--- a/' + path, '+++ b/' + path]
		for _ in range(voice.rng.randint(1, 3)):
			out.append('@@ -%d,%d +%d,%d @@ static int %s(void)' % (at, 7, at, 9, identifier(voice)))
			out += [voice.pick((' ', ' ', ' ', '+', '+', '-')) + '\t' * voice.rng.randint(1, 3) + code_line(voice)
				for _ in range(voice.rng.randint(6, 16))]
			at += voice.rng.randint(20, 200)
	return '\n'.join(out)


def log_lines(voice, n):
	"""Lines of a log, a trace or a build."""
	style = voice.rng.randrange(4)
	out = []
	for i in range(n):
		a, b = identifier(voice), identifier(voice)
		out.append((
			'[%5d.%06d] %s: %s failed with error -%d' % (voice.rng.randint(1, 90000), voice.rng.randint(0, 999999), a, b, voice.rng.randint(1, 110)),
			'#%d  0x%016x in %s () from /usr/lib/lib%s.so.%d' % (i, voice.rng.getrandbits(47), a, voice.pick(WORDS), voice.rng.randint(0, 9)),
			'%s.c:%d:%d: %s: unused variable ‘%s’' % (a, voice.rng.randint(1, 900), voice.rng.randint(1, 60), voice.pick(('warning', 'error', 'note')), b),
			'%s INFO  [%s] %s=%d' % (voice.when.strftime('%H:%M:%S'), a, b, voice.rng.randint(0, 70000)))[style])
	return out


def code(voice, kind):
	"""The text of a `@code KIND` block."""
	if kind == 'diff':
		return diff(voice)
	if kind == 'stat':
		n = voice.rng.randint(1, 5)
		return '\n'.join(' %s.c | %d %s' % (identifier(voice), voice.rng.randint(1, 80), '+' * voice.rng.randint(1, 9) + '-')
			for _ in range(n)) + '\n %d files changed, %d insertions(+), %d deletions(-)' % (
			n, voice.rng.randint(1, 90), voice.rng.randint(1, 60))
	if kind == 'c':
		return '\n'.join('\t' * voice.rng.randint(1, 2) + code_line(voice) for _ in range(voice.rng.randint(3, 10)))
	if kind == 'quoted':
		return '\n'.join('> %s\t%s' % (voice.pick((' ', '+', '-')), code_line(voice)) for _ in range(voice.rng.randint(3, 9)))
	if kind == 'shell':
		return '\n'.join('$ ' + voice.say('command') for _ in range(voice.rng.randint(1, 3)))
	return '\n'.join(log_lines(voice, voice.rng.randint(3, 12)))
