/* thread, list, code, aligned, personal, unsubscribe, signature: evidence for a message. */
#include "check.h"

#define DKIM "DKIM-Signature: v=1; d=example.net; s=a; b=x\n"
#define LIST "List-Id: Talk <talk.lists.example.org>\n"
#define DIFF "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@ int x\n-a\n+b\n"

const struct check_case good_cases[] = {
	{"thread/reply !thread/references", "In-Reply-To: <0@example.com>\n", "> Are you there?\nYes."},
	{"thread/references !thread/reply", "In-Reply-To: <0@example.com>\n", "Yes."},
	{"!thread/references", "", "Yes."},
	{"thread/deep", "References: <1@x.org> <2@x.org> <3@x.org>\n", "Yes."},
	{"!thread/deep", "References: <1@x.org> <2@x.org>\n", "Yes."},
	{"thread/quoted !thread/reply", "", "> Are you there?\n> I ask.\nYes."},
	{"!thread/quoted", "", "x > y\na > b"},
	{"thread/fake-reply", "Subject: Re: Invoice\n", "See attached."},
	{"!thread/fake-reply", "Subject: Re: Invoice\nReferences: <1@x.org>\n", "See attached."},
	{"thread/forward", "Subject: Fwd: Invoice\n", NULL},
	{"!thread/forward", "Subject: Forwarding\n", NULL},

	{"list/id !list/post !list/chain !list/tag", LIST, NULL},
	{"!list/id list/post", "List-Post: <mailto:talk@example.org>\n", NULL},
	{"list/manager", "X-Mailman-Version: 2.1.39\n", NULL},
	{"!list/manager", "X-Mailer-Version: 2.1.39\n", NULL},
	{"list/chain", LIST "Received: from lists.example.org (lists.example.org [198.51.100.7]) by "
			    "mail.example.com with ESMTPS; Mon, 2 Jun 2025 10:00:05 +0000\n", NULL},
	{"list/tag", LIST "Subject: Re: [Talk] Minutes\n", NULL},
	{"!list/tag", LIST "Subject: Re: [Walk] Minutes\n", NULL},
	{"list/rewritten", LIST "From: Anna via Talk <talk@lists.example.org>\n", NULL},
	{"!list/rewritten", LIST "From: Anna via Talk <talk@example.net>\n", NULL},

	{"code/patch !code/diff code/trailer", "", "Fix x\n\nSigned-off-by: Anna <a@x.org>\n---\n" DIFF},
	{"code/diff !code/patch !code/trailer", "", DIFF},
	{"!code/diff", "", "The diff of it all @@ is small"},
	{"code/code", "", "int a;\nint b;\nint c;\nreturn a;\n"},
	{"!code/code", "", "int a; is what I wrote, and no more;\n"},
	{"code/subject", "Subject: [PATCH v2 1/3] mm: fix\n", NULL},
	{"!code/subject", "Subject: A patch of grass\n", NULL},

	{"aligned/all !aligned/three", DKIM, NULL},
	{"aligned/three !aligned/all", "", NULL},
	{"!aligned/three aligned/none", "Return-Path: <a@x.org>\nMessage-ID: <1@x.org>\n", NULL},
	{"!aligned/none", "Return-Path: <a@x.org>\n", NULL},
	{"aligned/freemail-all !aligned/all",
		"From: A <a@gmail.com>\nReturn-Path: <a@gmail.com>\nMessage-ID: <1@mail.gmail.com>\n"
		"DKIM-Signature: v=1; d=gmail.com; s=a; b=x\n", NULL},
	{"!aligned/freemail-all",
		"From: A <a@gmail.com>\nReturn-Path: <a@gmail.com>\nMessage-ID: <1@mail.gmail.com>\n", NULL},
	{"aligned/own-house",
		"From: Carl <carl@example.com>\nReturn-Path: <carl@example.com>\nMessage-ID: <1@example.com>\n",
		NULL},
	{"!aligned/own-house", "From: Carl <carl@example.com>\n", NULL},

	{"personal/program personal/plain", "User-Agent: Mozilla Thunderbird\n", NULL},
	{"!personal/program", "User-Agent: Shop Mailer\n", NULL},
	{"personal/program !personal/plain", "User-Agent: Mozilla Thunderbird\n" HTML, "<p>x</p>"},
	{"personal/program-mismatch !personal/program", "X-Mailer: Apple Mail (2.3)\n", NULL},
	{"!personal/program-mismatch personal/program",
		"X-Mailer: Apple Mail (2.3)\nMessage-ID: <6F9619FF-8B86-D011-B42D-00C04FC964FF@example.net>\n",
		NULL},
	{"personal/greeting-name", "", "Hi Bob,\nall is well."},
	{"!personal/greeting-name", "", "Hi Bobby,\nall is well."},
	{"personal/signature", "", "Yes.\n-- \nAnna\n"},
	{"!personal/signature", "", "Yes.\n--\nAnna\n"},

	{"unsubscribe/one-click-aligned",
		"List-Unsubscribe: <https://example.net/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n",
		NULL},
	{"unsubscribe/one-click !unsubscribe/one-click-aligned",
		"List-Unsubscribe: <https://x.org/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n", NULL},
	{"unsubscribe/aligned !unsubscribe/one-click !unsubscribe/other",
		"List-Unsubscribe: <mailto:u@x.org>, <https://mail.example.net/u>\n", NULL},
	{"unsubscribe/service !unsubscribe/aligned",
		"List-Unsubscribe: <https://x.us1.list-manage.com/u>\n", NULL},
	{"unsubscribe/other !unsubscribe/service !unsubscribe/mailto",
		"List-Unsubscribe: <https://x.org/u>\n", NULL},
	{"unsubscribe/mailto", "List-Unsubscribe: <mailto:u@x.org>\n", NULL},

	{"signature/pgp", "Content-Type: multipart/signed; boundary=b\n",
		"--b\n\nHi\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n"},
	{"!signature/pgp signature/smime", "Content-Type: multipart/signed; boundary=b\n",
		"--b\n\nHi\n--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--\n"},
	{"!signature/smime signature/encrypted", "Content-Type: multipart/encrypted; boundary=b\n",
		"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n"},
	{"signature/pgp-inline", "", "-----BEGIN PGP SIGNED MESSAGE-----\nHi\n"},
	{"!signature/pgp-inline !signature/encrypted", "", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"},
	{NULL, NULL, NULL},
};
