/* The collection of campaigns from the inside: for the files that put prints into it and keep it.
 */
#ifndef CORDON_JUDGE_CAMPAIGN_WORK_H
#define CORDON_JUDGE_CAMPAIGN_WORK_H

#include "judge/campaign_core.h"
#include "judge/campaign_tables.h"
#include "judge/campaign_template.h"

#include <limits.h>

#define KEEP_DAYS 400
#define MOST      400000u

/* One campaign; a place without one has messages == 0, and `next` is the next such place. */
struct one {
	uint64_t name; /* 48 bits */
	uint64_t messages;
	int64_t first, last;
	uint32_t mailer; /* the hash of the one that most have, by the majority vote of Boyer */
	uint32_t mailer_lead; /* and Moore (1981): by how many it leads */
	uint32_t next;
	float cover;        /* mean share of a message that is in the core, of the last 16 or so */
	float mailer_share; /* mean share of messages that are of `mailer`, likewise */
	bool closed;        /* turned out to be what unrelated mail shares */
	struct core core;
	struct template *template; /* NULL while the message stands alone */
};

/* A message that is being put. */
struct tally {
	uint32_t who, sum;
};

#define TALLY_SLOTS 4096 /* a power of two, over PRINT_MOST * BUCKET_PLACES */
struct desk {
	uint8_t weight[PRINT_MOST];
	struct tally tally[TALLY_SLOTS];
	uint16_t used[PRINT_MOST * BUCKET_PLACES];
	size_t n;
};

struct campaigns {
	uint64_t key;
	uint32_t keep_days, most;
	struct counts counts;
	struct finder finder;
	struct one *one; /* one[places] */
	uint32_t places, room, alive;
	uint32_t free;   /* the first place without one, plus 1; 0 for none */
	uint64_t serial; /* campaigns begun so far */
	uint64_t puts;
	uint64_t mark;
	int64_t now;                          /* as far as messages say, see campaign_age.c */
	int64_t ahead;                        /* the least of times that are far ahead of it */
	uint32_t aheads;                      /* how many in a row */
	int64_t swept;                        /* day of the last sweep */
	uint64_t swept_at;                    /* puts by then */
	uint64_t weighed;                     /* campaigns counted when `weight` was made */
	uint8_t weight[256][SHINGLE_CLASSES]; /* by level */
	/* not kept */
	struct desk *desk;
	bool anybodys; /* templates show words whoever got them */
	struct buf template_text, subject_text;
	char name_text[CAMPAIGN_NAME];
	size_t looked; /* campaigns before looked_place, as of so many puts */
	uint32_t looked_place;
	uint64_t looked_puts;
	int lock; /* -1 for none */
	bool write;
	char path[PATH_MAX];
};

/* Forgets a campaign. */
void campaigns_forget(struct campaigns *c, uint32_t place);

/* Makes the table of weights anew when it is due, or when now is true (campaign_weigh.c). */
void campaigns_weigh(struct campaigns *c, bool now);

/* The time goes on; who was not seen for long is forgotten, and the least useful when there are
 * too many (campaign_age.c). 0, or -ENOMEM with all as it was. */
int campaigns_age(struct campaigns *c, int64_t at);

/* Takes what the index has of a campaign out, and chooses anew what it is found by. */
void campaigns_hide(struct campaigns *c, uint32_t place);
void campaigns_show(struct campaigns *c, uint32_t place);

#endif
