/* DKIM: what passes, and for every reason why not a message that has just that. */
#include "test.h"

#include "dkim_case.h"

static struct buf message;

static const char head[] = "Received: from a\r\n\tby b; now\r\n"
			   "From: Ann <ann@example.org>\r\n"
			   "To: bob@example.net\r\n"
			   "Subject: two  blanks\r\n"
			   "Received: from c\r\n";

#define BODY SPAN("Hello  you \r\n\r\n-- \r\nAnn\r\n\r\n")

#define USUAL "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=rsa"

static const struct signer usual = {.key = &case_key[CASE_RSA],
	.field = "DKIM-Signature",
	.tags = USUAL,
	.names = "from:to:subject:received",
	.relaxed_head = true,
	.relaxed_body = true,
	.length = -1};

static struct dkim run_of(const struct signer *s)
{
	case_sign(&message, s, head, BODY);
	return case_dkim(buf_span(&message));
}

static void forms_and_algorithms(void **state)
{
	static const char *const canon[] = {"", "simple", "simple/simple", "simple/relaxed",
		"relaxed", "relaxed/simple", "relaxed/relaxed"};
	static const struct {
		const char *a, *selector, *result, *reason;
		enum case_key key;
	} algorithm[] = {
		{"rsa-sha256", "rsa", "pass", NULL, CASE_RSA},
		{"rsa-sha256", "rsa1024", "pass", NULL, CASE_RSA1024},
		{"ed25519-sha256", "ed", "pass", NULL, CASE_ED25519},
		{"rsa-sha256", "rsa512", "policy", "the key is shorter than 1024 bits",
			CASE_RSA512},
		{"rsa-sha1", "rsa", "policy", "rsa-sha1 is not accepted", CASE_RSA},
		{"rsa-sha1", "rsa512", "policy", "rsa-sha1 is not accepted", CASE_RSA512},
	};

	(void)state;
	for (size_t c = 0; c < 7; c++)
		for (size_t a = 0; a < 6; a++) {
			char tags[256];
			struct signer s = usual;

			snprintf(tags, sizeof(tags), "v=1; a=%s; d=example.org; s=%s%s%s",
				algorithm[a].a, algorithm[a].selector, c ? "; c=" : "", canon[c]);
			s.tags = tags;
			s.key = &case_key[algorithm[a].key];
			s.sha1 = strstr(tags, "sha1");
			s.relaxed_head = c > 3;
			s.relaxed_body = c == 3 || c == 6;
			struct dkim d = run_of(&s);

			case_expect(tags, &d, algorithm[a].result, algorithm[a].reason);
		}
}

