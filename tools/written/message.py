"""One message: its sender, its program, its way to the receiving site, and how it was kept.

The order is that of real mail: the author's program writes its header and a body, a list server
may pass it on, hops and the receiving site put lines on top, and whoever kept it may have dropped
lines again.  Class enters only where the world makes the difference: what is said, what is linked,
who claims to send, and how authentication turns out.
"""
import base64
import datetime
import ipaddress
import re
import unicodedata
import urllib.parse

from . import body, parts

SPAM_AUTH = ({'pass': 58, 'none': 20, 'softfail': 13, 'fail': 6, 'neutral': 3}, {'pass': 50, 'none': 42, 'fail': 8})
SPOOF_AUTH = ({'softfail': 34, 'fail': 26, 'none': 20, 'pass': 20}, {'none': 80, 'fail': 17, 'pass': 3})
HAM_AUTH = ({'pass': 90, 'none': 6, 'softfail': 3, 'neutral': 1}, {'pass': 80, 'none': 15, 'fail': 5})
LIST_AUTH = ({'pass': 86, 'none': 12, 'softfail': 2}, {'pass': 48, 'none': 22, 'fail': 30})
SPFWORD = {'pass': 'Pass', 'none': 'None', 'softfail': 'SoftFail', 'fail': 'Fail', 'neutral': 'Neutral'}
BOUNDARIES = {'gmail': '000000000000<hex:16>', 'applemail': 'Apple-Mail=_<HEX:8>-<HEX:4>-4<HEX:3>-<HEX:4>-<HEX:12>',
	'iphone': 'Apple-Mail-<HEX:8>-<HEX:4>-4<HEX:3>-<HEX:4>-<HEX:12>', 'python': '===============<digits:19>==',
	'outlook365': '_000_<HEX:32><upper:2><n:1-9>PR<n:10-99>MB_', 'exchange': '_000_<hex:32><lower:6>_',
	'outlookdesk': '----=_NextPart_000_<HEX:4>_01D<HEX:5>.<HEX:8>', 'thunderbird': '------------<alnum:24>',
	'javamail': '----=_Part_<n:10-99999>_<digits:9>.<digits:13>', 'yahoo': '----=_Part_<n:10-999999>_<digits:9>.<digits:13>',
	'zimbra': '=_<hex:8>-<hex:4>-<hex:4>-<hex:4>-<hex:12>', 'mutt': '<alnum:16>', 'roundcube': '=_<hex:32>',
	'phpmailer': 'b1_<alnum:43>', 'sendgrid': '<hex:60>', 'mailchimp': '_----------=_MCPart_<digits:9>',
	'dotnet': '--boundary_<n:1-900>_<hex:8>-<hex:4>-<hex:4>-<hex:4>-<hex:12>',
	'': '{----=_NextPart_<n:100-999>_<HEX:4>_<HEX:8>.<HEX:8>|<hex:28>|b1_<hex:32>|----=_Part_<n:10-9999>_<digits:9>.<digits:13>}'}
KEEP = ('from', 'to', 'cc', 'subject', 'date', 'message-id', 'in-reply-to', 'references',
	'mime-version', 'content-type', 'content-transfer-encoding', 'reply-to')
SOUNDALIKE = str.maketrans('aeopcyxi', 'аеорсухі')


def weighted(rng, table):
	"""A key of TABLE, as often as its value says."""
	return rng.choices(list(table), list(table.values()))[0]


def slug(text):
	"""TEXT as it may stand in a domain or an address."""
	text = unicodedata.normalize('NFKD', text.replace('ł', 'l').replace('ß', 'ss').replace('ı', 'i').replace('ø', 'o'))
	return re.sub(r'[^a-z0-9]+', '-', text.encode('ascii', 'ignore').decode().lower()).strip('-')


def registrable(domain):
	"""What somebody registered of DOMAIN: good enough for the domains written here."""
	labels = domain.split('.')
	return '.'.join(labels[-3:] if len(labels) > 2 and len(labels[-2]) < 4 else labels[-2:])


