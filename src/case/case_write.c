/* Files one by one; the sums come last, so that a folder without them is not whole. */
#include "case/case_write.h"

#include "base/file.h"
#include "case/case_doc.h"
#include "case/case_json.h"
#include "show/doc_html.h"
#include "show/doc_pdf.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

struct writing {
	const char *folder;
	struct buf sums;
	struct err *err;
};

static int write_file(struct writing *w, const char *name, struct span bytes)
{
	char path[4096], hex[2 * crypto_hash_sha256_BYTES + 1];
	unsigned char hash[crypto_hash_sha256_BYTES];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", w->folder, name) >= sizeof(path))
		return err_sys(w->err, -ENAMETOOLONG, "%s", w->folder);
	crypto_hash_sha256(hash, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	buf_printf(&w->sums, "%s  %s\n", hex, name);
	return file_replace(path, &bytes, 1, w->err);
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
		buf_add(&all, r->text);
		buf_byte(&all, '\n');
		buf_add(&all, r->proof);
	}
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

int case_write(const char *folder, const struct case_file *c, struct err *err)
{
	struct writing w = {.folder = folder, .err = err};
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/records", folder) >= sizeof(path))
		return err_sys(err, -ENAMETOOLONG, "%s", folder);
	int rc = file_make_folder(path, err);

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
	struct buf sums = w.sums;

	w.sums = (struct buf){0};
	if (rc == 0)
		rc = write_file(&w, "SHA256SUMS", buf_span(&sums));
	buf_done(&sums);
	buf_done(&w.sums);
	return rc;
}
