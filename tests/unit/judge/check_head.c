/* received, date, message-id, auth, bulk, structure, encoding. */
#include "check.h"

#define BY      "by mail.example.com (Postfix) with ESMTPS id 1 for <bob@example.com>; "
#define AT      "Mon, 2 Jun 2025 10:00:05 +0000\n"
#define FROM(x) "Received: from " x " " BY AT
#define TWO(x)                                                                                     \
	FROM("mx.example.net (mx.example.net [198.51.100.7])")                                     \
	"Received: " x "\n"
#define ALT   "Content-Type: multipart/alternative; boundary=b\n"
#define B64   "Content-Transfer-Encoding: base64\n"
#define WORDS "The minutes of yesterday's meeting about harvest weather schedule committee "       \
	"decision budget garden repair window painting summer holiday plans neighbours school\n"
#define OTHER "Congratulations winner claim prize today voucher casino bonus account verify click " \
	"urgent payment bitcoin wallet transfer security locked password expire identity confirm\n"

/* What was proven: all of it, the contrary, something between, that there is nothing, and nothing
 * for want of answers. */
static const struct auth proven = {.has_client = true,
	.iprev = IPREV_PASS,
	.helo = IPREV_HELO_OWN,
	.spf_helo = {.domain = SPAN("mx.example.net")},
	.spf = {.result = SPF_PASS, .domain = SPAN("example.net")},
	.dkim = {.n = 1, .signature = {{.result = DKIM_PASS, .domain = SPAN("mail.example.net")}}},
	.arc = {.result = ARC_PASS},
	.dmarc = {.result = DMARC_PASS, .from = SPAN("example.net"), .policy = DMARC_ASK_REJECT}};
static const struct auth refuted = {.has_client = true,
	.iprev = IPREV_PERMERROR,
	.helo = IPREV_HELO_OTHER,
	.spf_helo = {.domain = SPAN("mx.example.org")},
	.spf = {.result = SPF_FAIL, .domain = SPAN("example.net"), .mechanism = SPAN("-all")},
	.dkim = {.n = 1, .signature = {{.result = DKIM_FAIL, .domain = SPAN("example.net")}}},
	.arc = {.result = ARC_FAIL},
	.dmarc = {.result = DMARC_FAIL,
		.from = SPAN("example.net"),
		.found_at = SPAN("example.net"),
		.policy = DMARC_ASK_REJECT}};
static const struct auth doubtful = {.has_client = true,
	.iprev = IPREV_FAIL,
	.helo = IPREV_HELO_NOWHERE,
	.spf_helo = {.domain = SPAN("mx.example.org")},
	.spf = {.result = SPF_SOFTFAIL, .domain = SPAN("example.net")},
	.dkim = {.n = 2,
		.signature = {{.result = DKIM_FAIL, .domain = SPAN("example.net")},
			{.result = DKIM_PASS, .domain = SPAN("example.org")}}},
	.dmarc = {.result = DMARC_FAIL, .from = SPAN("example.net")}};
/* Handed on with its sender kept, and proven by its own signature; by DMARC; by a chain of seals. */
#define FORWARDED .has_client = true, .iprev = IPREV_PASS, .spf = {.result = SPF_FAIL, .domain = SPAN("example.net")}
static const struct auth signed_forward = {FORWARDED,
	.dkim = {.n = 2,
		.signature = {{.result = DKIM_PASS, .domain = SPAN("example.org")},
			{.result = DKIM_PASS, .domain = SPAN("example.net")}}},
	.dmarc = {.result = DMARC_NONE, .from = SPAN("example.net")}};
static const struct auth dmarc_forward = {
	FORWARDED, .dmarc = {.result = DMARC_PASS, .from = SPAN("example.net")}};
static const struct auth sealed_forward = {FORWARDED,
	.arc = {.result = ARC_PASS},
	.dmarc = {.result = DMARC_FAIL, .from = SPAN("example.net")}};