/* Tags that are wrong, one at a time; the signature itself is right. */
static void tags(void **state)
{
#define REST "a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=rsa"
	static const struct {
		const char *tags, *names, *result, *reason;
	} table[] = {
		{USUAL, "From", "pass", NULL},
		{USUAL "; unknown=x; z=From:ann@example.org|To:b", "from", "pass", NULL},
		{USUAL "; q=dns/txt", "from", "pass", NULL},
		{USUAL "; q=http : dns/txt:x", "from", "pass", NULL},
		{USUAL "; q=dns", "from", "neutral", "the key is to be had in an unknown way"},
		{USUAL "; i=@example.org", "from", "pass", NULL},
		{USUAL "; i=a=3Bb@Sub.Example.Org", "from", "pass", NULL},
		{USUAL "; i=@notexample.org", "from", "permerror",
			"its identity is not of its domain"},
		{USUAL "; i=@org", "from", "permerror", "its identity is not of its domain"},
		{USUAL "; i=", "from", "neutral", "its identity cannot be read"},
		{USUAL "; i=ann", "from", "neutral", "its identity cannot be read"},
		{USUAL "; t=1699999999", "from", "pass", NULL},
		{USUAL "; t=1700050000", "from", "pass", NULL},
		{USUAL "; t=1700086401", "from", "policy", "the signature was made in the future"},
		{USUAL "; t=1e9", "from", "neutral", "a number cannot be read"},
		{USUAL "; t=", "from", "neutral", "a number cannot be read"},
		{USUAL "; x=1700000001", "from", "pass", NULL},
		{USUAL "; x=1699999900", "from", "pass", NULL}, /* clocks differ */
		{USUAL "; x=1699999000", "from", "policy", "the signature has expired"},
		{USUAL "; x=99999999999999999999999", "from", "pass", NULL},
		{USUAL "; t=1000; x=1000", "from", "permerror", "it expires before it was made"},
		{USUAL "; x=-1", "from", "neutral", "a number cannot be read"},
		{USUAL, "to:subject", "permerror", "From is not signed"},
		{USUAL, "", "permerror", "From is not signed"},
		{USUAL, "from:from:no-such:from", "pass", NULL}, /* those that lack stay lacking */
		{USUAL, " From : to\r\n\t: subject ", "pass", NULL},
		{USUAL, "from::to", "pass", NULL},
		{USUAL, "from:dkim-signature:dkim-signature", "pass", NULL}, /* never itself */
		{USUAL, "received:received:received:from", "pass", NULL},
		{REST, "from", "permerror", "a required tag is missing"},
		{"v=2; " REST, "from", "neutral", "the version is unknown"},
		{"v=0.5; " REST, "from", "neutral", "the version is unknown"},
		{"v=; " REST, "from", "neutral", "a required tag is empty"},
		{REST "; v=1", "from", "pass", NULL}, /* anywhere in a signature */
		{"v=1; c=relaxed/relaxed; d=example.org; s=rsa", "from", "permerror",
			"a required tag is missing"},
		{"v=1; a=rsa-md5; c=relaxed/relaxed; d=example.org; s=rsa", "from", "neutral",
			"the algorithm is unknown"},
		{"v=1; a=RSA-SHA256; c=relaxed/relaxed; d=example.org; s=rsa", "from", "neutral",
			"the algorithm is unknown"},
		{"v=1; a=rsa-sha256; c=nofws; d=example.org; s=rsa", "from", "neutral",
			"the canonicalization is unknown"},
		{"v=1; a=rsa-sha256; c=relaxed/; d=example.org; s=rsa", "from", "neutral",
			"the canonicalization is unknown"},
		{"v=1; a=rsa-sha256; c=; d=example.org; s=rsa", "from", "neutral",
			"the canonicalization is unknown"},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; s=rsa", "from", "permerror",
			"a required tag is missing"},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=; s=rsa", "from", "neutral",
			"a required tag is empty"},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=exa mple.org; s=rsa", "from", "neutral",
			"its domain or selector cannot be read"},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=example..org; s=rsa", "from", "permerror",
			"its domain and selector are no name that could be"},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=.; s=rsa", "from", "permerror",
			"its domain and selector are no name that could be"},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=r\"sa", "from", "neutral",
			"its domain or selector cannot be read"},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org", "from", "permerror",
			"a required tag is missing"},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=EXAMPLE.org; s=RSA", "from", "pass",
			NULL},
		{"v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=rsa", "from",
			"permerror", "the key is not for its algorithm"},
		{USUAL "; s=rsa", "from", "neutral", "a tag stands twice"},
		{USUAL "; other=1; other=2", "from", "neutral", "a tag stands twice"},
		{USUAL "; no value", "from", "neutral", "the list of tags cannot be read"},
		{USUAL ";", "from", "neutral", "the list of tags cannot be read"}, /* makes ";;" */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct signer s = usual;

		s.tags = table[i].tags;
		s.names = table[i].names;
		struct dkim d = run_of(&s);

		case_expect(buf_span(&message).p, &d, table[i].result, table[i].reason);
	}
}

