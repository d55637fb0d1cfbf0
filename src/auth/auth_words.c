/* The words for results, as RFC 8601, 2.7, and the RFCs of each method have them. */
#include "auth/auth.h"

const char *spf_result_name(enum spf_result r)
{
	static const char *const name[] = {
		"none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"};

	return name[r];
}

const char *dkim_result_name(enum dkim_result r)
{
	static const char *const name[] = {
		"none", "pass", "fail", "policy", "neutral", "temperror", "permerror"};

	return name[r];
}

const char *arc_result_name(enum arc_result r)
{
	static const char *const name[] = {"none", "pass", "fail", "temperror"};

	return name[r];
}

const char *dmarc_result_name(enum dmarc_result r)
{
	static const char *const name[] = {"none", "pass", "fail", "temperror", "permerror"};

	return name[r];
}

const char *dmarc_policy_name(enum dmarc_policy p)
{
	static const char *const name[] = {"none", "quarantine", "reject"};

	return name[p];
}

const char *iprev_result_name(enum iprev_result r)
{
	static const char *const name[] = {"pass", "fail", "temperror", "permerror"};

	return name[r];
}
