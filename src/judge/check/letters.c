/* Letters of one script dressed as another's, and Latin letters in fancy dress. Full-width letters
 * are at home in East Asian text; Greek and Cyrillic beside Latin happen in ones (units, product
 * names), so strong variants ask for several. */
#include "judge/check/list.h"
#include "mail/domain.h"

static const char *const variants[] = {"letters/mixed-subject", "letters/mixed-from",
	"letters/mixed", "letters/mixed-many", "letters/full-width", "letters/maths",
	"letters/maths-subject", "letters/gaps", "letters/shouting", "letters/emoji-subject", NULL};

static void look_at_mixed(const struct check_input *in, struct findings *out)
{
	const struct words_note *body = &in->words.odd[WORDS_MIXED];
	const struct words_note *subject = &in->subject_words.odd[WORDS_MIXED];
	struct words_text name;

	if (subject->count)
		finding_add(in, out, &check_letters, "letters/mixed-subject", subject->first,
			"The subject mixes letters of two scripts in one word");
	if (body->count)
		finding_add(in, out, &check_letters,
			body->count >= 8 ? "letters/mixed-many" : "letters/mixed", body->first,
			"Words mix letters of two scripts (%u times)", body->count);
	words_fold(message_arena(in->mp), span_take(in->from.name, 200), &name);
	if (name.odd[WORDS_MIXED].count || name.odd[WORDS_MATHS].count ||
		name.odd[WORDS_ZERO_WIDTH].count)
		finding_add(in, out, &check_letters, "letters/mixed-from", in->from.name,
			"The sender's name is written with letters that only look like the usual "
			"ones");
}

static void look_at_dress(const struct check_input *in, struct findings *out)
{
	const struct words_note *maths = &in->subject_words.odd[WORDS_MATHS];
	const struct words_note *wide = &in->words.odd[WORDS_FULL_WIDTH];

	if (maths->count)
		finding_add(in, out, &check_letters, "letters/maths-subject", maths->first,
			"The subject is written in mathematical letters");
	maths = &in->words.odd[WORDS_MATHS];
	if (maths->count)
		finding_add(in, out, &check_letters, "letters/maths", maths->first,
			"Words are written in mathematical letters (%u)", maths->count);
	if (wide->count >= 3 && !in->words.odd[WORDS_EAST_ASIAN].count)
		finding_add(in, out, &check_letters, "letters/full-width", wide->first,
			"Words are written in full-width letters (%u)", wide->count);
}

/* "P a y P a l": words of one letter, seven in a row. */
static struct span find_gaps(struct span text)
{
	size_t run = 0;

	for (size_t i = 0; i < text.n; i += 2) {
		bool alone = i + 1 == text.n || text.p[i + 1] == ' ';

		run = ascii_is_alpha(text.p[i]) && alone ? run + 1 : 0;
		if (run == 7)
			return span_take(span_skip(text, i - 12), 13);
		if (run == 0) { /* go to the start of the next word, less the step */
			while (i < text.n && text.p[i] != ' ')
				i++;
			i--;
		}
	}
	return (struct span){0};
}

/* True when a subject of some length has hardly a small letter. */
static bool shouts(struct span s)
{
	size_t large = 0, small = 0;

	for (size_t i = 0; i < s.n; i++) {
		large += s.p[i] >= 'A' && s.p[i] <= 'Z';
		small += s.p[i] >= 'a' && s.p[i] <= 'z';
	}
	return large >= 12 && small * 8 < large;
}

/* The first pictograph (U+2600 .. U+27BF, U+1F300 .. U+1FAFF), by its first UTF-8 bytes. */
static struct span find_emoji(struct span s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		unsigned char a = (unsigned char)s.p[i], b = (unsigned char)s.p[i + 1];
		unsigned char c = (unsigned char)s.p[i + 2];

		if ((a == 0xe2 && b >= 0x98 && b <= 0x9e) ||
			(a == 0xf0 && b == 0x9f && c >= 0x8c && c <= 0xab))
			return span_take(span_skip(s, i), a == 0xe2 ? 3 : 4);
	}
	return (struct span){0};
}

static void run(const struct check_input *in, struct findings *out)
{
	struct span gaps = find_gaps(in->subject), emoji = find_emoji(in->subject);

	look_at_mixed(in, out);
	look_at_dress(in, out);
	if (gaps.n)
		finding_add(in, out, &check_letters, "letters/gaps", gaps,
			"The subject is spelt with gaps: \"%.*s\"", SPAN_ARG(gaps));
	if (shouts(in->subject))
		finding_add(in, out, &check_letters, "letters/shouting", in->subject,
			"The subject is in capitals");
	if (emoji.n)
		finding_add(in, out, &check_letters, "letters/emoji-subject", emoji,
			"The subject holds a pictograph");
}

const struct check check_letters = {
	"letters", "letters of one script dressed as another's", variants, run};
