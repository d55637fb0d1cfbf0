/*
 * Every file is replaced whole and synced (base/file.h). The digest is over sender, recipients and
 * the mail's bytes, each with its length before it, so that nothing that is sent can be changed
 * without it.
 */
#include "case/notice_store.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *notice_state_words(enum notice_state s)
{
	static const char *const words[] = {"draft", "changed since it was approved", "approved",
		"may have been sent", "sent, not recorded yet", "sent"};

	return words[s];
}

bool notice_name_ok(struct span s)
{
	if (s.n == 0 || s.n > NOTICE_NAME_MOST)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && s.p[i] != '-' && !(s.p[i] >= 'a' && s.p[i] <= 'z'))
			return false;
	return true;
}

static int path_of(
	const char *state, const char *name, const char *file, char to[PATH_MAX], struct err *err)
{
	int n;

	if (!notice_name_ok(span_cstr(name)))
		return err_set(err, -EINVAL,
			"'%.60s' is no notice's name; 'cordon notice list' shows them", name);
	n = snprintf(to, PATH_MAX, "%s/notices/%s%s%s", state, name, *file ? "/" : "", file);
	return n < 0 || n >= PATH_MAX ? err_sys(err, -ENAMETOOLONG, "%s", name) : 0;
}

static int sync_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || (fsync(fd) < 0 && errno != EINVAL) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc < 0 ? err_sys(err, rc, "%s", path) : 0;
}

int notice_store_make(const char *state_dir, const char *stem,
	bool (*taken)(void *context, const char *name), void *context,
	char ret_name[NOTICE_NAME_MOST + 1], struct err *err)
{
	char path[PATH_MAX], name[NOTICE_NAME_MOST + 1];

	snprintf(path, sizeof(path), "%s/notices", state_dir);
	int rc = file_make_folder(path, err);

	for (unsigned i = 1; rc == 0; i++) {
		if (snprintf(name, sizeof(name), "%s-%u", stem, i) >= (int)sizeof(name))
			return err_sys(err, -ENAMETOOLONG, "%s", stem);
		rc = path_of(state_dir, name, "", path, err);
		if (rc < 0 || (taken && taken(context, name)))
			continue;
		if (mkdir(path, 0700) == 0)
			break;
		if (errno != EEXIST)
			rc = err_sys(err, -errno, "%s", path);
	}
	if (rc == 0)
		strcpy(ret_name, name);
	return rc;
}

static json_t *meta_to_json(const struct notice_meta *m)
{
	json_t *mails = json_array();

	for (size_t i = 0; i < m->contact.mails; i++)
		json_array_append_new(mails, json_string(m->contact.mail[i]));
	return json_pack("{s:s, s:I, s:I, s:b, s:s, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:I}",
		"name", m->name, "asn", (json_int_t)m->asn, "to", (json_int_t)m->to, "to_upstreams",
		m->to_upstreams, "sender", m->sender, "recipients", mails, "contact",
		contact_from_name(m->contact.from), "contact_said", m->contact.said, "written",
		(json_int_t)m->written, "from", (json_int_t)m->from, "until", (json_int_t)m->until,
		"sightings", (json_int_t)m->sightings, "hosts", (json_int_t)m->hosts);
}

static bool take_contact(const char *from, const char *said, const json_t *mails, struct contact *c)
{
	bool good = false;

	for (int i = CONTACT_NONE; i <= CONTACT_ADDRESS; i++)
		if (!strcmp(from, contact_from_name((enum contact_from)i))) {
			c->from = (enum contact_from)i;
			good = true;
		}
	snprintf(c->said, sizeof(c->said), "%s", said);
	for (size_t i = 0; i < json_array_size(mails); i++)
		good = contact_add(c, span_cstr(json_string_value(json_array_get(mails, i)))) &&
		       good;
	return good;
}

static bool meta_from_json(const json_t *j, struct notice_meta *m)
{
	const char *name, *sender, *from, *said;
	json_int_t asn, to, written, begin, until, sightings, hosts;
	int upstreams;
	json_t *mails;

	if (json_unpack((json_t *)j,
		    "{s:s, s:I, s:I, s:b, s:s, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "name",
		    &name, "asn", &asn, "to", &to, "to_upstreams", &upstreams, "sender", &sender,
		    "recipients", &mails, "contact", &from, "contact_said", &said, "written",
		    &written, "from", &begin, "until", &until, "sightings", &sightings, "hosts",
		    &hosts) < 0)
		return false;
	*m = (struct notice_meta){.asn = (asn_t)asn,
		.to = (asn_t)to,
		.to_upstreams = upstreams,
		.written = written,
		.from = begin,
		.until = until,
		.sightings = (uint64_t)sightings,
		.hosts = (uint64_t)hosts};
	if (!notice_name_ok(span_cstr(name)) || !contact_mail_ok(span_cstr(sender)) || asn < 0 ||
		asn > UINT32_MAX || to < 0 || to > UINT32_MAX)
		return false;
	strcpy(m->name, name);
	strcpy(m->sender, sender);
	return take_contact(from, said, mails, &m->contact);
}

