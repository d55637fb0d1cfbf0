/*
 * The words of a notice, for whoever is on duty at an abuse desk: what, where, when, what is asked,
 * how to check it, how to answer. The worst comes first; the rest is in the list attached.
 */
#include "case/notice.h"

#include "net/day.h"
#include "show/clean.h"
#include "show/words.h"

#include <stdio.h>

#define WIDTH 76

static void paragraph(struct buf *to, struct buf *words)
{
	words_wrap(to, buf_span(words), 0, 0, WIDTH);
	buf_byte(to, '\n');
	if (!buf_ok(words))
		to->failed = true;
	buf_done(words);
}

static void head(struct buf *to, const char *text)
{
	buf_printf(to, "%s\n", text);
	for (size_t i = 0; text[i]; i++)
		buf_byte(to, '-');
	buf_byte(to, '\n');
}

/* "2026-11-16 03:12", or the day alone when no more is known. */
static void put_time(struct buf *to, int64_t at, bool day_only)
{
	char text[SIGHTING_TIME_TEXT];

	sighting_time_format(at, text);
	buf_printf(to, "%.10s", text);
	if (!day_only)
		buf_printf(to, " %.5s", text + 11);
}

static void put_day(struct buf *to, int64_t at)
{
	char text[DAY_TEXT];

	buf_str(to, day_format((int32_t)(at / 86400), text));
}

static void put_network(struct buf *to, const struct notice *n)
{
	buf_printf(to, "AS%u", n->facts->asn);
	if (n->facts->holder.n) {
		buf_str(to, " (");
		clean_defanged(to, n->facts->holder, 80);
		buf_str(to, ")");
	}
}

static size_t hosts_of(const struct notice_facts *f)
{
	size_t hosts = 0;

	for (int k = 0; k < SIGHTING_KINDS; k++)
		hosts += f->kind[k].hosts;
	return hosts;
}

/* "we saw abuse from AS64500 (Example) 7 times, and abuse from anywhere that leads there 3 times,"
 */
static void put_seen(struct buf *w, const struct notice *n)
{
	const struct notice_facts *f = n->facts;

	buf_str(w, n->to_upstreams ? "We saw abuse " : "we saw abuse ");
	if (f->sightings) {
		buf_str(w, "from ");
		put_network(w, n);
		buf_byte(w, ' ');
		words_count(w, f->sightings, "time", "times");
		if (!f->led.sightings)
			return;
		buf_str(w, ", and abuse from anywhere that leads to hosts there ");
	} else {
		buf_str(w, "from anywhere that leads to hosts of ");
		put_network(w, n);
		buf_byte(w, ' ');
	}
	words_count(w, f->led.sightings, "time,", "times,");
}

static void opening(const struct notice *n, struct buf *to)
{
	struct buf w = {0};

	buf_printf(to, "To the abuse desk of AS%u,\n\n", n->to_asn);
	if (n->to_upstreams) {
		buf_printf(&w, "you carry traffic of ");
		put_network(&w, n);
		buf_str(&w, ", by the routes that the Internet sees. ");
	}
	put_seen(&w, n);
	buf_str(&w, " from ");
	put_day(&w, n->facts->from);
	buf_str(&w, " to ");
	put_day(&w, n->facts->until - 1);
	buf_str(&w, ". All times are UTC. This one letter tells of all of it.");
	paragraph(to, &w);
}

static void totals(const struct notice_facts *f, struct buf *to)
{
	head(to, "What was seen");
	for (int i = 0; i < SIGHTING_KINDS; i++) {
		enum sighting_kind k = notice_order[i];

		if (f->kind[k].sightings == 0)
			continue;
		struct buf w = {0};

		buf_printf(&w, "%s: ", sighting_kind_words(k));
		words_count(&w, f->kind[k].sightings, "time", "times");
		buf_str(&w, ", at ");
		words_count(&w, f->kind[k].hosts, "host", "hosts");
		buf_str(&w, "; first ");
		put_day(&w, f->kind[k].first);
		buf_str(&w, ", last ");
		put_day(&w, f->kind[k].last);
		words_wrap(to, buf_span(&w), 2, 6, WIDTH);
		buf_done(&w);
	}
	if (f->led.sightings) {
		struct buf w = {0};

		buf_str(&w, "hosting of what abuse leads to: ");
		words_count(&w, f->led.sightings, "message or report leads",
			"messages or reports lead");
		buf_str(&w, " to ");
		words_count(&w, f->led.hosts, "host", "hosts");
		buf_str(&w, "; first ");
		put_day(&w, f->led.first);
		buf_str(&w, ", last ");
		put_day(&w, f->led.last);
		words_wrap(to, buf_span(&w), 2, 6, WIDTH);
		buf_done(&w);
	}
	buf_byte(to, '\n');
}

/* Addresses stay as they are, to be searched for; names are defanged. */
static void put_host(struct buf *to, const struct notice_host *h)
{
	struct prefix p;

	if (prefix_parse(h->name, &p) == 0)
		buf_add(to, h->name);
	else
		clean_defanged(to, h->name, 253);
	if (h->port)
		buf_printf(to, " port %u", h->port);
}

static void one_host(const struct notice_host *h, struct buf *to)
{
	struct buf w = {0};

	put_host(&w, h);
	if (h->led_to)
		buf_printf(&w, ": %s leads to it, ", sighting_kind_name(h->kind));
	else
		buf_printf(&w, ": %s, ", sighting_kind_words(h->kind));
	words_count(&w, h->count, "time", "times");
	buf_str(&w, "; first ");
	put_time(&w, h->first, h->day_only);
	buf_str(&w, ", last ");
	put_time(&w, h->last, h->day_only);
	buf_str(&w, "; told by ");
	if (h->by_mail)
		buf_str(&w, "our own mail");
	else
		clean_defanged(&w, h->sources, 120);
	words_wrap(to, buf_span(&w), 2, 6, WIDTH);
	buf_done(&w);
}