def address(rng):
	"""A global address, as likely for good as for bad."""
	if rng.random() < 0.07:
		return '2%03x:%x:%x:%x::%x' % (rng.choice((0x001, 0x400, 0x600, 0x607, 0xa02, 0xa01)), rng.getrandbits(16),
			rng.getrandbits(16), rng.getrandbits(8), rng.getrandbits(12))
	while True:
		ip = ipaddress.IPv4Address(rng.getrandbits(32))
		if ip.is_global and not ip.is_multicast:
			return str(ip)


class Message:
	"""Everything drawn for one message; `lines` and `data` are its header and body."""

	def __init__(self, voice, pools):
		self.voice, self.pools, self.spam = voice, pools, voice.scenario.kind == 'spam'
		self.section, self.facts = voice.scenario, voice.facts
		self.attached = []
		self.images = []
		self.main_link = None
		self.server = None

	# ---- who

	def draw_people(self):
		"""The receiving site, the recipient, the sender and their domains."""
		v, f = self.voice, self.facts
		f['charset-case'] = v.pick(('"%s"', '%s', '%s', '"%s"'))
		self.site = self.pools.site(v)
		f['rcptdom'] = v.say('rcpt-domain')
		f['rcptuser'] = v.say('rcpt-user')
		f['rcpt'] = f['rcptuser'] + '@' + f['rcptdom']
		f['toaddr'] = f['Listaddr'] if self.server else f['rcpt']
		f['rcptname'] = f['rcptuser'].replace('.', ' ').title()
		f['rcptcorp'] = f['rcptdom'].split('.')[0].replace('-', ' ').title()
		f['rcpteq'] = f['rcpt'].replace('@', '=')
		f['rcptq'] = urllib.parse.quote(f['rcpt'])
		f['rcptb64'] = base64.b64encode(f['rcpt'].encode()).decode().rstrip('=')
		f['ip'] = address(v.rng)
		f['Ip'] = address(v.rng)
		f['Mx'] = v.pick(('mx', 'mail', 'mx1', 'mx2', 'in', 'smtp')) + '.' + f['rcptdom']
		f['Store'] = v.pick(('mail', 'imap', 'store1', 'mbox')) + '.' + f['rcptdom']
		f['date14'] = v.when.strftime('%Y%m%d%H%M%S')
		f['datedot'] = v.when.strftime('%Y.%m.%d')
		f['odate'] = v.when.strftime('%d %b %Y')
		f['now4'] = v.when.strftime('%Y.%m.%d.%H.%M.%S')
		f['nowiso'] = v.when.strftime('%d %b %Y %H:%M:%S.%f')[:-2]
		f['nowutc'] = v.when.strftime('%Y-%m-%d %H:%M:%S.%f +0000 UTC')
		self._draw_sender_names()

	def _draw_sender_names(self):
		v, f = self.voice, self.facts
		name, _, latin = v.drawn('person').partition('/')
		f['Person'] = name
		f['First'], f['Last'] = (name.split(' ') + [name])[:2]
		latin = slug(latin or name).split('-')
		f['User'] = v.pick(('{0}.{1}', '{2}{1}', '{0}', '{0}.{1}', '{0}_{1}', '{2}.{1}')).format(
			latin[0], latin[-1], latin[0][0])
		f['Company'] = v.say('company')
		f['Corp'] = slug(f['Company']).replace('-', v.pick(('', '-', ''))) + '.' + v.say('tld')
		f['Hacked'] = slug(v.say('company')).replace('-', v.pick(('', '-', ''))) + '.' + v.say('tld')
		if 'brand' in self.section.slots:
			f['Brand'], _, f['Branddom'] = v.say('brand').partition('/')
		elif 'Branddom' not in f:
			f['Brand'], f['Branddom'] = f['Company'], f['Corp']
		f['brandslug'] = slug(f['Brand'])

	def draw_list(self):
		"""The list server that passes the message on, if one does."""
		v, f = self.voice, self.facts
		wanted = self.section.get('server')
		if self.section.meta.get('group') != 'list' and not wanted and not (self.section.meta.get('group')
				in ('fraud', 'ad') and v.chance(0.07)):
			return
		servers = [s for s in self.pools.servers if not wanted or s.name in wanted] or self.pools.servers
		self.server = v.rng.choices(servers, [s.weight for s in servers])[0]
		f['Project'], f['List'], f['Listdom'] = v.expand(
			v.deck.draw(self.server.name, self.server.slots['project'])).split('/')
		f['Listaddr'] = f['List'] + '@' + f['Listdom']

	# ---- what

	def draw_texts(self):
		"""Sender line, subject and body, as blocks."""
		v, f = self.voice, self.facts
		display, _, addr = v.say('from').partition(' | ')
		f['fromaddr'] = slugged(addr)
		f['Fdom'] = f['fromaddr'].rpartition('@')[2]
		f['Fromdom'] = registrable(f['Fdom'])
		hacked = self.spam and self.section.meta.get('infra') != 'own'
		f['Sdom'] = f['Hacked'] if hacked else f['Fromdom']
		f['Trackdom'] = 'em%d.%s' % (v.rng.randint(100, 9999), f['Fromdom'])
		f['Shost'] = v.say('hostname')
		f['Shost0'] = f['Sdom']
		self.display = display.strip()
		self.subject = v.say('subject')
		self.program = self.pools.program(v, self.section, hacked)
		if self.program.name in ('yahoo', 'gmail') and f['Fdom'] in v.texts.lists['freemail']:
			f['fromaddr'] = f['fromaddr'].replace(f['Fdom'], self.program.name + '.com')
			f['Fdom'] = f['Fromdom'] = self.program.name + '.com'
		f['HopA'] = v.expand('<upper:2><n:1-9>PR<n:10-99>MB<n:1000-9999>')
		f['O365'], f['O365B'] = v.expand('<upper:2><n:1-9>PR<n:10-99>MB<n:1000-9999> <upper:2>0P<n:100-300>CA<n:1000-9999>').split()
		self._draw_route(hacked)
		self.blocks = [(m, parts.code(v, t) if m == 'code' else t) for m, t in body.blocks_of(v.say('body'))]
		if self.spam and v.chance(float(self.section.meta.get('veil', '0.08'))):
			self._veil()
		if 'attach' in self.section.slots:
			self.attached = [parts.attachment(v, x) for x in v.say('attach').split(' + ') if x != 'none']

	def _draw_route(self, hacked):
		v, f = self.voice, self.facts
		f['Rdns'] = v.expand(self.program.meta['host'])
		f['Helo'] = f['Rdns']
		if '<Shost>' in self.program.meta['host'] and not self.server:
			if v.chance(0.12 if self.spam else 0.05):
				f['Rdns'] = 'unknown'
			elif v.chance(0.12):
				f['Rdns'] = v.say('rdns')
		if 'envelope' in self.program.meta:
			f['envfrom'] = v.expand(self.program.meta['envelope'])
		elif self.program.name == 'phpmail' and v.chance(0.7):
			f['envfrom'] = v.expand('{www-data|<lower:7>|apache}@<Shost>')
		else:
			f['envfrom'] = f['fromaddr'] if not hacked or v.chance(0.5) else v.expand('{info|admin|contact|<lower:6>|noreply}@<Hacked>')
		if self.section.meta.get('envelope') == 'empty' or (self.spam and v.chance(0.03)):
			f['envfrom'] = ''
		if self.server:
			f['Rdns'] = f['Helo'] = v.expand(self.server.meta['host'])
			f['envfrom'] = v.expand(self.server.meta['envelope'])
		f['envdom'] = f['envfrom'].rpartition('@')[2] or f['Helo']
		self._draw_auth()

	def _draw_auth(self):
		v, f = self.voice, self.facts
		spoof = self.spam and not f['Fdom'].endswith(f['Sdom'])
		spf, dkim = LIST_AUTH if self.server else SPOOF_AUTH if spoof else SPAM_AUTH if self.spam else HAM_AUTH
		f['spf'], f['dkim'] = weighted(v.rng, spf), weighted(v.rng, dkim)
		if 'envelope' in self.program.meta or self.program.name in ('gmail', 'yahoo'):
			f['spf'] = 'pass'
			f['dkim'] = f['dkim'] if self.server else 'pass'
		aligned = f['envdom'].endswith(f['Fromdom'])
		f['dkimdom'] = f['Fromdom'] if not self.spam or self.section.meta.get('infra') == 'own' else f['Sdom']
		if self.program.name == 'sendgrid' and v.chance(0.3):
			f['dkimdom'] = 'sendgrid.net'
		good = (f['spf'] == 'pass' and aligned) or (f['dkim'] == 'pass' and f['dkimdom'] == f['Fromdom'])
		f['dmarc'] = 'pass' if good else v.pick(('fail', 'none', 'none', 'bestguesspass'))
		f['dmarcaction'] = 'none' if good else v.pick(('none', 'none', 'quarantine', 'oreject'))
		f['compauth'] = v.pick(('pass reason=100', 'pass reason=109')) if good else v.pick(
			('fail reason=001', 'none reason=451', 'fail reason=000', 'pass reason=130'))
		f['spfword'] = SPFWORD[f['spf']] if self.site.name == 'office365' else f['spf']
		f['spfwhy'] = {'pass': 'domain of <envfrom> designates <Ip> as permitted sender',
			'none': '<envdom> does not designate permitted sender hosts'}.get(
			f['spf'], 'domain of <envfrom> does not designate <Ip> as permitted sender')
		f['spfwhy'] = v.expand(f['spfwhy'])
		f['dkimwhy'] = {'pass': 'signature was verified', 'none': 'message not signed'}.get(f['dkim'], 'body hash did not verify')
		if f['dkim'] == 'none':
			f['dkimdom'] = 'none'
		line = ['spf=%s smtp.mailfrom=%s' % (f['spf'], f['envfrom'] or f['Helo']), 'dkim=%s header.d=%s' % (f['dkim'], f['dkimdom'])
			if f['dkim'] != 'none' else 'dkim=none', 'dmarc=%s header.from=%s' % (f['dmarc'], f['Fromdom'])]
		v.rng.shuffle(line)
		f['authline'] = '; '.join(line)

	def _veil(self):
		v = self.voice
		way = v.rng.randrange(4)
		out = []
		for mark, text in self.blocks:
			if mark in ('p', 'h', 'btn') and way == 0:
				text = re.sub(r'(\w{3})(\w{3,})', lambda m: m.group(1) + v.pick(('\u200b', '\u200c', '\u00ad', '')) + m.group(2), text)
			elif mark in ('p', 'h') and way == 1:
				text = ' '.join(w.translate(SOUNDALIKE) if v.chance(0.4) and 'http' not in w else w for w in text.split(' '))
			out.append((mark, text))
		if way == 2:
			out.append(('hid', v.say('filler') + ' ' + v.say('filler')))
		if way == 3 and v.scenario.lang == 'en':
			self.subject = self.subject.translate(SOUNDALIKE)
		self.blocks = out

	def link(self):
		"""An address to link: mostly the message's one, or another where many are usual."""
		v = self.voice
		if self.main_link is None or 'links' in self.section.meta:
			if self.voice.has('link'):
				self.main_link = v.say('link')
			else:
				self.main_link = v.say('url-' + v.pick(self.section.get('link', 'wp' if self.spam else 'site')))
		return self.main_link

	def image(self, kind):
		"""An image tag; `cid` and `qr` images are carried along, others fetched."""
		v = self.voice
		if kind in ('cid', 'qr'):
			ident = v.expand('{image00<n:1-4>.png@01D<HEX:5>.<HEX:8>|<alnum:12>|ii_<alnum:10>}')
			self.images.append((ident, kind))
			tag = '<img src="cid:%s" width="%d" alt="%s">' % (ident, v.rng.randint(120, 600), v.pick(('', '', 'image')))
			return '<a href="%s">%s</a>' % (self.link(), tag) if self.spam and kind == 'cid' and v.chance(0.7) else tag
		if kind == 'pixel':
			return '<img src="%s" width="1" height="1" alt="">' % v.say('url-pixel')
		return '<img src="%s" width="%d"%s alt="%s" border="0">' % (v.say('url-image'), v.rng.randint(80, 600),
			v.pick(('', ' height="%d"' % v.rng.randint(20, 300))), v.pick(('', self.facts['Brand'])))

	# ---- how: MIME

	def build_mime(self):
		"""The body's bytes and the MIME header lines."""
		v = self.voice
		style = self.program.meta.get('html', 'layout')
		shape = v.pick(self.section.get('shape', 'auto'))
		if shape == 'auto':
			shape = {'none': 'text', 'thunderbird': v.pick(('text', 'text', 'alt')), 'layout': v.pick(('html', 'alt')),
				'plain': v.pick(('text', 'alt', 'html'))}.get(style, v.pick(('alt', 'alt', 'text')))
		if style == 'none':
			shape = 'text'
		wish = 'base64' if shape == 'html64' else v.pick(self.program.get('encode'))
		latin = v.chance(0.18)
		made = []
		if shape in ('text', 'alt'):
			text = body.as_text(self.blocks, self.link, v.pick((72, 76, 0)) if shape == 'text' or style == 'layout' else 0)
			text += self._foot_text()
			flowed = bool(self.program.meta.get('flowed')) and v.chance(0.5)
			made.append(parts.text_part(v, 'plain', text, wish, latin, flowed))
		if shape != 'text':
			made.append(parts.text_part(v, 'html', self._page(style), wish, latin))
		if self.images and v.chance(0.5):
			made[-1] = self._related(made[-1])
		head, data = made[0] if len(made) == 1 else self._join('alternative', made)
		head, data = self._related((head, data))
		if self.attached:
			head, data = self._join('mixed', [(head, data)] + self.attached)
		self.mime, self.data = head, data

	def _page(self, style):
		v = self.voice
		blocks = list(self.blocks)
		if self.section.meta.get('preheader') and v.chance(0.8):
			blocks.insert(0, ('hid', v.say('preheader')))
		if style == 'layout' and v.chance(0.15):
			blocks.append(('img', 'pixel'))
		foot = self._foot_text()
		if foot:
			blocks.append(('code', foot))
		if style == 'layout':
			names = body.LAYOUTS[self.pools.split]
			page = body.Layout(v.pick(names), v).page(blocks, self.link, self.image)
		else:
			page = body.program_html(style, blocks, self.link, self.image, v)
		if self.spam and v.chance(0.05):
			page = re.sub(r'(?<=[a-z])[aeo](?=[a-z]+[ .,])', lambda m: '&#%d;' % ord(m.group()) if v.chance(0.5) else m.group(), page)
		return page

	def _foot_text(self):
		if not self.server or 'foot' not in self.server.slots:
			return ''
		return '\n' + '\n'.join(self.voice.expand(x) for x in self.server.slots['foot']).replace('\\n', '\n') + '\n'

	def _related(self, part):
		if not self.images:
			return part
		made = [part]
		for ident, kind in self.images:
			head, data = parts.attachment(self.voice, '%s image%03d.png' % ('qr' if kind == 'qr' else 'png', len(made)))
			head[2] = head[2].replace('attachment', 'inline')
			made.append((head + ['Content-ID: <%s>' % ident], data))
		self.images = []
		return self._join('related', made)

	def _join(self, kind, made):
		v = self.voice
		mark = v.expand(BOUNDARIES.get(self.program.name, BOUNDARIES['']))
		data = b''
		for head, inner in made:
			data += ('--%s\n%s\n\n' % (mark, '\n'.join(head))).encode() + inner
		return ['Content-Type: multipart/%s; boundary="%s"' % (kind, mark)], data + ('--%s--\n' % mark).encode()

	# ---- the header

	def build_header(self):
		"""The author's own header lines, as the program spells and orders them."""
		v, f = self.voice, self.facts
		enc = ('utf-8', v.pick('bq'))
		f['now'] = self._stamp(v.when)
		reply = self.section.meta.get('reply', '0.05' if self.spam else '0.02')
		subject = self.subject
		ref = None
		if v.chance(float(reply)):
			ref = v.expand('<%s>' % v.pick(('alnum:28', 'hex:32', 'digits:14'))) + '@' + v.pick((f['Fdom'], 'mail.gmail.com', f['rcptdom'], f['Corp']))
			subject = v.pick(REPLY_MARKS.get(self.section.lang, ('Re:',))) + ' ' + subject
		f['bare'] = subject
		if self.server and 'prefix' in self.server.meta and v.chance(0.7):
			subject = '[%s] %s' % (v.expand(self.server.meta['prefix']), subject) if not ref else subject[:4] + '[%s] %s' % (
				v.expand(self.server.meta['prefix']), subject[4:])
		mid = v.expand(v.pick(self.program.slots['mid']))
		if self.spam and v.chance(0.02):
			mid = v.expand('{<alnum:12>|<hex:20>@localhost|<digits:10>@|<rcpt>}')
		type_line = self.mime[0].split(': ', 1)[1]
		table = {'@from': ['From: ' + self._from(enc)], '@subject': ['Subject: ' + parts.words_of(subject, *enc)],
			'@date': ['Date: ' + self._stamp(self._dated())], '@mid': ['Message-ID: <%s>' % mid],
			'@mime': self._mime_lines(), '@mimetop': (['MIME-Version: 1.0'] + self.mime)[::1 if v.chance(0.5) else -1],
			'@refs': ['In-Reply-To: <%s>' % ref, 'References: <%s>' % ref] if ref else [],
			'@list': self._list_lines(), '@reply': self._reply(), '@to': self._to(enc)}
		self.lines = []
		for line in self.program.slots['headers']:
			chance, _, rest = line.partition(' ') if line[0] == '?' else ('?100', '', line)
			if v.rng.random() * 100 >= int(chance[1:]):
				continue
			if rest in table:
				self.lines += table[rest]
			elif rest[0] != '@':
				rest = rest.replace('@type', type_line).replace('@bare', parts.words_of(f['bare'], *enc))
				rest = rest.replace('@cte', self.mime[-1].partition(': ')[2] if len(self.mime) > 1 else '7bit')
				self.lines.append(v.expand(rest.replace('@toline', f['Listaddr'] if self.server else f['rcpt'])))
		self._complete(type_line)
		if 'headers' in self.section.slots:
			self.lines += [v.expand(x) for x in self.section.slots['headers']]
		if self.spam and v.chance(0.025):
			self.lines = [x for x in self.lines if not x.startswith(v.pick(('Date:', 'To:', 'Message-ID:')))]

	def _complete(self, type_line):
		if not any(x.startswith('Content-Type:') for x in self.lines) and 'multipart' in type_line + str(self.mime[1:]):
			self.lines += ['MIME-Version: 1.0'] + self.mime
		elif not any(x.startswith('Content-Type:') for x in self.lines) and not self.data.isascii():
			self.lines = [x for x in self.lines if not x.startswith(('Content-', 'MIME-'))] + ['MIME-Version: 1.0'] + self.mime
		elif not any(x.startswith('Content-T') for x in self.lines) and len(self.mime) > 1:
			self.lines.append(self.mime[1])
		if len(self.mime) < 2 or self.mime[1].endswith('7bit'):
			return
		if not any(x.startswith('Content-Transfer') for x in self.lines):
			self.lines.append(self.mime[1])

	def _mime_lines(self):
		given = any('Mime-Version' in x or 'MIME-Version' in x for x in self.program.slots['headers'])
		return self.mime if given else self.mime + ['MIME-Version: 1.0']

	def _dated(self):
		v = self.voice
		if self.spam and v.chance(0.03):
			return v.when + datetime.timedelta(hours=v.rng.randint(-60, 30))
		return v.when - datetime.timedelta(seconds=v.rng.randint(1, 90))

	def _stamp(self, when):
		zone = self.facts.setdefault('zone', self.voice.pick(('+0000', '+0000', '+0100', '+0200', '-0500', '-0700', '+0800', '+0530', '+0900', '-0300', '+0300')))
		hours = int(zone[:3])
		return (when + datetime.timedelta(hours=hours)).strftime('%a, %d %b %Y %H:%M:%S ') + zone

	def _from(self, enc):
		v, addr = self.voice, self.facts['fromaddr']
		name = self.display
		if self.server and self.server.meta.get('munge') and v.chance(0.25):
			name, addr = '%s via %s' % (name, self.facts['List']), self.facts['Listaddr']
		if not name:
			return v.pick((addr, '<%s>' % addr))
		if name.isascii() and (re.search(r'[^\w \'-]', name) or v.chance(0.3)):
			name = '"%s"' % name.replace('"', '')
		return '%s <%s>' % (parts.words_of(name, *enc), addr)

	def _to(self, enc):
		v, f = self.voice, self.facts
		if self.server:
			to = v.expand(self.server.meta.get('to', '<Listaddr>'))
			cc = ['Cc: ' + v.expand(self.server.meta['cc'])] if 'cc' in self.server.meta and v.chance(0.5) else []
			return [ascii_only(x) for x in ['To: ' + to] + cc]
		if self.voice.has('to'):
			to = v.say('to')
			return ['To: ' + to] if to != 'none' else []
		cc = []
		if self.section.meta['group'] in ('person', 'mal', 'fraud', 'phish') and v.chance(0.1):
			cc = ['Cc: %s <%s>' % (parts.words_of(v.say('person'), *enc), v.expand('<lower:6>@<rcptdom>'))]
		name = v.pick((f['rcptname'], f['rcpt'], '', '', f['rcptuser']))
		name = '"%s"' % name if '@' in name or '.' in name else name
		return ['To: ' + ('%s <%s>' % (name, f['rcpt']) if name else v.pick((f['rcpt'], '<%s>' % f['rcpt'], f['rcpt'])))] + cc

	def _reply(self):
		if self.voice.has('reply-to'):
			to = self.voice.say('reply-to')
			return ['Reply-To: ' + slugged(to)] if to != 'none' else []
		return ['Reply-To: ' + self.facts['fromaddr']] if self.voice.chance(0.06) else []

	def _list_lines(self):
		v = self.voice
		chance = float(self.section.meta.get('unsub', 0.12))
		if not v.chance(chance):
			return []
		url = v.say('url-unsub')
		lines = ['List-Unsubscribe: ' + v.pick(('<%s>' % url, '<mailto:unsubscribe@%s?subject=%s>, <%s>' % (
			self.facts['Trackdom'], v.letters('alnum', 16), url)))]
		if v.chance(0.65):
			lines.append('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
		if v.chance(0.25):
			lines.append('List-Id: <%s.%s>' % (v.letters('digits', 6), self.facts['Trackdom']))
		if v.chance(0.25):
			lines.append('Precedence: bulk')
		return lines

	# ---- the way

	def build_way(self):
		"""Signature, hops, list server and receiving site, bottom to top."""
		v, f = self.voice, self.facts
		clock = [v.when]

		def put(line):
			chance, _, rest = line.partition(' ') if line[0] == '?' else ('?100', '', line)
			if v.rng.random() * 100 >= int(chance[1:]):
				return None
			clock[0] += datetime.timedelta(seconds=v.rng.choice((0, 0, 1, 1, 2, 3, 7)))
			f['now'] = self._stamp(clock[0])
			return v.expand(rest).replace('«', '<').replace('»', '>')

		way = [x for x in (put(h) for h in self.program.slots.get('hops', [])) if x]
		way = ['Received: ' + x for x in way]
		if f['dkim'] != 'none':
			way.append(v.expand('DKIM-Signature: v=1; a=rsa-sha256; c={relaxed/relaxed|relaxed/simple}; d=%s; s={default|s1|selector1|mail|dkim|k1|20230601|<lower:6>}; h=from:to:subject:date:message-id; bh=<alnum:43>=; b=<alnum:86>==' % f['dkimdom']))
		tail = []
		if self.server:
			way += ['Received: ' + put(h) for h in self.server.slots['hops']]
			tail = [x for x in (put(h) for h in self.server.slots['headers']) if x]
			way = way[-v.rng.randint(min(2, len(way)), len(way)):]
		top = [x for x in (put(h) for h in reversed(self.site.slots['top'])) if x]
		bottom = [x for x in (put(h) for h in self.site.slots.get('bottom', [])) if x]
		self.top, self.way, self.tail, self.bottom = top[::-1], way[::-1], tail, bottom

	def bytes(self):
		"""The message as it was kept."""
		v = self.voice
		kept = v.rng.choices(('full', 'stripped', 'few'), (68, 22, 10))[0]
		lines = self.lines + self.tail
		if kept == 'full':
			lines = self.top + self.way + lines + self.bottom
		elif kept == 'few':
			lines = [x for x in lines if x.split(':')[0].lower() in KEEP]
		text = '\n'.join(fold_line(x) for x in lines).replace('«', '<').replace('»', '>')
		out = text.encode('utf-8') + b'\n\n' + self.data
		if kept == 'full' and (self.site.meta.get('mbox') or v.chance(0.06)):
			out = ('From %s %s\n' % (self.facts['envfrom'] or 'MAILER-DAEMON', v.when.strftime('%a %b %e %H:%M:%S %Y'))).encode() \
				+ re.sub(rb'(?m)^From ', b'>From ', out)
		return out.replace(b'\r\n', b'\n').replace(b'\n', b'\r\n') if v.chance(0.12) else out


REPLY_MARKS = {'de': ('AW:', 'Re:'), 'nl': ('RE:', 'Re:'), 'pl': ('Odp:', 'Re:'), 'it': ('R:', 'Re:'), 'en': ('Re:', 'RE:', 'Re:')}


def ascii_only(line):
	"""A line of addresses whose names have lost what is not ASCII, as simple programs write them."""
	line = unicodedata.normalize('NFKD', line.replace('«', '<').replace('»', '>'))
	return re.sub(r'(^\w+:|,) +', r'\1 ', line.encode('ascii', 'ignore').decode())


def slugged(addr):
	"""An address in small letters without spaces or accents."""
	user, _, dom = addr.strip().rpartition('@')
	clean = unicodedata.normalize('NFKD', user).encode('ascii', 'ignore').decode()
	return '%s@%s' % (re.sub(r'\s+', '', clean) or 'info', dom.lower())


def fold_line(line):
	"""A header line folded where it is long, as servers do."""
	out = []
	for piece in line.split('\n'):
		while len(piece) > 98 and ' ' in piece[20:90]:
			cut = piece.rindex(' ', 20, 90)
			out.append(piece[:cut])
			piece = '\t' + piece[cut + 1:]
		out.append(piece)
	return '\n'.join(out)
