#include "cli/top_ask.h"

#include "base/buf.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>

#define ANSWER_MOST ((size_t)1 << 20)
#define WAIT_MS     2000L

static size_t take_body(char *p, size_t size, size_t n, void *context)
{
	struct buf *body = context;

	if (body->n + size * n > ANSWER_MOST)
		return 0;
	buf_add(body, (struct span){p, size * n});
	return buf_ok(body) ? size * n : 0;
}

/* Where to connect, and how. Over a UNIX socket the name in the URL is only said. */
static void aim(CURL *curl, const char *where)
{
	struct buf url = {0};

	if (strchr(where, '/')) {
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, where);
		where = "localhost";
	}
	buf_printf(&url, "http://%s/api/v1/status%c", where, 0);
	curl_easy_setopt(curl, CURLOPT_URL, buf_ok(&url) ? url.p : "");
	buf_done(&url);
}

static CURLcode fetch(const char *where, struct buf *body, long *ret_status)
{
	CURL *curl = curl_easy_init();
	/* The role answers whoever asks for an address or localhost. */
	struct curl_slist *fields = curl_slist_append(NULL, "Host: localhost");

	if (!curl || !fields) {
		curl_easy_cleanup(curl);
		curl_slist_free_all(fields);
		return CURLE_OUT_OF_MEMORY;
	}
	aim(curl, where);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, WAIT_MS);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	CURLcode rc = curl_easy_perform(curl);

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(fields);
	return rc;
}

int top_ask(const char *where, json_t **ret, struct err *err)
{
	struct buf body = {0};
	long status = 0;
	CURLcode rc = fetch(where, &body, &status);
	json_t *j = rc == CURLE_OK && status == 200 ? json_loadb(body.p, body.n, 0, NULL) : NULL;

	buf_done(&body);
	if (rc != CURLE_OK)
		return err_set(err, -ECONNREFUSED,
			"no gateway answers at %s (%s): does 'cordon serve' run, and with the same "
			"'web' in its configuration?",
			where, curl_easy_strerror(rc));
	if (!json_is_object(json_object_get(j, "counts"))) {
		json_decref(j);
		return err_set(err, -EPROTO,
			"what answers at %s is no gateway of this version (status %ld)", where,
			status);
	}
	*ret = j;
	return 0;
}
