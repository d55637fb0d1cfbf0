/*
 * The sections in the order in which a desk and its lawyer ask: what is said in short, about whom,
 * what was seen, how that compares, what came of telling them, what it would cost to act; then what
 * speaks for them and what is not known; then how to check every word of it.
 */
#include "case/case_doc.h"

#include "case/case_points.h"
#include "case/case_tell.h"
#include "net/day.h"
#include "show/words.h"

#include <errno.h>
#include <stdio.h>

static void put_title(struct doc *d, const struct case_file *c)
{
	struct buf title = {0};

	buf_printf(&title, "Case file: AS%u", c->asn);
	if (c->network.holder.n)
		buf_printf(&title, " %.*s", SPAN_ARG(span_take(c->network.holder, 80)));
	doc_heading(d, 1, "title", NULL);
	doc_words(d, &title);
	doc_para(d);
	doc_put(d, "What one ledger holds about abuse from this network, ");
	tell_day(d, (int64_t)(c->day - c->window + 1) * 86400);
	doc_put(d, " to ");
	tell_day(d, (int64_t)c->day * 86400);
	doc_put(d, " (%d days, UTC). ", c->window);
	if (!c->day_asked)
		doc_put(d, "It ends with the day of the newest sighting in the whole log. ");
	doc_put(d, "The log had ");
	tell_count(d, c->log_size, "record", "records");
	doc_put(d, " when this was made, the newest of ");
	tell_day(d, c->newest);
	doc_put(d, ". Made by cordon; the same ledger gives the same file, byte for byte.");
	doc_note(d);
	doc_put(d,
		"This file tells what was handed in by, and reported about, addresses that the "
		"network announced on the day, and, apart from that, what abuse from anywhere "
		"leads to there. It is no finding that its holder or any customer did wrong or "
		"knew of it. Recipients of mail are not named: they never enter the log, and what "
		"is quoted has them struck out. Names of hosts are written so that they cannot be "
		"followed (example[.]com). Every count of sightings names records that it rests "
		"on, with how many there are in all, and every record that is named can be "
		"checked by anybody, without trusting whoever made this: see ");
	doc_link(d, "#check", "How to check this file");
	doc_put(d, ". Who the network is and how it compares, and what de-peering would do, is "
		   "reckoned, by the tables and routes that are named there.");
}

static void put_short_seen(struct doc *d, const struct case_file *c)
{
	doc_item(d);
	if (!c->all.sightings) {
		doc_put(d,
			"The ledger holds no sighting of abuse from this network for that time.");
		return;
	}
	tell_count(d, c->all.sightings, "sighting", "sightings");
	doc_put(d, " of abuse by ");
	tell_count(d, c->all.hosts, "host", "hosts");
	doc_put(d, ", told by ");
	tell_count(d, c->sources_all, "source", "sources");
	doc_put(d, ", ");
	tell_day(d, c->all.first);
	doc_put(d, " to ");
	tell_day(d, c->all.last);
	tell_claim(d, &c->all.claim);
	doc_put(d, ".");
	for (int i = 0; i < SIGHTING_KINDS; i++) {
		if (!c->kind[i].sightings)
			continue;
		doc_item(d);
		doc_put(d, "%s (%s): ", sighting_kind_name((enum sighting_kind)i),
			sighting_kind_words((enum sighting_kind)i));
		tell_count(d, c->kind[i].sightings, "sighting", "sightings");
		doc_put(d, " by ");
		tell_count(d, c->kind[i].hosts, "host", "hosts");
		tell_claim(d, &c->kind[i].claim);
		doc_put(d, ".");
	}
	doc_item(d);
	tell_count(d, c->hosts_still, "of these hosts was", "of these hosts were");
	doc_put(d, " seen in the %d days up to ", CASE_STILL_UP);
	tell_day(d, (int64_t)c->day * 86400);
	doc_put(d, ", the last day looked at. See ");
	doc_link(d, "#hosts", "the worst hosts");
	doc_put(d, ".");
}

