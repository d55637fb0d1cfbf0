/* Attached files, by content first and name second. A PDF with a link or a calendar entry is
 * everyday mail, so those are weak and only together with few words of text. */
#include "judge/check/list.h"
#include "judge/filetype.h"

static const char *const variants[] = {"attachment/program", "attachment/script",
	"attachment/shortcut", "attachment/disk-image", "attachment/double-extension",
	"attachment/turned-name", "attachment/type-lies", "attachment/macro",
	"attachment/encrypted", "attachment/archive-program", "attachment/archive-html",
	"attachment/html", "attachment/html-script", "attachment/html-password",
	"attachment/svg-script", "attachment/onenote", "attachment/rtf-object",
	"attachment/office-object", "attachment/pdf-script", "attachment/pdf-launch",
	"attachment/pdf-link", "attachment/calendar-link", "attachment/message",
	"attachment/document", "attachment/odd-archive", "attachment/recipient-name",
	"attachment/password-told", NULL};

struct look {
	const struct check_input *in;
	struct findings *out;
	const struct part *p;
	enum filetype type;
	enum name_kind name;
	unsigned inside;
};

static void give(const struct look *k, const char *name, const char *words)
{
	struct span file = k->p->filename.n ? k->p->filename : k->p->type;

	finding_add(k->in, k->out, &check_attachment, name,
		k->p->filename.n ? k->p->filename : span_take(k->p->body, 200), "\"%.*s\" %s",
		SPAN_ARG(file), words);
}

static void look_at_name(const struct look *k)
{
	struct span name = k->p->filename;

	if (filetype_name_double(name))
		give(k, "attachment/double-extension", "hides its kind behind a second ending");
	/* U+202E in UTF-8: "annexe" + "fdp.exe" reads as "annexexe.pdf". */
	if (span_find(name, SPAN("\xe2\x80\xae")) >= 0)
		give(k, "attachment/turned-name", "has a name with letters in reverse");
	if (k->name == NAME_SCRIPT)
		give(k, "attachment/script", "is a script");
	if (k->name == NAME_SHORTCUT || k->type == FILETYPE_LNK)
		give(k, "attachment/shortcut", "is a shortcut that can start anything");
	if (k->name == NAME_DISK || k->type == FILETYPE_ISO || k->type == FILETYPE_VHD)
		give(k, "attachment/disk-image", "is a disk image");
	if (k->name == NAME_PROGRAM || k->type == FILETYPE_PROGRAM)
		give(k, "attachment/program", "is a program");
	if (k->name == NAME_ONENOTE || k->type == FILETYPE_ONENOTE)
		give(k, "attachment/onenote", "is a notebook, in which anything can be embedded");
	for (size_t i = 0; i < k->in->rcpts && name.n; i++) {
		struct span r = k->in->rcpt[i];
		struct span local = span_take(r, (size_t)span_index(r, '@'));

		if (span_find_nocase(name, r) >= 0 || (local.n >= 5 && k->name == NAME_HTML &&
							      span_find_nocase(name, local) >= 0)) {
			give(k, "attachment/recipient-name", "bears the recipient's own address");
			break;
		}
	}
}

/* True when the name says document or picture and the content is something else entirely. */
static bool type_lies(const struct look *k)
{
	if (k->name == NAME_PICTURE || k->name == NAME_DOCUMENT)
		return k->type == FILETYPE_PROGRAM || k->type == FILETYPE_LNK ||
		       k->type == FILETYPE_HTML || k->type == FILETYPE_RAR ||
		       k->type == FILETYPE_ISO ||
		       (k->name == NAME_PICTURE &&
			       (k->type == FILETYPE_ZIP || k->type == FILETYPE_OLE));
	return false;
}

static void look_at_page(const struct look *k)
{
	if (k->type == FILETYPE_SVG) {
		if (k->inside & (INSIDE_SCRIPT | INSIDE_LAUNCH))
			give(k, "attachment/svg-script", "is a drawing with a script in it");
		return;
	}
	give(k, "attachment/html", "is an attached web page");
	if (k->inside & (INSIDE_PASSWORD | INSIDE_FORM))
		give(k, "attachment/html-password", "is an attached web page that asks for input");
	if ((k->inside & INSIDE_ENCODED) ||
		(k->inside & (INSIDE_SCRIPT | INSIDE_LAUNCH)) == (INSIDE_SCRIPT | INSIDE_LAUNCH))
		give(k, "attachment/html-script",
			"is an attached web page that writes itself or leads away by script");
}

