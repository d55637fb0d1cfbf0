/* Small mails for the tests of the judge: two trades of spam and two kinds of honest mail, each in as
 * many variants as are asked for. */
#ifndef CORDON_TESTS_UNIT_JUDGE_MAILS_H
#define CORDON_TESTS_UNIT_JUDGE_MAILS_H

#include "judge/judge.h"

#include <stdio.h>

/* Writes variant i of a ham or spam mail into to[n]. */
static inline struct span mail_write(char *to, size_t n, bool spam, unsigned i)
{
	static const char *const goods[] = {"pills", "watches", "loans", "diplomas"};
	static const char *const topics[] = {"the shelves", "the queue", "a patch", "the minutes"};
	int length;

	if (spam)
		length = snprintf(to, n,
			"From: \"Best Offers\" <win%u@deal%u.example>\n"
			"To: undisclosed-recipients:;\nSubject: Cheap %s %u\n"
			"Date: Mon, 5 Oct 2026 10:%02u:00 +0000\nMessage-ID: <%u@deal.example>\n"
			"Content-Type: text/html\n\n"
			"<p>Buy %s now, limited offer %u!<a href=\"http://deal%u.example/x\">click</a>\n",
			i, i % 7, goods[i % 4], i, i % 60, i, goods[i % 4], i * 7, i % 7);
	else
		length = snprintf(to, n,
			"From: Nora <nora@hollerith.example>\nTo: tomas@hollerith.example\n"
			"Subject: Re: %s %u\nDate: Mon, 5 Oct 2026 09:%02u:00 +0100\n"
			"Message-ID: <%u.nora@hollerith.example>\n"
			"In-Reply-To: <%u@hollerith.example>\nUser-Agent: Mutt/2.2\n\n"
			"> what about %s?\nWe looked at %s on day %u, all well. Nora\n",
			topics[i % 4], i, i % 60, i, i + 1, topics[i % 4], topics[(i + 1) % 4], i);
	return (struct span){to, length < 0 ? 0 : (size_t)length};
}

#endif