static void some_hosts(const struct notice_host *host, size_t n, struct buf *to)
{
	size_t shown = n < NOTICE_SHOWN_MOST ? n : NOTICE_SHOWN_MOST;

	for (size_t i = 0; i < shown; i++)
		one_host(&host[i], to);
	if (n > shown) {
		buf_str(to, "  and ");
		words_number(to, (double)(n - shown));
		buf_str(to, " more, in hosts.csv\n");
	}
	buf_byte(to, '\n');
}

static void hosts(const struct notice_facts *f, struct buf *to)
{
	struct buf w = {0};

	if (f->acts) {
		head(to, "Hosts, the worst first");
		some_hosts(f->host, f->acts, to);
	}
	if (f->hosts == f->acts)
		return;
	head(to, "Hosts that abuse leads to");
	buf_str(&w, "These stand in that network and are what mail or reports, from anywhere, "
		    "advertise. We do not say that they did anything else; a page there may have "
		    "been broken into.");
	paragraph(to, &w);
	some_hosts(f->host + f->acts, f->hosts - f->acts, to);
}

static void history(const struct notice *n, struct buf *to)
{
	const struct notice_facts *f = n->facts;
	size_t shown = f->pasts < 5 ? f->pasts : 5;

	if (f->pasts == 0)
		return;
	head(to, "What was written before");
	for (size_t i = 0; i < shown; i++) {
		const struct notice_past *p = &f->past[i];
		struct buf w = {0};

		put_day(&w, p->at);
		buf_printf(&w, ", to AS%u (%.*s): ", p->to, SPAN_ARG(p->name));
		buf_str(&w, p->answered ? answer_words(p->answer) : "no answer");
		buf_str(&w, "; seen since: ");
		words_count(&w, p->since, "time", "times");
		words_wrap(to, buf_span(&w), 2, 6, WIDTH);
		buf_done(&w);
	}
	buf_byte(to, '\n');
}

static void what_is_asked(const struct notice *n, struct buf *to)
{
	struct buf w = {0};

	head(to, "What we ask");
	if (n->to_upstreams)
		buf_printf(&w,
			"Please take this up with AS%u under the terms by which you carry it, and "
			"tell us what they say. The case file attached tells what speaks for the "
			"network, too, and who else would be touched if you did not carry it; "
			"that is for you to weigh. 'cordon ledger check --key KEY --case "
			"case-as%u.note' tells that it is as we signed it.",
			n->facts->asn, n->facts->asn);
	else
		buf_str(&w,
			"Please find out who uses these hosts, end the abuse, and tell us that it "
			"was ended. If a host was taken over, its user needs help; if a "
			"customer pays for it, your terms apply.");
	if (n->facts->led.sightings)
		buf_str(&w, " Where abuse leads to a host, look at what it offers, and take away "
			    "what is there for abuse.");
	buf_printf(&w,
		" We take it as ended when nothing is seen for %d days. If we err, say so: it "
		"is recorded.",
		n->quiet_days);
	paragraph(to, &w);
}

static void how_to_check(const struct notice *n, struct buf *to)
{
	struct buf w = {0};

	head(to, "How to check it without trusting us");
	buf_str(&w,
		"Each host in hosts.csv has the numbers of the records that it rests on, in a log "
		"that cannot be changed without being found out (C2SP tlog-tiles). ");
	if (n->evidence)
		buf_printf(&w,
			"The files record-N.json and record-N.proof are such records with proofs "
			"that they are in it; 'cordon ledger check --key KEY record-N.json "
			"record-N.proof' and other programs for C2SP "
			"tlog-proof check them offline. The log's key: %s",
			n->evidence->log_key);
	paragraph(to, &w);
	buf_str(&w, "Attached for programs: xarf.json, one X-ARF v4 report a host and kind");
	buf_str(&w, "; for mail that we hold, an ARF report (RFC 5965) with the header fields that "
		    "show where it came from. Recipients, senders and subjects are left out "
		    "(RFC 6590). The messages are kept for a time: ask, if you need one.");
	paragraph(to, &w);
}

static void closing(const struct notice *n, struct buf *to)
{
	struct buf w = {0};

	head(to, "How to answer, and how to be left alone");
	buf_printf(&w,
		"Answer this mail; a person reads it. Please keep %s in the subject. If another "
		"address should get such letters, tell us, and keep your contact for abuse in your "
		"registry's data right: that is where we look. If you want none, say so, and "
		"you get none.",
		n->name);
	paragraph(to, &w);
	clean_text(to, n->by.org);
	buf_printf(to, "\n%.*s\n", SPAN_ARG(n->by.mail));
}

void notice_words(const struct notice *n, struct buf *to)
{
	opening(n, to);
	if (n->to_upstreams)
		history(n, to);
	totals(n->facts, to);
	hosts(n->facts, to);
	if ((hosts_of(n->facts) > n->facts->acts && n->facts->acts == NOTICE_HOSTS_MOST) ||
		n->facts->hosts - n->facts->acts == NOTICE_HOSTS_MOST)
		buf_str(to, "There are more hosts than are listed here.\n\n");
	if (!n->to_upstreams)
		history(n, to);
	what_is_asked(n, to);
	how_to_check(n, to);
	closing(n, to);
}
