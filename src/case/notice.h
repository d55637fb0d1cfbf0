/*
 * A notice: one letter to one network about all abuse seen from it in some time. What is told comes
 * from the ledger's index (notice_gather), and becomes a mail of plain words, X-ARF and ARF
 * (notice_write). docs/design/notice.md tells why it is made as it is.
 *
 * No recipient's address or name goes in, links are defanged in words, and the same facts give the
 * same bytes.
 */
#ifndef CORDON_CASE_NOTICE_H
#define CORDON_CASE_NOTICE_H

#include "base/arena.h"
#include "case/contact.h"
#include "case/xarf_write.h"
#include "ledger/record.h"
#include "mail/received.h"

#include <sqlite3.h>

#define NOTICE_HOSTS_MOST   20000 /* that are read */
#define NOTICE_ROWS_MOST    2000  /* in the list that is attached */
#define NOTICE_SHOWN_MOST   20    /* in the words */
#define NOTICE_REPORTS_MOST 50    /* X-ARF reports of what was done */
#define NOTICE_LED_MOST     25    /* X-ARF reports of hosts that are led to */
#define NOTICE_SAMPLES_MOST 5     /* ARF reports */
#define NOTICE_PROOFS_MOST  5     /* records with proofs that are attached, of either */
#define NOTICE_HISTORY_MOST 20    /* earlier notices that are told of */
#define NOTICE_NONE         UINT64_MAX

/* The kinds in the order in which they are told: what hurts others most first. */
extern const enum sighting_kind notice_order[SIGHTING_KINDS];

/* What one host did in one way, or what of one kind leads to it. Spans live in the arena of
 * notice_gather(). */
struct notice_host {
	struct span name; /* address, prefix or host name, as the ledger has it */
	enum sighting_kind kind;
	bool by_mail;  /* seen by our own mail */
	bool led_to;   /* abuse of that kind, from anywhere, leads to it: no deed of the host */
	uint16_t port; /* 0: not known */
	uint8_t confidence;
	uint64_t count;
	int64_t first, last;
	struct span sources;          /* names, parted by commas */
	uint64_t first_seq, last_seq; /* indices of records in the log */
	uint64_t raw_seq;             /* newest one whose message is kept, or NOTICE_NONE */
	int64_t raw_at;               /* when that was seen; set for those that become samples */
	bool day_only;                /* its times are known to the day */
};

/* A notice that was sent, and what came back last. */
struct notice_past {
	struct span name;
	asn_t asn, to; /* about whom, to whom */
	bool to_upstreams;
	int64_t at;
	bool answered;
	enum answer answer;
	int64_t answer_at;
	uint64_t since; /* sightings after it was sent: of the network, or leading there */
};

/* All that is known about a network in a time. */
struct notice_facts {
	asn_t asn;
	struct span holder;  /* may be empty */
	int64_t from, until; /* seconds since 1970 UTC; until is not within */
	/* host[hosts]: host[acts] that did something, by kind (command servers first), then by
	 * count; then those that are led to, likewise. */
	struct notice_host *host;
	size_t hosts, acts;
	uint64_t sightings; /* of what was done, within the time, all of them */
	struct {
		uint64_t sightings; /* of abuse from anywhere that leads here; a message is one */
		uint64_t hosts;     /* distinct ones that it leads to */
		int64_t first, last;
	} led;
	struct {
		uint64_t sightings;
		size_t hosts; /* of those that were read */
		int64_t first, last;
	} kind[SIGHTING_KINDS];
	int64_t last; /* when anything was seen last there or leading there, in any time; 0: never
		       */
	struct notice_past *past; /* past[pasts]: newest first */
	size_t pasts;
};

/*
 * Reads what the index (ledger/index.h; its tables, index_schema.c) holds about a network. Returns
 * 0; -ENODATA when nothing was seen in that time; -EIO when the index cannot be read; -ENOMEM; with
 * a sentence. Cost: the network's sightings.
 */
int notice_gather(sqlite3 *db, asn_t asn, int64_t from, int64_t until, struct arena *arena,
	struct notice_facts *ret_facts, struct err *err);

/* All notices sent, newest first; of one network, or of all when asn is 0. */
int notice_history(sqlite3 *db, asn_t asn, size_t most, struct arena *arena,
	struct notice_past **ret_past, size_t *ret_n, struct err *err);

/* Where records, proofs and messages come from; each appends to a buffer and returns 0 or a
 * negative errno, upon which the notice goes without it. */
struct notice_evidence {
	void *context;
	int (*record)(void *context, uint64_t seq, struct buf *to);
	int (*proof)(void *context, uint64_t seq, struct buf *to);
	int (*raw)(void *context, uint64_t seq, struct buf *to);
	const char *log_key; /* the log's public key as text (vkey) */
};

struct notice_attachment {
	const char *name, *type;
	struct span bytes;
};

struct notice {
	const char *name;
	const struct notice_facts *facts;
	bool to_upstreams;                      /* to a network that carries the one it is about */
	asn_t to_asn;                           /* to whom */
	const struct contact *to;               /* mails > 0 */
	struct xarf_party by;                   /* who writes */
	int64_t written;                        /* its Date */
	int quiet_days;                         /* so many days without abuse are its end */
	const struct relays *relays;            /* may be NULL */
	const uint8_t *key;                     /* key[ARF_KEY_BYTES] */
	const struct notice_evidence *evidence; /* may be NULL */
	const struct notice_attachment *attachment; /* attachment[attachments] */
	size_t attachments;
};

/* Appends the words: UTF-8, lines ending with LF. */
void notice_words(const struct notice *n, struct buf *to);

/* Appends the mail, header fields and all, lines ending with CRLF. Returns 0 or -ENOMEM. */
int notice_write(struct message_parser *mp, const struct notice *n, struct buf *to);

/* Appends the list of hosts as CSV with a head line (docs/design/notice.md). */
void notice_csv(const struct notice_facts *facts, struct buf *to);

/* Appends the X-ARF report of the i-th host; 0 or -ENOMEM. */
int notice_xarf(const struct notice *n, size_t i, struct buf *to);

#endif
