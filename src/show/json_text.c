#include "show/json_text.h"

#include "base/buf.h"
#include "base/utf8.h"

json_t *json_text(struct span s)
{
	if (utf8_valid(s) && span_index(s, '\0') < 0)
		return json_stringn(s.p ? s.p : "", s.n);
	struct buf b = {0};
	char bytes[4];

	while (s.n) {
		uint32_t code = utf8_next(&s);

		buf_add(&b, (struct span){bytes, utf8_put(code ? code : 0xfffd, bytes)});
	}
	json_t *j = buf_ok(&b) ? json_stringn(b.p, b.n) : NULL;

	buf_done(&b);
	return j;
}
