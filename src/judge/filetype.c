/*
 * Magic numbers are facts of the formats. Inside an archive only the headers are read: names and
 * flags. Inside OLE, RTF and PDF marks are searched for, which is crude but cannot be led astray
 * by a broken structure.
 */
#include "judge/filetype.h"

#define LOOK_MOST ((size_t)1 << 20)

/* Pages are searched without case, which is dearer; what deceives stands near their top. */
#define PAGE_MOST ((size_t)1 << 18)

struct magic {
	uint8_t at, n;
	const char *bytes;
	enum filetype type;
};

/* clang-format off */
static const struct magic magics[] = {
	{0, 4, "%PDF", FILETYPE_PDF},
	{0, 5, "{\\rtf", FILETYPE_RTF},
	{0, 4, "{\\rt", FILETYPE_RTF}, /* what Word opens too */
	{0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FILETYPE_OLE},
	{0, 4, "PK\3\4", FILETYPE_ZIP},
	{0, 4, "PK\5\6", FILETYPE_ZIP},
	{0, 6, "Rar!\x1a\7", FILETYPE_RAR},
	{0, 6, "7z\xbc\xaf\x27\x1c", FILETYPE_7Z},
	{0, 2, "\x1f\x8b", FILETYPE_GZIP},
	{0, 4, "MSCF", FILETYPE_CAB},
	{7, 7, "**ACE**", FILETYPE_ACE},
	{0, 2, "MZ", FILETYPE_PROGRAM},
	{0, 4, "\x7f" "ELF", FILETYPE_PROGRAM},
	{0, 4, "\xcf\xfa\xed\xfe", FILETYPE_PROGRAM},
	{0, 4, "\xca\xfe\xba\xbe", FILETYPE_PROGRAM},
	{0, 8, "\x4c\0\0\0\1\x14\2\0", FILETYPE_LNK},
	{0, 8, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", FILETYPE_ONENOTE},
	{0, 8, "vhdxfile", FILETYPE_VHD},
	{0, 8, "conectix", FILETYPE_VHD},
	{0, 4, "\x89PNG", FILETYPE_IMAGE},
	{0, 3, "\xff\xd8\xff", FILETYPE_IMAGE},
	{0, 4, "GIF8", FILETYPE_IMAGE},
	{0, 4, "II*\0", FILETYPE_IMAGE},
	{0, 4, "MM\0*", FILETYPE_IMAGE},
	{0, 2, "BM", FILETYPE_IMAGE},
	{8, 4, "WEBP", FILETYPE_IMAGE},
};

static const char *const type_words[FILETYPE_COUNT] = {
	[FILETYPE_UNKNOWN] = "data of unknown kind", [FILETYPE_TEXT] = "text",
	[FILETYPE_HTML] = "a web page", [FILETYPE_SVG] = "a drawing (SVG)",
	[FILETYPE_PDF] = "a PDF", [FILETYPE_RTF] = "a document (RTF)",
	[FILETYPE_OLE] = "an Office document (OLE)", [FILETYPE_OOXML] = "an Office document",
	[FILETYPE_ZIP] = "an archive (ZIP)", [FILETYPE_RAR] = "an archive (RAR)",
	[FILETYPE_7Z] = "an archive (7-Zip)", [FILETYPE_GZIP] = "compressed data (gzip)",
	[FILETYPE_CAB] = "an archive (CAB)", [FILETYPE_ACE] = "an archive (ACE)",
	[FILETYPE_TAR] = "an archive (tar)", [FILETYPE_ISO] = "a disk image (ISO)",
	[FILETYPE_VHD] = "a disk image (VHD)", [FILETYPE_PROGRAM] = "a program",
	[FILETYPE_LNK] = "a shortcut", [FILETYPE_ONENOTE] = "a OneNote notebook",
	[FILETYPE_IMAGE] = "a picture", [FILETYPE_CALENDAR] = "a calendar entry",
};
/* clang-format on */

const char *filetype_words(enum filetype type)
{
	return type_words[type];
}

static bool has_at(struct span s, size_t at, struct span what)
{
	return s.n >= at + what.n && memcmp(s.p + at, what.p, what.n) == 0;
}

static bool has(struct span s, const char *needle)
{
	return span_find(s, span_cstr(needle)) >= 0;
}

static bool has_nocase(struct span s, const char *needle)
{
	return span_find_nocase(s, span_cstr(needle)) >= 0;
}

/* Text: what kind, by its first two kilobytes. */
static enum filetype text_type(struct span content)
{
	struct span head = span_trim(span_take(content, 2048));

	if (span_starts(head, SPAN("\xef\xbb\xbf")))
		head = span_trim(span_skip(head, 3));
	if (span_starts_nocase(head, SPAN("BEGIN:VCALENDAR")))
		return FILETYPE_CALENDAR;
	if (memchr(head.p ? head.p : "", 0, head.n))
		return FILETYPE_UNKNOWN;
	if (span_index(head, '<') < 0)
		return FILETYPE_TEXT;
	if (has_nocase(head, "<svg"))
		return FILETYPE_SVG;
	if (has_nocase(head, "<html") || has_nocase(head, "<!doctype html") ||
		has_nocase(head, "<script") || has_nocase(head, "<body") ||
		has_nocase(head, "<head") || has_nocase(head, "<meta ") ||
		has_nocase(head, "<form"))
		return FILETYPE_HTML;
	return FILETYPE_TEXT;
}

enum filetype filetype_of(struct span content)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		const struct magic *m = &magics[i];

		if (!has_at(content, m->at, (struct span){m->bytes, m->n}))
			continue;
		if (m->type == FILETYPE_ZIP &&
			(has(span_take(content, 4096), "[Content_Types].xml") ||
				has(span_take(content, 4096), "_rels/.rels")))
			return FILETYPE_OOXML;
		return m->type;
	}
	/* ISO 9660 has its mark in sector 16; a tar its own at 257. A PDF may have junk in front.
	 */
	if (has_at(content, 0x8001, SPAN("CD001")) || has_at(content, 0x8001, SPAN("BEA01")))
		return FILETYPE_ISO;
	if (has_at(content, 257, SPAN("ustar")))
		return FILETYPE_TAR;
	if (has(span_take(content, 1024), "%PDF-"))
		return FILETYPE_PDF;
	return text_type(content);
}

