/* hidden-text, letters, greeting, and the near misses of wording (its hits are made of the table
 * itself in check.c). */
#include "check.h"

#define ZW    "\xe2\x80\x8b"
#define SHY   "\xc2\xad"
#define TEN(x) x x x x x x x x x x
#define HIDE(x) "<div style=\"display:none\">" x "</div>"
#define LINE  "harvest weather schedule committee decision budget garden "

const struct check_case text_cases[] = {
	{"hidden-text/preview !hidden-text/long !hidden-text/most", HTML,
		HIDE("Your June statement is ready to view") "<p>Hello Bob</p>"},
	{"!hidden-text/preview", HTML, HIDE(ZW ZW ZW "&nbsp; &zwnj;") "<p>Hello Bob</p>"},
	{"hidden-text/long hidden-text/most", HTML, HIDE(TEN(LINE)) "<p>Hello Bob</p>"},
	{"hidden-text/long !hidden-text/most", HTML, HIDE(TEN(LINE)) "<p>" TEN(LINE) LINE "</p>"},
	{"hidden-text/zero-width !hidden-text/zero-width-many", "", "Your pass" ZW "word is safe"},
	{"!hidden-text/zero-width", "", "Your " ZW "password" ZW " is safe"},
	{"hidden-text/zero-width-many", "Subject: Pass" ZW "word\n", NULL},
	{"hidden-text/zero-width-many", "", "Y" ZW "our p" ZW "a" ZW "s" ZW "s" ZW "word"},
	{"!hidden-text/zero-width-many", "Subject: Password" ZW "\n", NULL},
	{"hidden-text/soft-hyphen", "", TEN("p" SHY "a" SHY "y" SHY "pal ")},
	{"!hidden-text/soft-hyphen", "", TEN(LINE) TEN("Donau" SHY "dampf ")},
	{"hidden-text/turned", "", "invoice \xe2\x80\xae" "fdp.exe"},
	{"!hidden-text/turned", "", "invoice \xe2\x80\x93 fdp.exe"},
	{"hidden-text/link", HTML, HIDE("<a href=\"https://example.org/\">x</a>") "<p>Hello</p>"},
	{"!hidden-text/link", HTML, "<a href=\"https://example.org/\">x</a><p>Hello</p>"},
	{"hidden-text/comments", HTML,
		TEN("V<!--a-->i<!--b-->a<!--c-->g<!--d-->r<!--e-->a")},
	{"!hidden-text/comments", HTML, "<!--[if mso]><!--[endif]--><p>" LINE "</p>"},

	{"letters/mixed !letters/mixed-many", "", "Your \xd1\x80" "assword"},
	{"!letters/mixed", "", "IT-\xd1\x81\xd0\xbf\xd0\xb5\xd1\x86\xd0\xb8\xd0\xb0\xd0\xbb\xd0\xb8\xd1\x81\xd1\x82"},
	{"letters/mixed-many", "", TEN("p\xd0\xb0ypal ")},
	{"!letters/mixed-many", "", TEN("\xd0\xb0 paypal ")},
	{"letters/mixed-subject", "Subject: Your p\xd0\xb0ypal\n", NULL},
	{"!letters/mixed-subject", "Subject: Your paypal \xd0\xb0\n", NULL},
	{"letters/mixed-from", "From: P\xd0\xb0ypal <x@example.net>\n", NULL},
	{"!letters/mixed-from", "From: \xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0 <x@example.net>\n", NULL},
	{"letters/full-width", "", "\xef\xbc\xa6\xef\xbc\xb2\xef\xbc\xa5\xef\xbc\xa5"},
	{"!letters/full-width", "",
		"\xe3\x81\x93\xe3\x82\x93 \xef\xbc\xa6\xef\xbc\xb2\xef\xbc\xa5\xef\xbc\xa5"},
	{"letters/maths", "", "\xf0\x9d\x90\x80" "ccount"},
	{"!letters/maths", "", "\xe2\x88\x91 account"},
	{"letters/maths-subject", "Subject: \xf0\x9d\x90\x80" "ccount\n", NULL},
	{"!letters/maths-subject", "Subject: \xe2\x88\x91 account\n", NULL},
	{"letters/gaps", "Subject: V i a g r a s for you\n", NULL},
	{"!letters/gaps", "Subject: A to Z of a b c\n", NULL},
	{"letters/shouting", "Subject: YOU HAVE WON A PRIZE\n", NULL},
	{"!letters/shouting", "Subject: You have WON A prize\n", NULL},
	{"letters/emoji-subject", "Subject: \xf0\x9f\x8e\x81 for you\n", NULL},
	{"!letters/emoji-subject", "Subject: caf\xc3\xa9 for you\n", NULL},

	{"greeting/generic", "", "Dear Customer,\nyour bill is ready."},
	{"!greeting/generic", "", "Dear Mr Customerly,\nyour bill is ready."},
	{"greeting/generic", "", "Sehr geehrter  Kunde,\n"},
	{"greeting/intimate", "", "My dear, I am a widow."},
	{"!greeting/intimate", "", "Oh dear, I am late."},
	{"greeting/address !greeting/body-address", "", "Dear bob@example.com,\nhello"},
	{"greeting/address", "Delivered-To: bob.miller@example.com\n", "Hello bob.miller,\nhello"},
	{"!greeting/address greeting/body-address", "", "This went to bob@example.com as you asked."},
	{"!greeting/body-address", "", "This went to rob@example.org as you asked."},
	{"greeting/subject-address", "Subject: Notice for bob@example.com\n", NULL},
	{"!greeting/subject-address", "Subject: Notice for bob\n", NULL},
	{"greeting/subject-local", "Delivered-To: bmiller@example.com\nSubject: bmiller, pay now\n", NULL},
	{"!greeting/subject-local", "Delivered-To: bmiller@example.com\nSubject: bmillers, pay\n", NULL},
	{"greeting/subject-domain", "Subject: example.com mailbox\n", NULL},
	{"!greeting/subject-domain",
		"From: It <it@example.com>\nSubject: example.com mailbox\n", NULL},
	{"greeting/own-domain", "", "Your example.com mailbox"},
	{"!greeting/own-domain", "", "Your example.org mailbox"},

	{"!wording/verify", "", "You verify, your account says."},
	{"wording/verify", "", "Please VERIFY\n your  PayPal account today"},
	{"wording/verify", "", "v\xc3\xa9rifier votre compte"},
	{"wording/verify", "", "ver" ZW "ify your account"},
	{"wording/verify", "", "\xe6\x9c\xac\xe4\xba\xba\xe7\xa2\xba\xe8\xaa\x8d\xe3\x81\x8c\xe5\xbf\x85\xe8\xa6\x81"},
	{"wording/suspended", "", "\xd0\x90\xd0\x9a\xd0\x9a\xd0\x90\xd0\xa3\xd0\x9d\xd0\xa2 "
		"\xd0\xb7\xd0\xb0\xd0\xb1\xd0\xbb\xd0\xbe\xd0\xba\xd0\xb8\xd1\x80\xd0\xbe\xd0\xb2\xd0\xb0\xd0\xbd."},
	{"!wording/urgent", "", "It is urgent."},
	{"wording/urgent", "", "It is urgent: immediately!"},
	{NULL, NULL, NULL},
};