static void put_short_led(struct doc *d, const struct case_file *c)
{
	if (!c->led.all.sightings)
		return;
	doc_item(d);
	tell_count(d, c->led.all.sightings, "sighting leads", "sightings lead");
	doc_put(d, " to ");
	tell_count(d, c->led.all.hosts, "host", "hosts");
	doc_put(d, " of this network: what they advertise stands there");
	tell_claim(d, &c->led.all.claim);
	doc_put(d, ". See ");
	doc_link(d, "#led", "hosts that abuse leads to");
	doc_put(d, ".");
}

static void put_short_answers(struct doc *d, const struct case_file *c)
{
	size_t answered = 0;

	for (size_t i = 0; i < c->notices; i++)
		answered += c->notice[i].answers > 0;
	doc_item(d);
	if (!c->notices_all) {
		doc_put(d, "No notice to it is in the ledger.");
		return;
	}
	tell_count(d, c->notices_all, "notice", "notices");
	doc_put(d, " sent; an answer to %zu of the newest %zu is recorded. See ", answered,
		c->notices);
	doc_link(d, "#notices", "notices and answers");
	doc_put(d, ".");
}

static void put_short(struct doc *d, const struct case_file *c)
{
	doc_heading(d, 2, "short", "In short");
	put_short_seen(d, c);
	put_short_led(d, c);
	put_short_answers(d, c);
	doc_item(d);
	doc_put(d, "Before judging, read ");
	doc_link(d, "#for", "what speaks for the network");
	doc_put(d, " and ");
	doc_link(d, "#unknown", "what we do not know");
	doc_put(d, ".");
}

/* "routeviews of 2026-11-20, 3 days off". */
static void put_source(struct doc *d, const char *what, const struct case_source *s)
{
	struct buf off = {0};

	if (!s->present)
		return;
	doc_item(d);
	doc_put(d, "%s: ", what);
	doc_outside(d, s->name, 100);
	doc_put(d, " of ");
	tell_day(d, (int64_t)s->day * 86400);
	words_days_off(&off, s->days_off);
	doc_put(d, ", ");
	doc_words(d, &off);
	if (s->stale)
		doc_put(d, " (stale: it may have been another then)");
	if (s->terms.n) {
		doc_put(d, "; ");
		doc_outside(d, s->terms, 200);
	}
	doc_put(d, ".");
}

static void put_size(struct doc *d, const struct case_network *n)
{
	doc_item(d);
	if (!n->announces) {
		doc_put(d,
			"What it announces is not known: no table of origins is installed; 'cordon "
			"net import FILE' takes one.");
		return;
	}
	doc_put(d, "Announces ");
	tell_count(d, n->v4_prefixes, "IPv4 prefix", "IPv4 prefixes");
	doc_put(d, " with ");
	tell_count(d, n->v4_addresses, "address", "addresses");
	if (n->v6_prefixes) {
		doc_put(d, ", ");
		tell_count(d, n->v6_prefixes, "IPv6 prefix", "IPv6 prefixes");
		doc_put(d, " with ");
		tell_count(d, n->v6_48s, "/48", "/48s");
	}
	doc_put(d, ".");
	if (!n->prefixes)
		return;
	doc_item(d);
	doc_put(d, "Prefixes: ");
	for (size_t i = 0; i < n->prefixes; i++) {
		doc_put(d, "%s", i ? ", " : "");
		doc_mono(d, n->prefix[i]);
	}
	if (n->prefixes < n->prefixes_all) {
		doc_put(d, " and ");
		tell_number(d, (double)(n->prefixes_all - n->prefixes));
		doc_put(d, " more");
	}
	doc_put(d, ".");
}