static int replace(
	const char *state, const char *name, const char *file, struct span bytes, struct err *err)
{
	char path[PATH_MAX];
	int rc = path_of(state, name, file, path, err);

	return rc < 0 ? rc : file_replace(path, &bytes, 1, err);
}

int notice_store_put(
	const char *state_dir, const struct notice_meta *meta, struct span mail, struct err *err)
{
	json_t *j = meta_to_json(meta);
	char *text = j ? json_dumps(j, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
	int rc = text ? replace(state_dir, meta->name, "mail.eml", mail, err)
		      : err_sys(err, -ENOMEM, "%s", meta->name);

	if (rc == 0)
		rc = replace(state_dir, meta->name, "notice.json", span_cstr(text), err);
	free(text);
	json_decref(j);
	return rc;
}

void notice_store_drop(const char *state_dir, const char *name)
{
	static const char *const files[] = {"mail.eml", "notice.json"};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (path_of(state_dir, name, files[i], path, NULL) == 0)
			unlink(path);
	if (path_of(state_dir, name, "", path, NULL) == 0)
		rmdir(path);
}

static int get_meta(
	const char *state, const char *name, struct notice_meta *ret_meta, struct err *err)
{
	char path[PATH_MAX];
	struct buf text = {0};
	json_t *j = NULL;
	struct notice_meta m;
	int rc = path_of(state, name, "notice.json", path, err);

	if (rc == 0 && access(path, F_OK) < 0 && errno == ENOENT)
		rc = err_set(err, -ENOENT,
			"there is no notice %s; 'cordon notice list' shows those there are", name);
	if (rc == 0)
		rc = file_read(path, 1 << 16, &text, err);
	if (rc == 0) {
		j = json_loadb(text.n ? text.p : "", text.n, 0, NULL);
		if (!j || !meta_from_json(j, &m) || strcmp(m.name, name))
			rc = err_set(err, -EBADMSG, "%s: is damaged; draft the notice anew", path);
		else
			*ret_meta = m;
	}
	json_decref(j);
	buf_done(&text);
	return rc;
}

int notice_store_get(const char *state_dir, const char *name, struct notice_meta *ret_meta,
	struct buf *mail, struct err *err)
{
	char path[PATH_MAX];
	struct notice_meta m;
	int rc = get_meta(state_dir, name, &m, err);

	if (rc == 0 && mail)
		rc = path_of(state_dir, name, "mail.eml", path, err);
	if (rc == 0 && mail)
		rc = file_read(path, NOTICE_MAIL_MOST, mail, err);
	if (rc == 0 && ret_meta)
		*ret_meta = m;
	return rc;
}

static void add_text(crypto_hash_sha256_state *h, struct span s)
{
	uint64_t n = s.n;
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(n >> (8 * i));
	crypto_hash_sha256_update(h, length, sizeof(length));
	crypto_hash_sha256_update(h, (const unsigned char *)s.p, s.n);
}

void notice_store_digest(const struct notice_meta *meta, struct span mail, char digest[65])
{
	crypto_hash_sha256_state h;
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_init(&h);
	add_text(&h, span_cstr(meta->sender));
	for (size_t i = 0; i < meta->contact.mails; i++)
		add_text(&h, span_cstr(meta->contact.mail[i]));
	add_text(&h, mail);
	crypto_hash_sha256_final(&h, hash);
	sodium_bin2hex(digest, 65, hash, sizeof(hash));
}

static int digest_now(const char *state, const char *name, char digest[65], struct err *err)
{
	struct notice_meta m;
	struct buf mail = {0};
	int rc = notice_store_get(state, name, &m, &mail, err);

	if (rc == 0)
		notice_store_digest(&m, buf_span(&mail), digest);
	buf_done(&mail);
	return rc;
}

int notice_store_mark(const char *state_dir, const char *name, const char *mark, int64_t now,
	const char *what, struct err *err)
{
	char line[700], path[PATH_MAX];
	int n = snprintf(line, sizeof(line), "%lld %.600s\n", (long long)now, what);
	int rc = replace(state_dir, name, mark, (struct span){line, (size_t)n}, err);

	if (rc == 0)
		rc = path_of(state_dir, name, "", path, err);
	return rc < 0 ? rc : sync_folder(path, err);
}

int notice_store_unmark(const char *state_dir, const char *name, const char *mark, struct err *err)
{
	char path[PATH_MAX];
	int rc = path_of(state_dir, name, mark, path, err);

	if (rc == 0 && unlink(path) < 0 && errno != ENOENT)
		rc = err_sys(err, -errno, "%s", path);
	if (rc == 0)
		rc = path_of(state_dir, name, "", path, err);
	return rc < 0 ? rc : sync_folder(path, err);
}

bool notice_store_marked(const char *state_dir, const char *name, const char *mark, int64_t *ret_at,
	char *ret_what, size_t room)
{
	char path[PATH_MAX];
	struct buf text = {0};
	struct span line, rest, word;
	unsigned long long at = 0;

	/* A mark that cannot be read is there all the same. */
	if (path_of(state_dir, name, mark, path, NULL) < 0 || access(path, F_OK) < 0)
		return false;
	if (ret_what)
		*ret_what = '\0';
	*ret_at = 0;
	if (file_read(path, 4096, &text, NULL) == 0) {
		rest = buf_span(&text);
		if (span_line(&rest, &line) && span_cut(&line, ' ', &word) &&
			span_number(word, INT64_MAX, &at) == 0) {
			*ret_at = (int64_t)at;
			if (ret_what)
				snprintf(ret_what, room, "%.*s", SPAN_ARG(line));
		}
	}
	buf_done(&text);
	return true;
}

int notice_store_approve(const char *state_dir, const char *name, int64_t now, struct err *err)
{
	char digest[65];
	int rc = digest_now(state_dir, name, digest, err);

	return rc < 0 ? rc : notice_store_mark(state_dir, name, "approved", now, digest, err);
}

int notice_store_state(
	const char *state_dir, const char *name, enum notice_state *ret_state, struct err *err)
{
	char now[65], approved[65] = "";
	int64_t at;
	int rc = digest_now(state_dir, name, now, err);

	if (rc < 0)
		return rc;
	if (notice_store_marked(state_dir, name, "sent", &at, NULL, 0))
		*ret_state = NOTICE_SENT;
	else if (notice_store_marked(state_dir, name, "accepted", &at, NULL, 0))
		*ret_state = NOTICE_ACCEPTED;
	else if (notice_store_marked(state_dir, name, "sending", &at, NULL, 0))
		*ret_state = NOTICE_MAYBE;
	else if (!notice_store_marked(state_dir, name, "approved", &at, approved, sizeof(approved)))
		*ret_state = NOTICE_DRAFT;
	else
		*ret_state = strcmp(approved, now) ? NOTICE_CHANGED : NOTICE_APPROVED;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int grow_names(char ***names, size_t n, const char *name)
{
	char **more = n & (n - 1) ? *names : realloc(*names, (n ? 2 * n : 1) * sizeof(**names));

	if (!more)
		return -ENOMEM;
	*names = more;
	more[n] = strdup(name);
	return more[n] ? 0 : -ENOMEM;
}

int notice_store_names(const char *state_dir, char ***ret_names, size_t *ret_n, struct err *err)
{
	char path[PATH_MAX];
	char **names = NULL;
	struct dirent *e;
	size_t n = 0;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/notices", state_dir);
	DIR *d = opendir(path);

	if (!d && errno != ENOENT)
		return err_sys(err, -errno, "%s", path);
	while (d && rc == 0 && (e = readdir(d))) {
		if (!notice_name_ok(span_cstr(e->d_name)) || !strchr(e->d_name, '-'))
			continue;
		rc = grow_names(&names, n, e->d_name);
		n += rc == 0;
	}
	if (d)
		closedir(d);
	if (rc < 0) {
		while (n > 0)
			free(names[--n]);
		free(names);
		return err_sys(err, rc, "%s", path);
	}
	if (n > 1)
		qsort(names, n, sizeof(*names), compare_names);
	*ret_names = names;
	*ret_n = n;
	return 0;
}

int notice_store_key(const char *state_dir, uint8_t ret_key[32], struct err *err)
{
	char path[PATH_MAX];
	struct buf text = {0};

	snprintf(path, sizeof(path), "%s/notices", state_dir);
	int rc = file_make_folder(path, err);

	snprintf(path, sizeof(path), "%s/notices/key", state_dir);
	if (rc == 0 && access(path, F_OK) == 0) {
		rc = file_read(path, 64, &text, err);
		if (rc == 0 && text.n != 32)
			rc = err_set(err, -EBADMSG, "%s: is damaged; remove it", path);
		if (rc == 0)
			memcpy(ret_key, text.p, 32);
	} else if (rc == 0) {
		randombytes_buf(ret_key, 32);
		rc = file_replace(path, &(struct span){(const char *)ret_key, 32}, 1, err);
		if (rc == 0 && chmod(path, 0600) < 0)
			rc = err_sys(err, -errno, "%s", path);
	}
	buf_done(&text);
	return rc;
}
