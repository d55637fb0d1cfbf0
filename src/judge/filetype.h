/*
 * What a file is, by its content first and its name second, and what is dangerous inside it. A
 * bounded look: nothing is decompressed, nothing is run.
 */
#ifndef CORDON_JUDGE_FILETYPE_H
#define CORDON_JUDGE_FILETYPE_H

#include "base/span.h"

#include <stdint.h>

enum filetype {
	FILETYPE_UNKNOWN,
	FILETYPE_TEXT,
	FILETYPE_HTML,
	FILETYPE_SVG,
	FILETYPE_PDF,
	FILETYPE_RTF,
	FILETYPE_OLE,   /* Office before 2007, also .msi and .msg */
	FILETYPE_OOXML, /* Office since 2007 */
	FILETYPE_ZIP,
	FILETYPE_RAR,
	FILETYPE_7Z,
	FILETYPE_GZIP,
	FILETYPE_CAB,
	FILETYPE_ACE,
	FILETYPE_TAR,
	FILETYPE_ISO,
	FILETYPE_VHD,
	FILETYPE_PROGRAM,
	FILETYPE_LNK,
	FILETYPE_ONENOTE,
	FILETYPE_IMAGE,
	FILETYPE_CALENDAR,
	FILETYPE_COUNT
};

/* The type by the first bytes; FILETYPE_TEXT when nothing better fits and no NUL is met. */
enum filetype filetype_of(struct span content);

/* "a program", "an archive (ZIP)", ...; static. */
const char *filetype_words(enum filetype type);

/* What is inside. Bits. */
enum {
	INSIDE_MACRO = 1 << 0,     /* VBA in Office files, Excel 4 macro sheets */
	INSIDE_ENCRYPTED = 1 << 1, /* an archive, document or PDF that wants a password */
	INSIDE_PROGRAM = 1 << 2,   /* an archive holds a program, script, shortcut or disk image */
	INSIDE_OBJECT = 1 << 3,    /* embedded objects (RTF, Office) */
	INSIDE_SCRIPT = 1 << 4,    /* script in HTML, SVG or PDF */
	INSIDE_PASSWORD = 1 << 5,  /* a password input in HTML */
	INSIDE_FORM = 1 << 6,      /* a form in HTML */
	INSIDE_LINK = 1 << 7,      /* a link in PDF or calendar */
	INSIDE_LAUNCH = 1 << 8,    /* PDF: acts when opened, or starts something */
	INSIDE_REMOTE = 1 << 9,    /* Office: a template or object loaded from the network */
	INSIDE_HTML = 1 << 10,     /* an archive holds a web page */
	INSIDE_ENCODED = 1 << 11   /* HTML that writes itself out of an encoded string */
};

/* Looks inside: linear, at most the first and last MiB. */
unsigned filetype_inside(enum filetype type, struct span content);

/* Kinds of file by the end of a name. */
enum name_kind {
	NAME_OTHER,
	NAME_PROGRAM,
	NAME_SCRIPT,
	NAME_SHORTCUT,
	NAME_DISK,
	NAME_HTML,
	NAME_DOCUMENT,
	NAME_MACRO,
	NAME_ARCHIVE,
	NAME_PICTURE,
	NAME_ONENOTE
};

enum name_kind filetype_name(struct span filename);

/* True for "invoice.pdf.exe": a harmless ending in front of a dangerous or a page's one. */
bool filetype_name_double(struct span filename);

#endif
