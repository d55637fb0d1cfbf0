/* AS relationships, the links of a graph. */
#include "net/import_format.h"
#include "net/rel_text.h"

int import_rel_line(struct import *im, struct span line)
{
	int32_t day;
	int rc = im->graph ? 0 : graph_builder_new(&im->graph);

	if (rc == 0)
		rc = rel_text_line(im->graph, line, &day);
	switch (rc) {
	case REL_BAD_FIELDS: return IMPORT_FIELDS;
	case REL_BAD_ASN: return IMPORT_ASN;
	case REL_BAD_KIND: return IMPORT_LINK;
	case REL_DAY:
		if (!im->has_time) /* the first of a file is what it is named by */
			im->time = (uint32_t)day * 86400;
		im->has_time = true;
		return 0;
	default: return rc < 0 ? rc : 0;
	}
}