static void put_neighbours(struct doc *d, const struct case_network *n)
{
	doc_item(d);
	if (!n->graph.present) {
		doc_put(d,
			"Its upstreams are not known: no graph of networks is installed; 'cordon "
			"net import FILE' takes relationships or AS paths.");
		return;
	}
	if (!n->upstreams) {
		doc_put(d, "The graph knows nobody who sells it transit.");
	} else {
		doc_put(d, "Upstreams, who sell it transit: ");
		for (size_t i = 0; i < n->upstreams; i++) {
			doc_put(d, "%s", words_joint(i, n->upstreams));
			tell_other(d, &n->upstream[i]);
		}
		doc_put(d, ".");
	}
	doc_item(d);
	tell_count(d, n->peers, "peer", "peers");
	doc_put(d, " and ");
	tell_count(d, n->customers, "customer", "customers");
	doc_put(d, " are known; ");
	tell_count(d, n->cone, "network is", "networks are");
	doc_put(d, " in its customer cone, itself included.");
}

static void put_who(struct doc *d, const struct case_file *c)
{
	const struct case_network *n = &c->network;

	doc_heading(d, 2, "who", "Who the network is");
	doc_item(d);
	doc_put(d, "AS%u, holder: ", c->asn);
	if (n->holder.n)
		doc_outside(d, n->holder, 200);
	else
		doc_put(d, "not known");
	doc_put(d, ".");
	put_size(d, n);
	put_neighbours(d, n);
	doc_para(d);
	doc_put(d, "This is as of ");
	tell_day(d, (int64_t)c->day * 86400);
	doc_put(d, ", from what is installed nearest that day:");
	put_source(d, "Prefixes and sizes", &n->table);
	put_source(d, "Holders", &n->holders);
	put_source(d, "Upstreams", &n->graph);
	doc_item(d);
	doc_put(d, "Sightings were attributed to the network as of their own days");
	if (c->tables.n) {
		doc_put(d, " by: ");
		doc_outside(d, c->tables, 400);
	}
	doc_put(d, ".");
}

static void put_point(void *context, const char *name, struct span words)
{
	struct doc *d = context;

	(void)name;
	doc_item(d);
	doc_put(d, "%.*s", SPAN_ARG(words));
}

static void put_points(struct doc *d, const struct case_file *c)
{
	doc_heading(d, 2, "for", "What speaks for the network");
	if (!case_points_for(c, put_point, d)) {
		doc_para(d);
		doc_put(d,
			"Nothing that this program knows to look for: a small share of its size, "
			"hosts that are gone quickly, answers to notices, fewer hosts than before, "
			"a "
			"single source, a single place, or an interval that reaches down to the "
			"usual.");
	}
	doc_heading(d, 2, "unknown", "What we do not know");
	case_points_unknown(c, put_point, d);
}

static void put_check(struct doc *d, const struct case_file *c)
{
	doc_heading(d, 2, "check", "How to check this file");
	doc_para(d);
	doc_put(d,
		"With this page come all records that it shows, with their proofs, as files beside "
		"it or as one file. To check them you need neither us nor the network, only the "
		"program cordon (free software) and our public key, which you should take from "
		"where we publish it rather than from here:");
	doc_code(d);
	doc_lines(d, c->key);
	doc_item(d);
	if (c->signer) {
		doc_put(d, "The whole folder: ");
		doc_mono(d, SPAN("cordon ledger check --key key --case ."));
		doc_put(d, " tells whether any file in it, this one too, is not what our key "
			   "signed, names it, and checks all records. What is signed is "
			   "SHA256SUMS, as SHA256SUMS.note. If this came as an attachment, name "
			   "the file that ends in .note instead of the folder.");
	} else {
		doc_put(d, "Nobody has signed this folder, since the log's secret key was not "
			   "there when it was made: SHA256SUMS alone shows no more than that "
			   "its files belong together. The records are signed by their proofs.");
	}
	doc_item(d);
	doc_put(d, "All records: ");
	doc_mono(d, SPAN("cordon ledger check --key key records.txt"));
	doc_put(d, ". One: ");
	doc_mono(d, SPAN("cordon ledger check --key key records/12.json records/12.tlog-proof"));
	doc_put(d, ".");
	doc_item(d);
	doc_put(d, "If you have but this page, nothing but its records is signed: copy what is "
		   "folded under 'Records with their proofs' "
		   "into a file and check that in the same way.");
	doc_item(d);
	doc_put(d,
		"The rule, for those who write their own: a record is hashed (RFC 6962, 2.1), the "
		"hashes of its proof lead to the root of a tree, and the root stands in a "
		"checkpoint that the key has signed (c2sp.org/tlog-proof, tlog-checkpoint, "
		"signed-note). Nobody can put a record in afterwards, or change one, and keep the "
		"checkpoint.");
	doc_item(d);
	doc_put(d, "A proof shows that the record stood in the log when the checkpoint was signed, "
		   "and "
		   "when the log says it was taken in. It does not show that it is true.");
	doc_item(d);
	doc_put(d, "Keep the checkpoint: whoever has it can find out if we ever show a log that "
		   "contradicts it.");
	doc_code(d);
	doc_lines(d, c->checkpoint);
}