static const struct auth foreign_forward = {FORWARDED,
	.dkim = {.n = 2,
		.signature = {{.result = DKIM_PASS, .domain = SPAN("example.org")},
			{.result = DKIM_POLICY, .domain = SPAN("example.net")}}},
	.arc = {.result = ARC_FAIL},
	.dmarc = {.result = DMARC_NONE, .from = SPAN("example.net")}};
static const struct auth unheard = {.has_client = true,
	.iprev = IPREV_PASS,
	.spf = {.result = SPF_NONE, .domain = SPAN("example.net")},
	.dmarc = {.result = DMARC_NONE, .from = SPAN("example.net")}};
static const struct auth unanswered = {.has_client = true,
	.iprev = IPREV_TEMPERROR,
	.spf = {.result = SPF_TEMPERROR, .domain = SPAN("example.net")},
	.dkim = {.n = 1, .signature = {{.result = DKIM_TEMPERROR, .domain = SPAN("example.net")}}},
	.arc = {.result = ARC_TEMPERROR},
	.dmarc = {.result = DMARC_TEMPERROR, .from = SPAN("example.net")}};

const struct check_case head_cases[] = {
	{"received/none", "!Received\n", NULL},
	{"received/one !received/none", "", NULL},
	{"!received/one", TWO("from pc (pc.example.net [198.51.100.9]) by mx.example.net; Mon, 2 Jun "
			      "2025 10:00:01 +0000"), NULL},
	{"received/time-back", TWO("from pc (pc.example.net [198.51.100.9]) by mx.example.net; Mon, 2 "
				   "Jun 2025 23:00:01 +0000"), NULL},
	{"received/slow !received/time-back",
		TWO("from pc (pc.example.net [198.51.100.9]) by mx.example.net; Sun, 1 Jun 2025 "
		    "10:00:01 +0000"), NULL},
	{"!received/time-back !received/slow", TWO("from pc (pc.example.net [198.51.100.9]) by mx.example.net; Mon, 2 "
				    "Jun 2025 09:50:01 +0000"), NULL},
	{"received/helo-own", FROM("mail.example.com (unknown [198.51.100.7])"), NULL},
	{"!received/helo-own", FROM("mail.example.net (unknown [198.51.100.7])"), NULL},
	{"received/helo-brand", FROM("mx.paypal.com (pool.isp.net [198.51.100.7])"), NULL},
	{"!received/helo-brand", FROM("mx.paypal.com (mx1.paypal.com [198.51.100.7])"), NULL},
	{"received/helo-ip", FROM("198.51.100.7 (mx.example.net [198.51.100.7])"), NULL},
	{"!received/helo-ip", FROM("[198.51.100.7] (mx.example.net [198.51.100.7])"), NULL},
	{"received/helo-other-ip", FROM("8.8.4.4 (mx.example.net [198.51.100.7])"), NULL},
	{"!received/helo-other-ip", FROM("198.51.100.7 (mx.example.net [198.51.100.7])"), NULL},
	{"received/helo-no-dot", FROM("WIN10PC (mx.example.net [198.51.100.7])"), NULL},
	{"!received/helo-no-dot", FROM("mx.example.net (mx.example.net [198.51.100.7])"), NULL},
	{"received/helo-localhost", FROM("localhost (mx.example.net [198.51.100.7])"), NULL},
	{"!received/helo-localhost", FROM("localhosting.net (mx.example.net [198.51.100.7])"), NULL},
	{"received/no-rdns", FROM("mx.example.net (unknown [198.51.100.7])"), NULL},
	{"!received/no-rdns", FROM("mx.example.net (mx.example.net [198.51.100.7])"), NULL},
	{"received/rdns-dynamic", FROM("x.net (198-51-100-7.dsl.isp.net [198.51.100.7])"), NULL},
	{"!received/rdns-dynamic", FROM("x.net (mx7.isp.net [198.51.100.7])"), NULL},
	{"received/rdns-other", FROM("mx.x.net (mx7.isp.net [198.51.100.7])"), NULL},
	{"!received/rdns-other", FROM("mx.isp.net (mx7.isp.net [198.51.100.7])"), NULL},
	{"received/aligned", FROM("mx.example.net (mx.example.net [198.51.100.7])"), NULL},
	{"!received/aligned", FROM("mx.isp.net (mx7.isp.net [198.51.100.7])"), NULL},
	{"received/impossible", TWO("hello"), NULL},
	{"!received/impossible", TWO("by mx.example.net; Mon, 2 Jun 2025 09:59:01 +0000"), NULL},
	{"received/bad-address", TWO("from x (x [198.51.300.7]) by y; Mon, 2 Jun 2025 09:59:01 +0000"),
		NULL},
	{"!received/bad-address", TWO("from x (x [198.51.100.7]) by y (8.13.300.1); Mon, 2 Jun 2025 "
				      "09:59:01 +0000"), NULL},
	{"received/web-user", TWO("by web.example.net (Postfix, from userid 33) id 1; Mon, 2 Jun 2025 "
				  "09:59:01 +0000"), NULL},
	{"!received/web-user", TWO("by web.example.net (Postfix, from userid 1000) id 1; Mon, 2 Jun "
				   "2025 09:59:01 +0000"), NULL},
	{"received/encrypted !received/plain", "", NULL},
	{"received/plain !received/encrypted",
		"Received: from mx.example.net (mx.example.net [198.51.100.7]) by mail.example.com "
		"with SMTP; " AT, NULL},
	{"received/inside",
		"Received: from pc.example.net (pc.example.net [10.0.0.7]) by mail.example.com with "
		"SMTP; " AT, NULL},
	{"!received/inside", "", NULL},

	{"date/missing", "!Date\n", NULL},
	{"date/near !date/missing !date/unreadable !date/odd !date/zone !date/future !date/past", "",
		NULL},
	{"date/unreadable", "Date: yesterday\n", NULL},
	{"date/odd", "Date: Mon, 2 Jun 25 10:00:00 +0000\n", NULL},
	{"date/zone", "Date: Mon, 2 Jun 2025 10:00:00 +0007\n", NULL},
	{"date/future !date/future-far", "Date: Mon, 2 Jun 2025 16:00:00 +0000\n", NULL},
	{"date/future-far !date/future", "Date: Fri, 6 Jun 2025 16:00:00 +0000\n", NULL},
	{"date/past !date/past-far !date/near", "Date: Wed, 28 May 2025 16:00:00 +0000\n", NULL},
	{"date/past-far !date/past", "Date: Tue, 28 May 2024 16:00:00 +0000\n", NULL},

	{"message-id/missing", "!Message-ID\n", NULL},
	{"message-id/aligned !message-id/missing !message-id/malformed", "", NULL},
	{"message-id/malformed !message-id/aligned", "Message-ID: 1@example.net\n", NULL},
	{"message-id/no-domain", "Message-ID: <1@desktop>\n", NULL},
	{"!message-id/no-domain message-id/unrelated", "Message-ID: <1@desktop.example.org>\n", NULL},
	{"message-id/own-host", "Message-ID: <1@mail.example.com>\n", NULL},
	{"!message-id/own-host message-id/aligned",
		"From: Carl <carl@example.com>\nMessage-ID: <1@mail.example.com>\n", NULL},
	{"message-id/localhost", "Message-ID: <1@localhost.localdomain>\n", NULL},
	{"!message-id/localhost", "Message-ID: <1@localhosting.net>\n", NULL},
	{"message-id/ip", "Message-ID: <1@[192.0.2.1]>\n", NULL},
	{"!message-id/ip", "Message-ID: <1@192.0.2.1.example.org>\n", NULL},
	{"message-id/service",
		"Message-ID: <1@shop-mail.com>\nDKIM-Signature: v=1; a=rsa-sha256; d=shop-mail.com; s=a\n",
		NULL},
	{"!message-id/service message-id/unrelated", "Message-ID: <1@shop-mail.com>\n", NULL},
	{"message-id/freemail", "Message-ID: <1@mail.gmail.com>\n", NULL},
	{"!message-id/freemail", "From: Anna <anna@gmail.com>\nMessage-ID: <1@mail.gmail.com>\n", NULL},
	{"!message-id/unrelated", "Message-ID: <1@example.org>\nList-Id: <l.example.net>\n", NULL},

	{"auth/dmarc-fail auth/spf-fail auth/dkim-fail",
		"Authentication-Results: mail.example.com; dmarc=fail header.from=example.net; spf=fail "
		"smtp.mailfrom=x; dkim=fail header.d=x\n", NULL},
	{"auth/dmarc-pass auth/spf-pass auth/dkim-pass auth/arc-pass !auth/dmarc-fail !auth/spf-fail "
	 "!auth/dkim-fail",
		"Authentication-Results: mail.example.com; dmarc=pass; spf=pass; dkim=pass; arc=pass\n",
		NULL},
	{"auth/spf-softfail !auth/spf-pass !auth/dmarc-pass !auth/dkim-pass !auth/arc-pass",
		"Authentication-Results: mail.example.com; spf=softfail (x); dkim=neutral\n", NULL},
	{"auth/spf-forwarded auth/dmarc-pass !auth/spf-fail",
		"Authentication-Results: mail.example.com; spf=fail; dmarc=pass\n", NULL},
	{"auth/spf-forwarded auth/arc-pass !auth/spf-softfail",
		"Authentication-Results: mail.example.com; arc=pass\n"
		"Authentication-Results: mail.example.com; spf=softfail\n", NULL},
	{"auth/spf-fail auth/dkim-pass !auth/spf-forwarded",
		"Authentication-Results: mail.example.com; dkim=pass header.d=x; spf=fail\n", NULL},
	{"auth/spf-none auth/dkim-none !auth/spf-softfail",
		"Authentication-Results: mail.example.com; spf=none; dkim=none\n", NULL},
	{"!auth/spf-none !auth/dkim-none", "", NULL},
	{"auth/results-forged !auth/dmarc-pass",
		"!Received\nReceived: from mx.example.net (mx.example.net [198.51.100.7]) " BY AT
		"Authentication-Results: mail.example.com; dmarc=pass\n", NULL},
	{"!auth/results-forged !auth/dmarc-pass",
		"!Received\nReceived: from mx.example.net (mx.example.net [198.51.100.7]) " BY AT
		"Authentication-Results: mx.example.net; dmarc=pass header.from=example.com\n", NULL},
	{"auth/unsigned !auth/signed-aligned !auth/signed-other", "", NULL},
	{"auth/signed-aligned !auth/unsigned", "DKIM-Signature: v=1; d=mail.example.net; s=a; b=x\n",
		NULL},
	{"auth/signed-other !auth/signed-aligned", "DKIM-Signature: v=1; s=a; d=example.org; b=x\n",
		NULL},
	{"auth/dmarc-pass auth/spf-pass auth/dkim-pass auth/dkim-own auth/signed-aligned auth/arc-pass "
	 "!auth/unsigned !auth/helo-other !auth/helo-nowhere !auth/reverse-none !auth/reverse-fail "
	 "!auth/dmarc-fail !auth/dkim-none !auth/spf-none", "", NULL, &proven},
	{"auth/dmarc-fail auth/dmarc-reject auth/spf-fail auth/dkim-fail auth/helo-other "
	 "auth/reverse-none !auth/dkim-own !auth/signed-aligned !auth/signed-other !auth/unsigned "
	 "!auth/spf-pass !auth/dmarc-pass",
		"DKIM-Signature: v=1; d=example.net; s=a; b=x\nAuthentication-Results: "
		"mail.example.com; dmarc=pass; spf=pass; dkim=pass\n", NULL, &refuted},
	{"auth/dmarc-fail !auth/dmarc-reject auth/spf-softfail auth/helo-nowhere auth/reverse-fail "
	 "auth/dkim-pass auth/signed-other !auth/dkim-own", "", NULL, &doubtful},
	{"auth/spf-forwarded !auth/spf-fail auth/dkim-own", "", NULL, &signed_forward},
	{"auth/spf-forwarded !auth/spf-fail auth/dmarc-pass", "", NULL, &dmarc_forward},
	{"auth/spf-forwarded !auth/spf-fail auth/dmarc-fail", "", NULL, &sealed_forward},
	{"auth/spf-fail !auth/spf-forwarded !auth/dkim-own", "", NULL, &foreign_forward},
	{"auth/spf-none auth/dkim-none auth/unsigned !auth/dmarc-fail !auth/reverse-none", "", NULL,
		&unheard},
	{"!auth/spf-fail !auth/spf-none !auth/spf-pass !auth/dmarc-fail !auth/dmarc-pass "
	 "!auth/reverse-fail !auth/reverse-none !auth/helo-other !auth/helo-nowhere !auth/dkim-fail "
	 "!auth/dkim-pass !auth/unsigned", "", NULL, &unanswered},

	{"bulk/precedence", "Precedence: bulk\n", NULL},
	{"!bulk/precedence", "Precedence: first-class\n", NULL},
	{"bulk/php-script", "X-PHP-Originating-Script: 33:a.php\n", NULL},
	{"!bulk/php-script", "X-Script: 33:a.php\n", NULL},
	{"bulk/mailer-script !bulk/mailer-none", "X-Mailer: PHPMailer 6.5\n", NULL},
	{"!bulk/mailer-script", "X-Mailer: Apple Mail (2.3)\n", NULL},
	{"bulk/old-mailer", "X-Mailer: Microsoft Outlook Express 6.00\n", NULL},
	{"!bulk/old-mailer", "X-Mailer: Microsoft Outlook Express 6.00\n"
		"Date: Sun, 2 Jun 2002 10:00:00 +0000\n", NULL},
	{"bulk/mailer-none", "", NULL},
	{"bulk/no-to", "!To\n", NULL},
	{"!bulk/no-to", "!To\nCc: bob@example.com\n", NULL},
	{"bulk/undisclosed", "To: undisclosed-recipients:;\n", NULL},
	{"!bulk/undisclosed", "", NULL},
	{"bulk/not-addressed", "To: carl@example.org\n", NULL},
	{"!bulk/not-addressed", "To: carl@example.org\nCc: bob@example.com\n", NULL},
	{"bulk/priority", "X-Priority: 1 (Highest)\n", NULL},
	{"!bulk/priority", "X-Priority: 3\n", NULL},
	{"bulk/many-to", "To: a@x.org, b@x.org, c@x.org, d@x.org, e@x.org, f@x.org, g@x.org, h@x.org, "
			 "i@x.org\n", NULL},
	{"!bulk/many-to", "To: a@x.org, b@x.org\n", NULL},
	{"bulk/receipt", "Disposition-Notification-To: anna@example.net\n", NULL},
	{"!bulk/receipt", "X-Disposition: none\n", NULL},
	{"bulk/campaign", "feedback-id: 1:2:3\n", NULL},
	{"!bulk/campaign", "X-Feedback: 1:2:3\n", NULL},

	{"bulk/automatic", "Auto-Submitted: auto-replied\n", NULL},
	{"!bulk/automatic", "Auto-Submitted: no\n", NULL},
	{"structure/report", "Content-Type: multipart/report; boundary=b\n", "--b\n\nx\n--b--\n"},
	{"!structure/report", "Content-Type: multipart/mixed; boundary=b\n", "--b\n\nx\n--b--\n"},

	{"structure/plain !structure/html-only", "", WORDS WORDS},
	{"structure/html-only !structure/plain", HTML, "<p>" WORDS "</p>"},
	{"structure/html-part-only !structure/html-only", "Content-Type: multipart/mixed; boundary=b\n",
		"--b\n" HTML "\n<p>" WORDS "</p>\n--b--\n"},
	{"!structure/html-part-only !structure/alternatives-differ !structure/empty-text", ALT,
		"--b\n\n" WORDS "\n--b\n" HTML "\n<p>" WORDS "</p>\n--b--\n"},
	{"structure/alternatives-differ", ALT,
		"--b\n\n" WORDS "\n--b\n" HTML "\n<p>" OTHER "</p>\n--b--\n"},
	{"structure/empty-text", ALT, "--b\n\n\n--b\n" HTML "\n<p>" WORDS WORDS "</p>\n--b--\n"},
	{"structure/no-mime-version", "!MIME-Version\nContent-Type: text/plain\n", NULL},
	{"!structure/no-mime-version", "", NULL},
	{"structure/no-charset", "Content-Type: text/html\n", "<p>x</p>"},
	{"!structure/no-charset", HTML, "<p>x</p>"},
	{"structure/many-tags", HTML,
		"<b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b>"
		"<b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b><b></b>"
		"<b></b><b></b><b></b><b></b><b></b>x"},
	{"!structure/many-tags", HTML, "<p>" WORDS "</p>"},
	{"structure/short", "", "Hi"},
	{"!structure/short", "", WORDS WORDS WORDS},
	{"structure/no-subject", "!Subject\n", NULL},
	{"!structure/no-subject !structure/long-subject", "", NULL},
	{"structure/long-subject", "Subject: " WORDS " " WORDS, NULL},

	{"encoding/base64-plain", B64, "SGVsbG8gQm9iLCBhbmQgbWFueSB0aGFua3MgZm9yIHRoZSBtaW51dGVzIG9mIGxhc3Qgd2Vlay4=\n"},
	{"!encoding/base64-plain", B64, "SGVsbG8gQm9iLCBtYW55IHRoYW5rcyBmb3IgdGhlIE3DvG5jaGVuIG1pbnV0ZXMgb2YgbGFzdCB3ZWVr\n"},
	{"encoding/base64-html !encoding/base64-plain", HTML B64, "PHA+SGVsbG8gQm9iLCBhbmQgbWFueSB0aGFua3MgZm9yIHRoZSBtaW51dGVzIG9mIGxhc3Qgd2Vlay48L3A+\n"},
	{"!encoding/base64-html", HTML, "<p>Hello Bob, and many thanks for the minutes.</p>"},
	{"encoding/base64-cut", B64, "SGVsbG8*#!gQm9iLCBh"},
	{"!encoding/base64-cut", B64, "SGVsbG8gQm9iLCBh\n"},
	{"encoding/qp-letters", "Content-Transfer-Encoding: quoted-printable\n",
		"=48=65=6c=6c=6f=48=65=6c=6c=6f=48=65=6c=6c=6f=48=65=6c=6c=6f=48=65=6c=6c=6f"},
	{"!encoding/qp-letters", "Content-Transfer-Encoding: quoted-printable\n",
		"Gr=C3=BC=C3=9Fe =3D =46rom =3D =3D =3D =3D =3D =3D =3D =3D =3D =3D =3D =3D =3D"},
	{"encoding/subject", "Subject: =?utf-8?B?TWludXRlcw==?=\n", NULL},
	{"!encoding/subject", "Subject: =?utf-8?Q?M=C3=BCnchen?=\n", NULL},
	{"encoding/from-name", "From: =?utf-8?Q?Anna?= <anna@example.net>\n", NULL},
	{"!encoding/from-name", "From: =?utf-8?Q?J=C3=BCrg?= <j@example.net>\n", NULL},
	{"encoding/entities", HTML, "&#72;&#101;&#108;&#108;&#111;&#72;&#101;&#108;&#108;&#111;&#72;&#101;"
		"&#108;&#108;&#111;&#72;&#101;&#108;&#108;&#111;&#72;"},
	{"!encoding/entities", HTML, "a &lt; b &amp; c &gt; d &#8212; e"},
	{"encoding/uu", "Content-Transfer-Encoding: x-uuencode\n", "begin 644 a\n#86)C\n`\nend\n"},
	{"!encoding/uu", "", "begin 644 times\n"},
	{"encoding/charset", "Content-Type: text/plain; charset=koi8-r\n", WORDS},
	{"!encoding/charset", "Content-Type: text/plain; charset=iso-8859-1\n", WORDS},
	{"encoding/raw-8bit", "Subject: M\xfcnchen\n", NULL},
	{"!encoding/raw-8bit", "Subject: =?utf-8?Q?M=C3=BCnchen?=\n", NULL},
	{"structure/bad-base64", B64, "SGVsbG8*#!gQm9iLCBh"},
	{NULL, NULL, NULL},
};
