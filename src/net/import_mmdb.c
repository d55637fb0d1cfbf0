/*
 * MMDB through libmaxminddb. The library opens files by name alone, so the stream is written to a
 * file in memory first, which also takes care of compressed ones.
 *
 * The tree is walked with a stack of its own. In a sound file each node has one parent, but for the
 * aliases of the IPv4 tree (2002::/16, ::ffff:0:0/96 and such), which are passed over; a node that
 * is reached twice in another way would let a small file stand for 2^128 networks, so a mark a node
 * refuses the second visit.
 */
#include "net/asn.h"
#include "net/import_format.h"
#include "net/table_format.h"

#include <errno.h>
#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

bool import_is_mmdb(struct span head)
{
	/* A search tree is binary from its first node on; no text holds a NUL. */
	return head.n && memchr(head.p, '\0', head.n < 4096 ? head.n : 4096);
}

/* Where a walk still has to go. */
struct step {
	u128 first; /* the node's first address */
	uint32_t node;
	unsigned depth; /* bits of it that are fixed */
};

/* What stands at an offset of the data section; many networks share one. */
struct known {
	bool used;
	int rc; /* 0, or IMPORT_ASN when it names no origin */
	uint32_t offset;
	asn_t asn;
	struct span holder;
};

#define MMDB_MOST ((size_t)1 << 30) /* bytes of a file */
#define KNOWN     16384u
#define STACK     130 /* one for each bit of an address, and two */

struct walk {
	struct import *im;
	MMDB_s db;
	uint8_t *seen; /* a bit a node */
	struct known *known;
	struct step stack[STACK];
	size_t n;
	unsigned bits; /* of an address: 32 or 128 */
};

static bool get(MMDB_entry_s *entry, const char *key, MMDB_entry_data_s *ret_data)
{
	return MMDB_get_value(entry, ret_data, key, NULL) == MMDB_SUCCESS && ret_data->has_data;
}

/* AS number: GeoLite2, DB-IP and ip-location-db give a number, IPinfo "AS13335". */
static int read_asn(MMDB_entry_s *entry, asn_t *ret_asn)
{
	MMDB_entry_data_s d;

	if (!get(entry, "autonomous_system_number", &d) && !get(entry, "asn", &d))
		return IMPORT_ASN;
	if (d.type == MMDB_DATA_TYPE_UTF8_STRING)
		return asn_parse((struct span){d.utf8_string, d.data_size}, ret_asn) < 0
			       ? IMPORT_ASN
			       : 0;
	if (d.type != MMDB_DATA_TYPE_UINT32 && d.type != MMDB_DATA_TYPE_UINT16)
		return IMPORT_ASN;
	*ret_asn = d.type == MMDB_DATA_TYPE_UINT32 ? d.uint32 : d.uint16;
	return 0;
}

static struct span read_holder(MMDB_entry_s *entry)
{
	static const char *const keys[] = {
		"autonomous_system_organization", "as_name", "name", "organization"};
	MMDB_entry_data_s d;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (get(entry, keys[i], &d) && d.type == MMDB_DATA_TYPE_UTF8_STRING)
			return (struct span){d.utf8_string, d.data_size};
	return (struct span){NULL, 0};
}

static const struct known *look_up(struct walk *w, MMDB_entry_s *entry)
{
	struct known *k = &w->known[entry->offset * 2654435761u >> 18];

	if (!k->used || k->offset != entry->offset) {
		*k = (struct known){.used = true, .offset = entry->offset};
		k->rc = read_asn(entry, &k->asn);
		k->holder = read_holder(entry);
	}
	return k;
}

/* In a tree of both families IPv4 is ::/96. */
static struct prefix prefix_at(const struct walk *w, u128 first, unsigned depth)
{
	bool v4 = w->bits == 32 || (depth >= 96 && first >> 32 == 0);
	struct prefix p = {.ip.family = v4 ? IP_V4 : IP_V6};

	for (int i = v4 ? 4 : 16; i-- > 0; first >>= 8)
		p.ip.byte[i] = (uint8_t)first;
	p.length = (uint8_t)(v4 && w->bits == 128 ? depth - 96 : depth);
	return p;
}

static int take_network(struct walk *w, MMDB_entry_s *entry, u128 first, unsigned depth)
{
	const struct known *k = look_up(w, entry);
	struct prefix p = prefix_at(w, first, depth);
	char text[IP_TEXT];

	if (k->rc) {
		import_skip(w->im, IMPORT_ASN, 0, span_cstr(prefix_format(&p, text)));
		return 0;
	}
	return import_prefix(w->im, &p, k->asn, k->holder);
}