static void look_at_archive(const struct look *k)
{
	if (k->type == FILETYPE_ZIP && (k->inside & INSIDE_PROGRAM))
		give(k, "attachment/archive-program",
			"is an archive with a program or script in it");
	if (k->type == FILETYPE_ZIP && (k->inside & INSIDE_HTML))
		give(k, "attachment/archive-html", "is an archive with a web page in it");
	if (k->type == FILETYPE_ACE || k->type == FILETYPE_CAB || k->type == FILETYPE_RAR)
		give(k, "attachment/odd-archive", "is an archive of a kind that few people send");
}

static void look_at_document(const struct look *k)
{
	bool office = k->type == FILETYPE_OLE || k->type == FILETYPE_OOXML;

	if ((office && (k->inside & INSIDE_MACRO)) || k->name == NAME_MACRO)
		give(k, "attachment/macro", "is a document with a program (macro) in it");
	if (office && (k->inside & INSIDE_OBJECT))
		give(k, "attachment/office-object", "is a document with a foreign object in it");
	if (k->type == FILETYPE_RTF && (k->inside & INSIDE_OBJECT))
		give(k, "attachment/rtf-object", "is a document with a foreign object in it");
	if (k->type == FILETYPE_PDF) {
		if (k->inside & INSIDE_SCRIPT)
			give(k, "attachment/pdf-script", "is a PDF with a script in it");
		if (k->inside & INSIDE_LAUNCH)
			give(k, "attachment/pdf-launch",
				"is a PDF that starts or holds other files");
		if ((k->inside & INSIDE_LINK) && k->in->words.folded.n < 600)
			give(k, "attachment/pdf-link", "is a PDF with a link, under a short mail");
	}
	if (office || k->type == FILETYPE_PDF || k->type == FILETYPE_RTF)
		give(k, "attachment/document", "is a document");
}

/* True when the text speaks of a password, in one of many languages. */
static bool tells_password(const struct check_input *in)
{
	static const struct span words[] = {{"password", 8}, {"passwort", 8}, {"kennwort", 8},
		{"mot de passe", 12}, {"contrasena", 10}, {"clave", 5}, {"senha", 5},
		{"wachtwoord", 10}, {"haslo", 5},
		{"\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c", 12}, {"sifre", 5},
		{"\xe5\xaf\x86\xe7\xa0\x81", 6},
		{"\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89", 15}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_find(span_take(in->words.folded, 4000), words[i]) >= 0)
			return true;
	return false;
}

static void look_at_part(struct look *k)
{
	k->type = filetype_of(k->p->content);
	k->name = filetype_name(k->p->filename);
	k->inside = filetype_inside(k->type, k->p->content);
	look_at_name(k);
	if (type_lies(k))
		give(k, "attachment/type-lies", "is not what its name says");
	if (((k->inside & INSIDE_ENCRYPTED) || k->name == NAME_ARCHIVE) && tells_password(k->in))
		give(k, "attachment/password-told",
			"comes with its password, so that no scanner opens it");
	if (k->inside & INSIDE_ENCRYPTED)
		give(k, "attachment/encrypted", "wants a password, so nobody can look inside");
	look_at_archive(k);
	look_at_document(k);
	if ((k->type == FILETYPE_HTML && (k->p->filename.n || k->p->attachment)) ||
		k->type == FILETYPE_SVG)
		look_at_page(k);
	if (k->type == FILETYPE_CALENDAR && (k->inside & INSIDE_LINK) && !k->in->is_reply)
		give(k, "attachment/calendar-link", "is a calendar entry with a link");
}

static void run(const struct check_input *in, struct findings *out)
{
	size_t looked = 0;

	for (size_t i = 1; i < in->m->parts && looked < 20; i++) {
		const struct part *p = &in->m->part[i];
		struct look k = {.in = in, .out = out, .p = p};

		if (p->kind == PART_MESSAGE)
			finding_add(in, out, &check_attachment, "attachment/message",
				span_take(p->head, 200), "A whole message is attached");
		if (p->kind != PART_LEAF ||
			(!p->attachment && !p->filename.n && span_starts(p->type, SPAN("text/")) &&
				!span_eq(p->type, SPAN("text/calendar"))))
			continue;
		looked++;
		look_at_part(&k);
	}
	/* A mail that is nothing but a file. */
	if (in->m->parts == 1 && (in->m->part[0].attachment || in->m->part[0].filename.n)) {
		struct look k = {.in = in, .out = out, .p = &in->m->part[0]};

		look_at_part(&k);
	}
}

const struct check check_attachment = {
	"attachment", "attached files that can do harm or hide what they are", variants, run};
