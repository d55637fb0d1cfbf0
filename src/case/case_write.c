/* Files one by one; the sums come last but for the note that signs them, so that a folder without
 * them is not whole. A note of an earlier case goes first: it signs what is replaced. */
#include "case/case_write.h"

#include "base/file.h"
#include "case/case_doc.h"
#include "case/case_json.h"
#include "ledger/sums.h"
#include "show/doc_html.h"
#include "show/doc_pdf.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

struct writing {
	const char *folder;
	struct buf sums;
	struct err *err;
};

static int write_file(struct writing *w, const char *name, struct span bytes)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", w->folder, name) >= sizeof(path))
		return err_sys(w->err, -ENAMETOOLONG, "%s", w->folder);
	sums_add(&w->sums, name, bytes);
	return file_replace(path, &bytes, 1, w->err);
}

void case_write_records(const struct case_file *c, struct buf *to)
{
	for (size_t i = 0; i < c->nrecord; i++) {
		buf_add(to, c->record[i].text);
		buf_byte(to, '\n');
		buf_add(to, c->record[i].proof);
	}
}

static int write_records(struct writing *w, const struct case_file *c)
{
	struct buf all = {0};
	char name[64];
	int rc = 0;

	for (size_t i = 0; i < c->nrecord && rc == 0; i++) {
		const struct case_record *r = &c->record[i];
		unsigned long long seq = r->seq;

		snprintf(name, sizeof(name), "records/%llu.json", seq);
		rc = write_file(w, name, r->text);
		snprintf(name, sizeof(name), "records/%llu.tlog-proof", seq);
		if (rc == 0)
			rc = write_file(w, name, r->proof);
	}
	case_write_records(c, &all);
	if (rc == 0 && !buf_ok(&all))
		rc = err_sys(w->err, -ENOMEM, "case");
	if (rc == 0)
		rc = write_file(w, "records.txt", buf_span(&all));
	buf_done(&all);
	return rc;
}

static int write_documents(struct writing *w, const struct case_file *c)
{
	struct buf html = {0}, pdf = {0};
	struct doc d;

	if (case_doc(c, &d) < 0)
		return err_sys(w->err, -ENOMEM, "case");
	int rc = doc_html(&html, &d, w->err);

	if (rc == 0)
		rc = doc_pdf(&pdf, &d, w->err);
	if (rc == 0)
		rc = write_file(w, "case.html", buf_span(&html));
	if (rc == 0)
		rc = write_file(w, "case.pdf", buf_span(&pdf));
	doc_done(&d);
	buf_done(&html);
	buf_done(&pdf);
	return rc;
}

static int write_json(struct writing *w, const struct case_file *c)
{
	struct buf json = {0};
	int rc = case_json(&json, c);

	buf_byte(&json, '\n');
	rc = rc < 0 || !buf_ok(&json) ? err_sys(w->err, -ENOMEM, "case")
				      : write_file(w, "case.json", buf_span(&json));
	buf_done(&json);
	return rc;
}

static int write_key(struct writing *w, const struct case_file *c)
{
	struct buf key = {0};

	buf_add(&key, c->key);
	buf_byte(&key, '\n');
	int rc = buf_ok(&key) ? write_file(w, "key", buf_span(&key))
			      : err_sys(w->err, -ENOMEM, "case");

	buf_done(&key);
	return rc;
}

static int write_sums(struct writing *w, const struct case_file *c)
{
	struct buf sums = w->sums, note = {0};
	int rc = 0;

	w->sums = (struct buf){0};
	if (c->signer)
		rc = tlog_sign(c->signer, buf_span(&sums), &note, w->err);
	if (rc == 0)
		rc = write_file(w, SUMS_FILE, buf_span(&sums));
	if (rc == 0 && c->signer)
		rc = write_file(w, SUMS_NOTE, buf_span(&note));
	buf_done(&sums);
	buf_done(&note);
	return rc;
}

static int drop_note(const char *folder, struct err *err)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/" SUMS_NOTE, folder) >= sizeof(path))
		return err_sys(err, -ENAMETOOLONG, "%s", folder);
	return unlink(path) < 0 && errno != ENOENT ? err_sys(err, -errno, "%s", path) : 0;
}

int case_write(const char *folder, const struct case_file *c, struct err *err)
{
	struct writing w = {.folder = folder, .err = err};
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/records", folder) >= sizeof(path))
		return err_sys(err, -ENAMETOOLONG, "%s", folder);
	int rc = file_make_folder(path, err);

	if (rc == 0)
		rc = drop_note(folder, err);
	if (rc == 0)
		rc = write_documents(&w, c);
	if (rc == 0)
		rc = write_json(&w, c);
	if (rc == 0)
		rc = write_records(&w, c);
	if (rc == 0)
		rc = write_key(&w, c);
	if (rc == 0)
		rc = write_file(&w, "checkpoint", c->checkpoint);
	if (rc == 0 && !buf_ok(&w.sums))
		rc = err_sys(err, -ENOMEM, "case");
	if (rc == 0)
		rc = write_sums(&w, c);
	buf_done(&w.sums);
	return rc;
}