/* True when the node was not visited before; it then counts as visited. */
static bool mark(struct walk *w, uint32_t node)
{
	uint8_t bit = (uint8_t)(1 << node % 8);
	bool fresh = !(w->seen[node / 8] & bit);

	w->seen[node / 8] |= bit;
	return fresh;
}

/* Another way into the IPv4 tree than ::/96. */
static bool is_alias(const struct walk *w, const struct step *s)
{
	return w->bits == 128 && w->db.ipv4_start_node.netmask == 96 &&
	       s->node == w->db.ipv4_start_node.node_value && (s->depth != 96 || s->first != 0);
}

static void bad_tree(struct walk *w, u128 first, unsigned depth)
{
	struct prefix p = prefix_at(w, first, depth);
	char text[IP_TEXT];

	import_skip(w->im, IMPORT_TREE, 0, span_cstr(prefix_format(&p, text)));
}

/* One of the two records of a node. */
static int take_record(
	struct walk *w, uint64_t record, int type, MMDB_entry_s *entry, u128 first, unsigned depth)
{
	struct step next = {first, (uint32_t)record, depth};

	switch (type) {
	case MMDB_RECORD_TYPE_EMPTY: return 0;
	case MMDB_RECORD_TYPE_DATA: return take_network(w, entry, first, depth);
	case MMDB_RECORD_TYPE_SEARCH_NODE:
		if (is_alias(w, &next))
			return 0;
		if (depth < w->bits && mark(w, next.node)) {
			w->stack[w->n++] = next;
			return 0;
		}
		break;
	}
	bad_tree(w, first, depth);
	return 0;
}

static int take_node(struct walk *w, const struct step *s)
{
	unsigned depth = s->depth + 1;
	MMDB_search_node_s node;

	if (MMDB_read_node(&w->db, s->node, &node) != MMDB_SUCCESS) {
		bad_tree(w, s->first, s->depth);
		return 0;
	}
	/* The right one is pushed first, so that networks come in order. */
	int rc = take_record(w, node.right_record, node.right_record_type, &node.right_record_entry,
		s->first | (u128)1 << (w->bits - depth), depth);

	if (rc == 0)
		rc = take_record(w, node.left_record, node.left_record_type,
			&node.left_record_entry, s->first, depth);
	return rc;
}

static int walk_tree(struct walk *w)
{
	int rc = 0;

	w->bits = w->db.metadata.ip_version == 4 ? 32 : 128;
	w->seen = calloc((size_t)w->db.metadata.node_count / 8 + 1, 1);
	w->known = calloc(KNOWN, sizeof(*w->known));
	if (!w->seen || !w->known)
		rc = -ENOMEM;
	if (rc == 0 && w->db.metadata.node_count && mark(w, 0))
		w->stack[w->n++] = (struct step){0, 0, 0};
	while (rc == 0 && w->n) {
		struct step s = w->stack[--w->n];

		rc = take_node(w, &s);
	}
	free(w->seen);
	free(w->known);
	return rc;
}

static int read_db(struct import *im, const char *name, struct err *err)
{
	struct walk w = {.im = im};
	int rc = MMDB_open(name, MMDB_MODE_MMAP, &w.db);

	if (rc != MMDB_SUCCESS)
		return err_set(
			err, -EINVAL, "%s: binary, but no MMDB (%s)", im->path, MMDB_strerror(rc));
	rc = import_tell_day(im, (int32_t)(w.db.metadata.build_epoch / 86400), err);
	if (rc == 0) {
		import_tell_source(im, span_cstr(w.db.metadata.database_type));
		rc = walk_tree(&w);
		if (rc < 0)
			err_sys(err, rc, "%s", im->path);
	}
	MMDB_close(&w.db);
	return rc;
}

static int write_all(int fd, struct span s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			s = span_skip(s, (size_t)n);
	}
	return 0;
}

static int copy(struct import *im, int fd, struct span head, struct stream *stream, struct err *err)
{
	char room[65536];
	size_t total = head.n;
	int rc = write_all(fd, head);

	while (rc == 0) {
		ssize_t n = stream_read(stream, room, sizeof(room), err);

		if (n <= 0)
			return (int)n;
		total += (size_t)n;
		rc = total > MMDB_MOST ? -EFBIG : write_all(fd, (struct span){room, (size_t)n});
	}
	return rc < 0 ? err_sys(err, rc, "%s", im->path) : 0;
}

int import_mmdb(struct import *im, struct span head, struct stream *stream, struct err *err)
{
	int fd = memfd_create("mmdb", MFD_CLOEXEC);
	char name[40];

	if (fd < 0)
		return err_sys(err, -errno, "%s: memory file", im->path);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	int rc = copy(im, fd, head, stream, err);

	if (rc == 0)
		rc = read_db(im, name, err);
	close(fd);
	return rc;
}
