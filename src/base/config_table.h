/* The table of settings: all that is known of each, in one place. For config.c, config_print.c. */
#ifndef CORDON_BASE_CONFIG_TABLE_H
#define CORDON_BASE_CONFIG_TABLE_H

#include "base/config.h"

enum setting_kind {
	SETTING_SHARE,  /* double, low .. high */
	SETTING_NUMBER, /* long, low .. high */
	SETTING_FLAG,   /* bool */
	SETTING_TEXT,   /* char *, NULL for "" */
	SETTING_LIST,   /* char **, and a size_t at count_at */
};

struct setting {
	const char *group; /* a heading, with the first setting of a group; else NULL */
	const char *name;  /* in the file; NULL ends the table */
	enum setting_kind kind;
	size_t at, count_at; /* offsets in struct config */
	const char *usual;   /* the default as it is written, a text without its quotes; lists: "" */
	double low, high;
	const char *unit;    /* of a number: "days"; NULL for a plain one */
	const char *choices; /* of a text, parted by blanks; NULL: any that is fit */
	bool (*fit)(const char *text); /* of a text that is not "", of each entry of a list; or NULL */
	const char *form;    /* what a value is, "a name such as ..."; NULL: as by kind */
	const char *words;   /* what it means: sentences */
};

extern const struct setting config_table[];

/* The setting of that name (of n bytes), or NULL. */
const struct setting *config_setting(const char *name, size_t n);

/* Appends what a value of it is: "a number of days from 0 to 3650". */
void config_form(const struct setting *s, struct buf *to);

#endif
