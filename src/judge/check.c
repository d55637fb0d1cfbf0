/*
 * Gathers once what several checks ask for (who sent it, to whom, the folded text), then runs them
 * in the order of check/list.h. Findings keep their sentences in the message's arena.
 */
#include "judge/check.h"

#include "base/utf8.h"
#include "judge/check/list.h"
#include "judge/hosts.h"
#include "judge/names.h"
#include "mail/domain.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#define X(name) &check_##name,
const struct check *const checks[] = {CHECKS(X) NULL};
#undef X

#define SENTENCE_MOST 300

/* Room for the sentence before it is cut: what printf writes beyond it is lost unseen. */
#define SENTENCE_ROOM 1024

/* Copies text, valid UTF-8 without control characters, at most SENTENCE_MOST bytes. */
static size_t clean(struct span text, char to[SENTENCE_MOST])
{
	size_t n = 0;

	while (text.n) {
		/* Runs of plain ASCII, which is nearly all, need no decoding. */
		if (n < SENTENCE_MOST && *text.p >= ' ' && *text.p < 0x7f) {
			to[n++] = *text.p++;
			text.n--;
			continue;
		}
		uint32_t c = utf8_next(&text);
		char piece[4];
		/* C1 controls and turned writing could spoil a terminal as C0 can. */
		bool bad = c < ' ' || (c >= 0x7f && c < 0xa0) || code_is_bidi(c);
		size_t k = utf8_put(bad ? '?' : c, piece);

		if (n + k > SENTENCE_MOST)
			break;
		memcpy(to + n, piece, k);
		n += k;
	}
	return n;
}

static struct span sentence(struct arena *arena, const char *format, va_list args)
{
	char text[SENTENCE_ROOM], cleaned[SENTENCE_MOST];

	if (!strchr(format, '%'))
		return span_cstr(format);
	int n = vsnprintf(text, sizeof(text), format, args);

	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	return arena_copy(
		arena, (struct span){cleaned, clean((struct span){text, (size_t)n}, cleaned)});
}

void finding_add(const struct check_input *in, struct findings *out, const struct check *check,
	const char *name, struct span evidence, const char *format, ...)
{
	va_list args;

	for (size_t i = 0; i < out->n; i++)
		if (out->at[i].check == check && strcmp(out->at[i].name, name) == 0)
			return;
	if (out->n == FINDINGS_MOST)
		return;
	va_start(args, format);
	out->at[out->n++] = (struct finding){
		check, name, evidence, sentence(message_arena(in->mp), format, args)};
	va_end(args);
}

struct span check_domain(const struct check_input *in, struct span host)
{
	struct span ascii = host;

	if (!host.n || host.n > DOMAIN_MOST)
		return (struct span){0};
	if (!utf8_is_ascii(host) && domain_to_ascii(message_arena(in->mp), host, &ascii))
		return (struct span){0};
	return domain_registrable(message_domain_tools(in->mp), ascii);
}

struct span check_lower(const struct check_input *in, struct span s)
{
	char *to = arena_alloc(message_arena(in->mp), s.n);

	for (size_t i = 0; to && i < s.n; i++)
		to[i] = ascii_lower(s.p[i]);
	return to ? (struct span){to, s.n} : (struct span){0};
}

bool check_is_sender(const struct check_input *in, struct span domain)
{
	if (!domain.n)
		return false;
	for (size_t i = 0; i < in->signers; i++)
		if (span_eq(in->signer[i], domain))
			return true;
	return span_eq(in->from_domain, domain) || span_eq(in->return_domain, domain);
}

/* Keeps a recipient "local@domain" unless it is there already or is no address. */
static void add_recipient(struct check_input *in, struct span address)
{
	ssize_t at = span_rindex(address, '@');

	if (in->rcpts == RECIPIENTS_MOST || at <= 0 || (size_t)at + 1 == address.n ||
		address.n > 320)
		return;
	for (size_t i = 0; i < in->rcpts; i++)
		if (span_eq_nocase(in->rcpt[i], address))
			return;
	in->rcpt[in->rcpts++] = address;
}