static void put_records(struct doc *d, const struct case_file *c)
{
	static const struct doc_column columns[] = {
		{"Record", false, false}, {"What it says", false, false}, {"Files", false, false}};
	struct buf all = {0};

	doc_heading(d, 2, "records", "The records");
	doc_para(d);
	tell_count(d, c->nrecord, "record is", "records are");
	doc_put(d,
		" shown, of those that the claims rest on: the first and the last in time, and "
		"between them some chosen by a hash of their number, so that nobody picked them.");
	doc_table(d, "all-records", columns, 3);
	doc_put(d, "Records as they stand in the log");
	for (size_t i = 0; i < c->nrecord; i++) {
		const struct case_record *r = &c->record[i];
		char id[40];

		snprintf(id, sizeof(id), "r%llu", (unsigned long long)r->seq);
		doc_row(d, id);
		doc_put(d, "%llu", (unsigned long long)r->seq);
		doc_cell(d);
		doc_mono(d, r->text);
		doc_cell(d);
		snprintf(id, sizeof(id), "records/%llu.json", (unsigned long long)r->seq);
		doc_link(d, id, "record");
		doc_put(d, " ");
		snprintf(id, sizeof(id), "records/%llu.tlog-proof", (unsigned long long)r->seq);
		doc_link(d, id, "proof");
		buf_add(&all, r->text);
		buf_byte(&all, '\n');
		buf_add(&all, r->proof);
	}
	doc_fold(d, "Records with their proofs (the file records.txt)");
	doc_lines(d, buf_span(&all));
	d->failed |= all.failed;
	buf_done(&all);
}

static void put_raw(struct doc *d, const struct case_file *c)
{
	if (!c->with_raw)
		return;
	doc_heading(d, 2, "raw", "Raw evidence, redacted");
	doc_para(d);
	doc_put(d, "Some of what records rest on, where it is still kept. Addresses of people, and "
		   "names "
		   "and domains of recipients, are struck out; only header fields that tell of the "
		   "way "
		   "and the sender's program are quoted, and the beginning of the text.");
	for (size_t i = 0; i < c->nraw; i++) {
		char heading[48];

		snprintf(heading, sizeof(heading), "Of record %llu",
			(unsigned long long)c->raw[i].seq);
		doc_heading(d, 3, NULL, heading);
		doc_code(d);
		doc_lines(d, c->raw[i].text);
	}
	if (!c->nraw) {
		doc_para(d);
		doc_put(d, "None of it is kept any more.");
	}
}

int case_doc(const struct case_file *c, struct doc *ret_doc)
{
	struct doc d;

	doc_init(&d, "cordon", c->newest);
	put_title(&d, c);
	put_short(&d, c);
	put_who(&d, c);
	tell_seen(&d, c);
	tell_hosts(&d, c);
	tell_led(&d, c);
	tell_campaigns(&d, c);
	tell_rank(&d, c);
	tell_notices(&d, c);
	tell_depeer(&d, c);
	put_points(&d, c);
	put_check(&d, c);
	put_raw(&d, c);
	put_records(&d, c);
	if (!doc_ok(&d)) {
		doc_done(&d);
		return -ENOMEM;
	}
	*ret_doc = d;
	return 0;
}