static struct span ending(struct span name)
{
	ssize_t dot = span_rindex(name, '.');

	return dot < 0 ? (struct span){0} : span_skip(name, (size_t)dot + 1);
}

enum name_kind filetype_name(struct span filename)
{
	/* clang-format off */
	static const struct {
		enum name_kind kind;
		const char *ends; /* each between spaces */
	} kinds[] = {
		{NAME_PROGRAM, " exe scr com pif cpl msi msix appx appinstaller dll sys jar apk dmg pkg "
			"gadget xll wll ocx application "},
		{NAME_SCRIPT, " js jse vbs vbe wsf wsh hta ps1 psm1 bat cmd reg sct msc chm inf py sh "
			"command ahk au3 "},
		{NAME_SHORTCUT, " lnk url scf desktop website library-ms search-ms settingcontent-ms "},
		{NAME_DISK, " iso img vhd vhdx udf daa "},
		{NAME_HTML, " html htm shtml xhtml mht mhtml xht svg "},
		{NAME_MACRO, " docm dotm xlsm xltm xlsb xlam pptm potm ppsm ppam sldm slk iqy "},
		{NAME_DOCUMENT, " pdf doc docx xls xlsx ppt pptx rtf odt ods odp txt csv eml msg ics "},
		{NAME_ARCHIVE, " zip rar 7z gz tgz tar bz2 xz cab ace arj lzh z r00 r01 uue zst "},
		{NAME_PICTURE, " png jpg jpeg gif bmp webp tif tiff heic mp3 mp4 wav "},
		{NAME_ONENOTE, " one onepkg "},
	};
	/* clang-format on */
	struct span end = ending(span_trim(filename));
	char key[24];

	if (!end.n || end.n > sizeof(key) - 2)
		return NAME_OTHER;
	key[0] = ' ';
	for (size_t i = 0; i < end.n; i++)
		key[i + 1] = ascii_lower(end.p[i]);
	key[end.n + 1] = ' ';
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (span_find(span_cstr(kinds[i].ends), (struct span){key, end.n + 2}) >= 0)
			return kinds[i].kind;
	return NAME_OTHER;
}

static bool is_dangerous(enum name_kind kind)
{
	return kind == NAME_PROGRAM || kind == NAME_SCRIPT || kind == NAME_SHORTCUT ||
	       kind == NAME_DISK;
}

bool filetype_name_double(struct span filename)
{
	struct span end = ending(filename);
	enum name_kind last = filetype_name(filename), first;

	if (!end.n || (!is_dangerous(last) && last != NAME_HTML))
		return false;
	first = filetype_name(span_trim(span_take(filename, filename.n - end.n - 1)));
	return first == NAME_DOCUMENT || first == NAME_PICTURE || first == NAME_MACRO;
}

static uint16_t u16_at(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint16_t)(b[0] | b[1] << 8);
}

/* What one name in an archive says. */
static unsigned inside_name(struct span name)
{
	enum name_kind kind = filetype_name(name);

	if (is_dangerous(kind))
		return INSIDE_PROGRAM;
	if (span_ends_nocase(name, SPAN("vbaProject.bin")) ||
		span_find_nocase(name, SPAN("macrosheets/")) >= 0 || kind == NAME_MACRO)
		return INSIDE_MACRO;
	return kind == NAME_HTML ? INSIDE_HTML : 0;
}