/* A lone address, perhaps in angle brackets. */
static struct span bare_address(struct span s)
{
	s = span_trim(s);
	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = span_trim(span_between(s.p + 1, span_end(s) - 1));
	return s;
}

static int add_listed(struct check_input *in, enum field_id id)
{
	const struct field *f = in->field[id];
	struct address *list;
	int n;

	if (!f || in->rcpts == RECIPIENTS_MOST)
		return 0;
	n = address_list(in->mp, span_take(f->value, 4096), NULL, &list);
	if (n > 0 && id == FIELD_TO) {
		in->to = list[0];
		in->has_to = true;
	}
	for (int i = 0; i < n && in->rcpts < RECIPIENTS_MOST; i++) {
		struct span local = list[i].local, domain = list[i].domain;
		char *p;

		if (!local.n || !domain.n ||
			!(p = arena_alloc(message_arena(in->mp), local.n + domain.n + 1)))
			continue;
		memcpy(p, local.p, local.n);
		p[local.n] = '@';
		memcpy(p + local.n + 1, domain.p, domain.n);
		add_recipient(in, (struct span){p, local.n + 1 + domain.n});
	}
	return n < 0 ? n : 0;
}

static int gather_recipients(struct check_input *in)
{
	static const enum mark envelope[] = {
		MARK_ORIGINAL_TO, MARK_ENVELOPE_TO, MARK_X_ENVELOPE_TO};
	const struct field *f = in->field[FIELD_DELIVERED_TO];
	int r;

	if (f)
		add_recipient(in, bare_address(f->value));
	for (size_t i = 0; i < sizeof(envelope) / sizeof(envelope[0]); i++)
		if ((f = in->mark[envelope[i]]))
			add_recipient(in, bare_address(f->value));
	for (ssize_t i = 0; i <= in->chain->boundary && (size_t)i < in->chain->hops; i++)
		add_recipient(in, bare_address(in->chain->hop[i].for_));
	in->rcpts_sure = in->rcpts;
	if ((r = add_listed(in, FIELD_TO)) < 0 || (r = add_listed(in, FIELD_CC)) < 0)
		return r;
	/* A list's To is the list; only the envelope tells who reads it. */
	if (in->rcpts && (in->rcpts_sure || !in->is_list)) {
		struct span domain =
			span_skip(in->rcpt[0], (size_t)span_rindex(in->rcpt[0], '@') + 1);

		if (!(host_kind(domain) & HOST_FREEMAIL))
			in->own_domain = check_domain(in, domain);
	}
	return 0;
}

/* d= of each signature that holds. */
static void gather_proven(struct check_input *in)
{
	const struct dkim *dkim = &in->auth->dkim;

	for (size_t i = 0; i < dkim->n && in->signers < SIGNERS_MOST; i++) {
		struct span domain = dkim->signature[i].result == DKIM_PASS
			? check_domain(in, dkim->signature[i].domain)
			: (struct span){0};

		if (domain.n)
			in->signer[in->signers++] = domain;
	}
}

/* d= of each DKIM signature (RFC 6376, 3.5). */
static void gather_claimed(struct check_input *in)
{
	const struct fields *fields = &in->m->part[0].fields;

	for (size_t i = 0; i < fields->n && in->signers < SIGNERS_MOST; i++) {
		struct span rest = fields->at[i].value, tag;

		if (fields->at[i].id != FIELD_DKIM_SIGNATURE)
			continue;
		while (span_cut(&rest, ';', &tag)) {
			tag = span_trim(tag);
			if (tag.n < 3 || ascii_lower(tag.p[0]) != 'd' ||
				span_index(span_take(span_trim(span_skip(tag, 1)), 1), '=') != 0)
				continue;
			tag = span_trim(span_skip(tag, (size_t)span_index(tag, '=') + 1));
			struct span domain = check_domain(in, tag);

			if (domain.n)
				in->signer[in->signers++] = domain;
			break;
		}
	}
}