/* A signature taken as it stands, for what the signer would not write. */
static void tags_by_hand(void **state)
{
	static const struct {
		const char *field, *result, *reason;
	} table[] = {
		{USUAL "; h=from; bh=AAAA", "permerror", "a required tag is missing"},
		{USUAL "; h=from; bh=AAAA; b=", "neutral", "a required tag is empty"},
		{USUAL "; h=from; bh=AAAA; b=*", "neutral", "the signature is no base64"},
		{USUAL "; h=from; b=AAAA", "permerror", "a required tag is missing"},
		{USUAL "; h=from; b=AAAA; bh=", "neutral", "a required tag is empty"},
		{USUAL "; h=from; b=AAAA; bh=A", "neutral", "the body hash is no base64"},
		{USUAL "; h=from; b=AAAA; bh=AAAA", "fail", "body hash did not verify"},
		{USUAL "; h=from; b=AAAA; bh=AAAA; l=x", "neutral", "a number cannot be read"},
		{USUAL "; h=from; b=AAAA; bh=AAAA; l=99999999999999999999", "fail",
			"the body is shorter than l= says"},
		{USUAL "; b=AAAA; bh=AAAA", "permerror", "a required tag is missing"},
		{"", "permerror", "a required tag is missing"},
		{"nonsense", "neutral", "the list of tags cannot be read"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		message.n = 0;
		buf_printf(&message, "DKIM-Signature: %s\r\n%s\r\nbody", table[i].field, head);
		struct dkim d = case_dkim(buf_span(&message));

		case_expect(table[i].field, &d, table[i].result, table[i].reason);
	}
}

/* RFC 8616, 5: domains in U-labels are those in A-labels; what is signed is what stands there. */
static void internationalised(void **state)
{
#define BOOKS "b\xc3\xbc" "cher"
#define TAGS  "v=1; a=rsa-sha256; c=relaxed/relaxed; "
	static const struct {
		const char *tags, *result, *reason;
	} table[] = {
		{TAGS "d=" BOOKS ".example.org; s=r\xc3\xb6", "pass", NULL},
		{TAGS "d=B\xc3\x9c" "CHER.Example.Org; s=R\xc3\x96", "pass", NULL},
		{TAGS "d=xn--bcher-kva.example.org; s=r\xc3\xb6", "pass", NULL},
		{TAGS "d=" BOOKS ".example.org; s=xn--r-1ga; i=ann@mail.xn--bcher-kva.example.org",
			"pass", NULL},
		{TAGS "d=xn--bcher-kva.example.org; s=xn--r-1ga; i=\xc3\xa4nn@" BOOKS
		      ".example.org", "pass", NULL},
		{TAGS "d=xn--bcher-kva.example.org; s=xn--r-1ga; i=ann@b=C3=BCcher.example.org",
			"pass", NULL},
		{TAGS "d=" BOOKS ".example.org; s=xn--r-1ga; i=ann@bucher.example.org",
			"permerror", "its identity is not of its domain"},
		{TAGS "d=bucher.example.org; s=xn--r-1ga", "permerror", "no key for signature"},
		{TAGS "d=b\xfc" "cher.example.org; s=xn--r-1ga", "permerror",
			"its domain and selector are no name that could be"},
		{TAGS "d=example.org; s=\xff", "permerror",
			"its domain and selector are no name that could be"},
	};
	const struct signer_key *key = &case_key[CASE_RSA];
	struct dns_record r = {.text = span_cstr(key->record)};

	(void)state;
	assert_int_equal(dns_zone_add(case_zone,
				 SPAN("xn--r-1ga._domainkey.xn--bcher-kva.example.org"), DNS_TXT, 60, &r),
		0);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct signer s = usual;

		s.tags = table[i].tags;
		struct dkim d = run_of(&s);

		case_expect(table[i].tags, &d, table[i].result, table[i].reason);
		if (!table[i].reason) {
			assert_span(d.signature[0].domain, "xn--bcher-kva.example.org");
			assert_span(d.signature[0].selector, "xn--r-1ga");
		}
	}
}