/* Local headers (APPNOTE 4.3.7) by their mark: 30 bytes, flags at 6, name's length at 26. */
static unsigned inside_zip(struct span s)
{
	unsigned inside = 0;
	ssize_t at;

	for (unsigned met = 0; met < 2000 && (at = span_find(s, SPAN("PK\3\4"))) >= 0; met++) {
		s = span_skip(s, (size_t)at);
		if (s.n < 30)
			break;
		size_t n = u16_at(s.p + 26);

		inside |= u16_at(s.p + 6) & 1 ? INSIDE_ENCRYPTED : 0;
		inside |= inside_name(span_take(span_skip(s, 30), n));
		s = span_skip(s, 30);
	}
	return inside;
}

static unsigned inside_ooxml(struct span s)
{
	unsigned inside = inside_zip(s);

	if (has(s, "embeddings/oleObject"))
		inside |= INSIDE_OBJECT;
	return inside & ~(unsigned)(INSIDE_PROGRAM | INSIDE_HTML);
}

/* OLE directories name streams in UTF-16LE (MS-CFB 2.6.1). */
static unsigned inside_ole(struct span s)
{
	unsigned inside = 0;

	if (span_find(s, SPAN("_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T")) >= 0 ||
		span_find(s, SPAN("M\0a\0c\0r\0o\0s\0\0")) >= 0)
		inside |= INSIDE_MACRO;
	if (span_find(s, SPAN("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e")) >= 0)
		inside |= INSIDE_ENCRYPTED;
	if (span_find(s, SPAN("O\0l\0e\0"
			      "1\0"
			      "0\0N\0a\0t\0i\0v\0e")) >= 0 ||
		span_find(s, SPAN("E\0q\0u\0a\0t\0i\0o\0n\0 \0N\0a\0t\0i\0v\0e")) >= 0)
		inside |= INSIDE_OBJECT;
	return inside;
}

static unsigned inside_pdf(struct span s)
{
	unsigned inside = 0;

	if (has(s, "/JavaScript") || has(s, "/JS ") || has(s, "/JS("))
		inside |= INSIDE_SCRIPT;
	if (has(s, "/Launch") || has(s, "/EmbeddedFile"))
		inside |= INSIDE_LAUNCH;
	if (has(s, "/URI"))
		inside |= INSIDE_LINK;
	if (has(s, "/Encrypt"))
		inside |= INSIDE_ENCRYPTED;
	return inside;
}

static unsigned inside_html(struct span s)
{
	unsigned inside = 0;

	if (has_nocase(s, "<script") || has_nocase(s, "onload=") || has_nocase(s, "javascript:"))
		inside |= INSIDE_SCRIPT;
	if (has_nocase(s, "<form"))
		inside |= INSIDE_FORM;
	if (has_nocase(s, "type=\"password\"") || has_nocase(s, "type='password'") ||
		has_nocase(s, "type=password"))
		inside |= INSIDE_PASSWORD;
	if ((inside & INSIDE_SCRIPT) &&
		(has(s, "atob(") || has(s, "unescape(") || has(s, "fromCharCode") ||
			has(s, "eval(") || has(s, "document.write(")))
		inside |= INSIDE_ENCODED;
	if (has_nocase(s, "http-equiv=\"refresh\"") || has(s, "location.href") ||
		has(s, "window.location") || has(s, "location.replace"))
		inside |= INSIDE_LAUNCH;
	return inside;
}

static unsigned inside_rar(struct span s)
{
	/* RAR 4: flags of the archive header at 10; RAR 5: an encryption header is type 4. */
	if (s.n > 12 && s.p[6] == 0)
		return u16_at(s.p + 10) & 0x80 ? INSIDE_ENCRYPTED : 0;
	return s.n > 14 && s.p[13] == 4 ? INSIDE_ENCRYPTED : 0;
}

unsigned filetype_inside(enum filetype type, struct span content)
{
	struct span s = span_take(content, LOOK_MOST);

	switch (type) {
	case FILETYPE_ZIP: return inside_zip(s);
	case FILETYPE_OOXML: return inside_ooxml(s);
	case FILETYPE_OLE: return inside_ole(s);
	case FILETYPE_PDF: return inside_pdf(s);
	case FILETYPE_RAR: return inside_rar(s);
	case FILETYPE_HTML:
	case FILETYPE_SVG: return inside_html(span_take(s, PAGE_MOST));
	case FILETYPE_RTF:
		return has_nocase(s, "\\objdata") || has_nocase(s, "\\objupdate") ||
				       has_nocase(s, "\\objautlink")
			       ? INSIDE_OBJECT
			       : 0;
	case FILETYPE_CALENDAR:
		return has_nocase(s, "http://") || has_nocase(s, "https://") ? INSIDE_LINK : 0;
	default: return 0;
	}
}