static struct names *mark_names;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define MARK_NAME_MOST 32

#define X(id, name) {MARK_##id, name},
static const struct names_list mark_lists[] = {MARKS(X)};
#undef X

static void build(void)
{
	mark_names = names_new(mark_lists, MARK_COUNT, false);
}

/* Notes the first field of each id and of MARKS. */
static void gather_fields(struct check_input *in)
{
	const struct fields *fields = &in->m->part[0].fields;

	pthread_once(&once, build);
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->at[i];
		char lower[MARK_NAME_MOST];

		if (f->id != FIELD_OTHER) {
			if (!in->field[f->id])
				in->field[f->id] = f;
			continue;
		}
		if (f->name.n > sizeof(lower))
			continue;
		for (size_t k = 0; k < f->name.n; k++)
			lower[k] = ascii_lower(f->name.p[k]);
		int mark = mark_names ? names_get(mark_names, (struct span){lower, f->name.n}) : -1;

		if (mark >= 0 && !in->mark[mark])
			in->mark[mark] = f;
	}
}

static bool is_list(const struct check_input *in)
{
	return in->field[FIELD_LIST_ID] || in->field[FIELD_LIST_POST] ||
	       in->mark[MARK_MAILING_LIST] || in->mark[MARK_BEEN_THERE] || in->mark[MARK_EZMLM] ||
	       in->mark[MARK_LOOP];
}

static void gather_sender(struct check_input *in)
{
	const struct field *f = in->field[FIELD_RETURN_PATH];

	in->has_from = address_first(in->mp, in->m, FIELD_FROM, &in->from);
	in->has_reply_to = address_first(in->mp, in->m, FIELD_REPLY_TO, &in->reply_to);
	in->has_sender = address_first(in->mp, in->m, FIELD_SENDER, &in->sender);
	in->from_host = in->from.domain;
	in->from_domain = check_domain(in, in->from.domain);
	if (f) {
		struct span path = bare_address(f->value);
		ssize_t at = span_rindex(path, '@');

		if (at >= 0)
			in->return_domain = check_domain(in, span_skip(path, (size_t)at + 1));
	}
}

static int gather(struct check_input *in)
{
	const struct message *m = in->m;
	const struct field *f;
	struct arena *arena = message_arena(in->mp);
	struct mail_date date;

	gather_fields(in);
	in->is_list = is_list(in);
	in->is_reply = in->field[FIELD_IN_REPLY_TO] || in->field[FIELD_REFERENCES];
	gather_sender(in);
	if (in->auth)
		gather_proven(in);
	else
		gather_claimed(in);
	if ((f = in->field[FIELD_SUBJECT]))
		in->subject = message_text(in->mp, f);
	if ((f = in->field[FIELD_DATE]) && date_parse(span_trim(f->value), &date) == 0) {
		in->date = date;
		in->has_date = true;
	}
	if (in->chain->hops && in->chain->hop[0].has_date)
		in->arrived = in->chain->hop[0].date.unix_s;
	words_fold(arena, in->subject, &in->subject_words);
	words_fold(arena, m->text, &in->words);
	if (phrase_set())
		words_find(phrase_set(), &in->words, in->hit);
	return gather_recipients(in);
}

int check_run(struct message_parser *mp, const struct message *m, const struct received *chain,
	const struct auth *auth, struct check_input *ret_in, struct findings *ret_findings)
{
	*ret_in = (struct check_input){.mp = mp, .m = m, .chain = chain, .auth = auth};
	ret_findings->n = 0;
	int r = gather(ret_in);

	/* A message that asks for more memory than it may have is judged by what was read of it. */
	if (r < 0 && !arena_spent(message_arena(mp)))
		return r;
	for (size_t i = 0; checks[i]; i++)
		checks[i]->run(ret_in, ret_findings);
	return 0;
}