/* What the caller is told of a signature. */
static void told(void **state)
{
	struct signer s = usual;

	(void)state;
	s.tags = USUAL "; i=a=20b@Sub.example.org; x=1800000000";
	struct dkim d = run_of(&s);
	const struct dkim_signature *t = &d.signature[0];

	case_expect("told", &d, "pass", NULL);
	assert_span(t->domain, "example.org");
	assert_span(t->selector, "rsa");
	assert_span(t->identity, "a b@Sub.example.org");
	assert_span(t->algorithm, "rsa-sha256");
	assert_int_equal(t->b.n, 8);
	assert_true(t->b.p == message.p + span_find(buf_span(&message), SPAN("\tb=")) + 3);
	assert_int_equal(t->key_bits, 2048);
	assert_int_equal(t->expires, 1800000000);
	assert_int_equal(t->field->id, FIELD_DKIM_SIGNATURE);
	assert_false(t->testing);
	assert_false(t->body_cut);
	d = run_of(&usual);
	assert_span(d.signature[0].identity, "@example.org");
}

/* Key records: "%s" is the key that signed. */
static void records(void **state)
{
	static const struct {
		const char *record, *tags, *result, *reason;
		bool testing;
	} table[] = {
		{"p=%s", "", "pass", NULL},
		{"v=DKIM1;p=%s;", "", "pass", NULL},
		{"v=DKIM1; k=rsa; t=y; n=a note; p=%s", "", "pass", NULL, true},
		{"v=DKIM1; g=nobody; p=%s", "", "pass", NULL}, /* RFC 6376, C.2: obsolete */
		{"p=%s; h=sha256", "", "pass", NULL},
		{"p=%s; h=sha1 : sha256:x", "", "pass", NULL},
		{"p=%s; h=sha1", "", "permerror", "the key is not for its hash"},
		{"p=%s; h=", "", "permerror", "the key is not for its hash"},
		{"p=%s; s=email", "", "pass", NULL},
		{"p=%s; s=tlsrpt : *", "", "pass", NULL},
		{"p=%s; s=tlsrpt", "", "permerror", "the key is not for mail"},
		{"p=%s; t=s", "", "pass", NULL},
		{"p=%s; t=s", "; i=@Example.ORG", "pass", NULL},
		{"p=%s; t=y:s", "; i=@sub.example.org", "permerror",
			"the key is not for a domain below", true},
		{"p=%s; t=y", "; i=@sub.example.org", "pass", NULL, true},
		{"p=%s; k=ed25519", "", "permerror", "the key is not one of Ed25519"},
		{"p=%s; k=ec", "", "permerror", "the key is of an unknown type"},
		{"p=", "", "permerror", "the key was revoked"},
		{"k=rsa; p= ;", "", "permerror", "the key was revoked"},
		{"v=DKIM2; p=%s", "", "permerror", "the record is not one of a key"},
		{"p=%s; v=DKIM1", "", "permerror", "the record is not one of a key"},
		{"v=spf1 -all", "", "permerror", "the record is not one of a key"},
		{"", "", "permerror", "the record is not one of a key"},
		{"hello", "", "permerror", "the key's record cannot be read"},
		{"p=%s; p=%s", "", "permerror", "the key's record cannot be read"},
		{"p=AAAA", "", "permerror", "the key cannot be read"},
		{"p=%sAAAA", "", "permerror", "the key cannot be read"}, /* more behind it */
		{"p=*", "", "permerror", "the key cannot be read"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		char tags_of[256], name[32];
		struct signer s = usual;

		snprintf(name, sizeof(name), "record%zu", i);
		snprintf(tags_of, sizeof(tags_of),
			"v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=%s%s", name,
			table[i].tags);
		case_record(name, table[i].record, CASE_RSA);
		s.tags = tags_of;
		struct dkim d = run_of(&s);

		case_expect(table[i].record, &d, table[i].result, table[i].reason);
		assert_int_equal(d.signature[0].testing, table[i].testing);
	}
}

/* Several records at one name: the one that fits is found, among the first few. */
static void several_records(void **state)
{
	static const struct {
		const char *name;
		const char *record[6];
		const char *result, *reason;
	} table[] = {
		{"several1", {"v=spf1 -all", "p=", "p=%s"}, "pass", NULL},
		{"several2", {"p=%s; t=y", "p=%s"}, "pass", NULL},
		{"several3", {"p=%s; h=sha1", "hello"}, "permerror", NULL},
		{"several4", {"a", "b", "c", "d", "p=%s"}, "permerror",
			NULL}, /* beyond the fourth */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		char tags_of[256];
		struct signer s = usual;

		for (size_t k = 0; k < 6 && table[i].record[k]; k++)
			case_record(table[i].name, table[i].record[k], CASE_RSA);
		snprintf(tags_of, sizeof(tags_of),
			"v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=%s", table[i].name);
		s.tags = tags_of;
		struct dkim d = run_of(&s);

		case_expect(table[i].name, &d, table[i].result, table[i].reason);
	}
	/* another's key and the right one: either order */
	case_record("several5", "p=%s", CASE_RSA1024);
	case_record("several5", "p=%s", CASE_RSA);
	struct signer s = usual;

	s.tags = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=several5";
	struct dkim d = run_of(&s);

	case_expect("several5", &d, "pass", NULL);
	assert_int_equal(d.signature[0].key_bits, 2048);
	s.key = &case_key[CASE_RSA1024];
	d = run_of(&s);
	case_expect("several5", &d, "pass", NULL);
	assert_int_equal(d.signature[0].key_bits, 1024);
	s.key = &case_key[CASE_RSA512];
	d = run_of(&s);
	case_expect("several5", &d, "fail", "signature did not verify");
}

/* RFC 6376, 3.5, l=: what is behind is not signed. */
static void lengths(void **state)
{
	static const struct {
		const char *body;
		long length; /* of "Hello  you\r\n" and so on, as signed */
		const char *cut, *result, *reason;
		bool cut_off; /* also where it does not verify */
	} table[] = {
		{"Hello\r\n", 7, NULL, "pass", NULL},
		{"Hello\r\n\r\n\r\n", 7, NULL, "pass", NULL}, /* canonical it is no longer */
		{"Hello\r\nmore", 7, NULL, "policy", "some of the body is not signed"},
		{"Hello\r\n", 5, NULL, "policy", "some of the body is not signed"},
		{"Hello\r\n", 0, NULL, "policy", "some of the body is not signed"},
		{"", 0, NULL, "pass", NULL},
		{"Hello\r\nmore", 12, "Hello\r\n", "fail", "the body is shorter than l= says"},
		{"Hello\r\nmore", 7, "Hallo\r\nmore", "fail", "body hash did not verify", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct signer s = usual;

		s.length = table[i].length;
		case_sign(&message, &s, head, span_cstr(table[i].body));
		if (table[i].cut) {
			message.n -= strlen(table[i].body);
			buf_str(&message, table[i].cut);
		}
		struct dkim d = case_dkim(buf_span(&message));

		case_expect(table[i].body, &d, table[i].result, table[i].reason);
		assert_int_equal(d.signature[0].body_cut,
			d.signature[0].result == DKIM_POLICY || table[i].cut_off);
	}
}

/* What others do to a message on its way. */
static void changes(void **state)
{
	static const struct {
		const char *names, *find, *instead, *result;
	} table[] = {
		{"from:to", "Subject: two", "Subject: three", "pass"},
		{"from:subject", "Subject: two", "Subject: three", "fail"},
		{"from:subject", "Subject: two  blanks", "SUBJECT : two\r\n\tblanks", "pass"},
		{"from:to", "To: bob", "X: y\r\nTo: bob", "pass"},
		{"from:to:x", "To: bob", "X: y\r\nTo: bob", "fail"}, /* signed as lacking */
		{"from:received", "Received: from a", "Received: from elsewhere",
			"pass"}, /* the lowest */
		{"from:received:received", "Received: from a", "Received: from elsewhere", "fail"},
		{"from", "From: Ann", "From: eve@example.com\r\nFrom: Ann",
			"pass"}, /* the lowest: DMARC's to judge */
		{"from:from", "From: Ann", "From: eve@example.com\r\nFrom: Ann", "fail"},
		{"from", "Received: from c", "From: eve@example.com", "fail"},
		{"from:to", "Ann <ann@example.org>", "Ann <ann@example.org>\r, eve", "permerror"},
		{"from:to", "Ann <ann", "Ann\r <ann", "permerror"},
		{"from:to", "Subject: two", "Subject: \rtwo", "pass"},
		{"from:to", "Received: from a", "Received: from a\rX: y\r", "pass"},
		{"from:to", "h=from:to;", "h=from:to;\r u=1;", "permerror"},
		{"from:to", "org>\r\n", "org>\r\r\n", "pass"},
		{"from:to", "\r\n\r\nHello  you \r\n", "\r\n\r\nHello you\r\n", "pass"},
		{"from:to", "\r\n\r\nHello", "\r\n\r\n Hello", "fail"},
		{"from:to", "Ann\r\n\r\n", "Ann", "pass"},
		{"from:to", "Ann\r\n\r\n", "Ann\r\n\r\n\r\n\r\nlist footer\r\n", "fail"},
	};
	struct buf changed = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct signer s = usual;
		struct span find = span_cstr(table[i].find);

		s.names = table[i].names;
		case_sign(&message, &s, head, BODY);
		ssize_t at = span_find(buf_span(&message), find);

		assert_true(at > 0);
		changed.n = 0;
		buf_add(&changed, span_take(buf_span(&message), (size_t)at));
		buf_str(&changed, table[i].instead);
		buf_add(&changed, span_skip(buf_span(&message), (size_t)at + find.n));
		struct dkim d = case_dkim(buf_span(&changed));

		case_expect(table[i].instead, &d, table[i].result, NULL);
	}
	buf_done(&changed);
}

/* Odd messages: signed as they are, whatever they hold, with LF and with CRLF. */
static void odd_messages(void **state)
{
	static const struct {
		const char *name;
		struct span body;
	} table[] = {
		{"empty body", {"", 0}},
		{"one line end", {"\r\n", 2}},
		{"line ends only", {"\r\n\r\n\r\n", 6}},
		{"no line end at the end", {"text", 4}},
		{"NUL bytes", {"a\0b\r\n\0\0\r\n", 9}},
		{"8-bit bytes", {"\xff\xfe \xc3\xa9\r\n", 7}},
		{"bare CR", {"a\rb\r\nc\r", 7}},
		{"CR before CRLF", {"a\r\r\nb\r\n", 7}},
	};
	struct buf lf = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		for (int relaxed = 0; relaxed < 2; relaxed++) {
			struct signer s = usual;

			s.relaxed_head = s.relaxed_body = relaxed;
			s.tags = relaxed ? USUAL : "v=1; a=rsa-sha256; d=example.org; s=rsa";
			case_sign(&message, &s, head, table[i].body);
			struct dkim d = case_dkim(buf_span(&message));

			case_expect(table[i].name, &d, "pass", NULL);
			if (strcmp(table[i].name, "CR before CRLF") == 0)
				continue; /* with LF the first CR would be of the line end */
			lf.n = 0;
			for (size_t k = 0; k < message.n; k++)
				if (message.p[k] != '\r' || k + 1 == message.n ||
					message.p[k + 1] != '\n')
					buf_byte(&lf, message.p[k]);
			d = case_dkim(buf_span(&lf));
			case_expect(table[i].name, &d, "pass", NULL);
		}
	/* the header section alone, not even the empty line behind it */
	struct signer s = usual;

	message.n = 0;
	signer_sign(&message, &s, span_cstr(head), SPAN(""));
	buf_str(&message, head);
	struct dkim d = case_dkim(buf_span(&message));

	case_expect("header only", &d, "pass", NULL);
	d = case_dkim(SPAN(""));
	assert_int_equal(d.n, 0);
	buf_done(&lf);
}

/* A field that is not read could be the one that a reader is shown: nothing is proven then. */
static void too_many_fields(void **state)
{
	struct buf many = {0};

	(void)state;
	for (int more = 0; more < 2; more++) {
		many.n = 0;
		for (int i = 0; i < 1000 - 6 + more; i++)
			buf_printf(&many, "X-%d: y\r\n", i);
		buf_str(&many, head);
		buf_byte(&many, '\0');
		many.n--;
		case_sign(&message, &usual, many.p, BODY);
		struct dkim d = case_dkim(buf_span(&message));

		case_expect("many", &d, more ? "permerror" : "pass",
			more ? "the header is larger than is read" : NULL);
	}
	/* and one of more bytes than are hashed */
	many.n = 0;
	buf_str(&many, "X: ");
	for (int i = 0; i < 1 << 20; i++)
		buf_byte(&many, 'x');
	buf_str(&many, "\r\n");
	buf_str(&many, head);
	buf_byte(&many, '\0');
	case_sign(&message, &usual, many.p, BODY);
	struct dkim d = case_dkim(buf_span(&message));

	case_expect("long", &d, "permerror", "the header is larger than is read");
	assert_int_equal(case_dns.asked, 0);
	buf_done(&many);
}

/* Names in h= beyond those that a header can have. */
static void too_many_names(void **state)
{
	struct buf names = {0};

	(void)state;
	for (int i = 0; i < 999; i++)
		buf_str(&names, "x:");
	buf_str(&names, "from:y");
	message.n = 0;
	buf_printf(&message, "DKIM-Signature: %s; h=%.*s; bh=AAAA; b=AAAA\r\n%s\r\n", USUAL,
		(int)names.n, names.p, head);
	struct dkim d = case_dkim(buf_span(&message));

	case_expect("names", &d, "permerror", "more fields are signed than are read");
	buf_done(&names);
}

/* More signatures than are looked at; each key is asked for once. */
static void many_signatures(void **state)
{
	struct buf all = {0};
	struct signer s = usual;

	(void)state;
	case_sign(&message, &s, head, BODY);
	for (int i = 0; i < DKIM_MOST + 3; i++)
		signer_sign(&all, &s, span_cstr(head), BODY);
	s.tags = "v=1; a=ed25519-sha256; c=relaxed/simple; d=example.org; s=ed";
	s.key = &case_key[CASE_ED25519];
	s.relaxed_body = false;
	struct buf first = {0};

	signer_sign(&first, &s, span_cstr(head), BODY);
	buf_add(&first, buf_span(&all));
	buf_str(&first, head);
	buf_str(&first, "\r\n");
	buf_add(&first, BODY);
	struct dkim d = case_dkim(buf_span(&first));

	assert_int_equal(d.n, DKIM_MOST);
	assert_int_equal(d.left_out, 4);
	for (size_t i = 0; i < d.n; i++)
		assert_int_equal(d.signature[i].result, DKIM_PASS);
	assert_span(d.signature[0].selector, "ed");
	assert_span(d.signature[1].selector, "rsa");
	assert_int_equal(case_dns.asked, 2);
	buf_done(&all);
	buf_done(&first);
}

/* What the DNS says, or does not: only its answers make a PERMERROR. */
static void dns(void **state)
{
	static const struct {
		const char *selector, *result, *reason;
	} table[] = {
		{"nowhere", "permerror", "no key for signature"},
		{"notext", "permerror", "no key for signature"},
		{"servfail", "temperror", "no answer for its key from the DNS"},
		{"timeout", "temperror", "no answer for its key from the DNS"},
	};
	struct signer s = usual;
	char tags_of[256];

	(void)state;
	case_no_text("notext");
	case_fail("servfail", DNS_FAULT_SERVFAIL);
	case_fail("timeout", DNS_FAULT_TIMEOUT);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		for (int changed = 0; changed < 2; changed++) { /* the key comes before the body */
			snprintf(tags_of, sizeof(tags_of),
				"v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=%s",
				table[i].selector);
			s.tags = tags_of;
			case_sign(&message, &s, head, BODY);
			if (changed)
				buf_str(&message, "changed\r\n");
			struct message *m;
			struct dns_budget b = {.dns = dns_zone_dns(case_zone), .questions = 9};
			struct dkim d;

			/* a time-out is at the deadline, so that one is soon */
			b.deadline = strcmp(table[i].selector, "timeout") ? INT64_MAX : 1;
			assert_int_equal(message_parse(case_parser, buf_span(&message), &m), 0);
			assert_int_equal(
				dkim_verify(m, &b, CASE_NOW, message_arena(case_parser), &d), 0);
			case_expect(table[i].selector, &d, table[i].result, table[i].reason);
		}
	case_sign(&message, &usual, head, BODY);
	struct dkim d = case_dkim_within(buf_span(&message), 0);

	case_expect("no questions left", &d, "temperror", "too many questions to the DNS");
	struct dns_budget none = {.dns = NULL};
	struct message *m;

	assert_int_equal(message_parse(case_parser, buf_span(&message), &m), 0);
	assert_int_equal(dkim_verify(m, &none, CASE_NOW, message_arena(case_parser), &d), 0);
	case_expect("no DNS", &d, "temperror", NULL);
}

/* The arena is used up: an error, and what was there stays. */
static void short_of_memory(void **state)
{
	struct message *m;
	struct arena small;
	int good = 0, r = -1;

	(void)state;
	case_sign(&message, &usual, head, BODY);
	assert_int_equal(message_parse(case_parser, buf_span(&message), &m), 0);
	for (size_t room = 0; r != 0; room += 64) {
		struct dns_budget b = {
			.dns = dns_zone_dns(case_zone), .deadline = INT64_MAX, .questions = 9};
		struct dkim d = {.left_out = 77};

		arena_init(&small, room);
		r = dkim_verify(m, &b, CASE_NOW, &small, &d);
		if (r == 0 && d.signature[0].result == DKIM_PASS)
			good++;
		else if (r == 0) /* the answer of the DNS did not fit in */
			assert_int_equal(d.signature[0].result, DKIM_TEMPERROR);
		else
			assert_int_equal(d.left_out, 77);
		if (r == 0 && !good)
			r = -1;
		dkim_soon(m, &b, &small);
		arena_done(&small);
		assert_true(room < 1 << 20);
	}
}

/* Which keys are told beforehand. */
struct heard {
	struct dns dns;
	char text[1024];
};

static void hear(struct dns *dns, struct span name, enum dns_type type, int64_t deadline)
{
	struct heard *h = (struct heard *)dns;

	(void)deadline;
	assert_int_equal(type, DNS_TXT);
	sprintf(h->text + strlen(h->text), "%.*s ", SPAN_ARG(name));
}

static void said_before(void **state)
{
	struct heard heard = {.dns = {.soon = hear}};
	struct dns_budget b = {.dns = &heard.dns, .questions = 9};
	struct message *m;

	(void)state;
	message.n = 0;
	buf_printf(&message,
		"DKIM-Signature: %s; h=from; bh=AAAA; b=AAAA\r\n"
		"DKIM-Signature: v=3; a=rsa-sha256; d=not.example; s=a; h=from; bh=AAAA; b=AAAA\r\n"
		"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=Seal.Example; s=one; b=AAAA\r\n"
		"ARC-Message-Signature: i=1; a=rsa-sha256; d=message.example; s=two; h=from; "
		"bh=AAAA; b=AAAA\r\n"
		"ARC-Authentication-Results: i=1; example\r\n%s\r\n",
		USUAL, head);
	assert_int_equal(message_parse(case_parser, buf_span(&message), &m), 0);
	dkim_soon(m, &b, message_arena(case_parser));
	assert_string_equal(heard.text, "rsa._domainkey.example.org two._domainkey.message.example "
					"one._domainkey.seal.example ");
	assert_int_equal(b.asked, 0);
}

static int teardown(void **state)
{
	buf_done(&message);
	return case_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_and_algorithms),
		cmocka_unit_test(tags),
		cmocka_unit_test(tags_by_hand),
		cmocka_unit_test(internationalised),
		cmocka_unit_test(told),
		cmocka_unit_test(records),
		cmocka_unit_test(several_records),
		cmocka_unit_test(lengths),
		cmocka_unit_test(changes),
		cmocka_unit_test(odd_messages),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(too_many_names),
		cmocka_unit_test(many_signatures),
		cmocka_unit_test(dns),
		cmocka_unit_test(short_of_memory),
		cmocka_unit_test(said_before),
	};

	return cmocka_run_group_tests(tests, case_setup, teardown);
}
