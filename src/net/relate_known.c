/*
 * What is known of some networks beforehand. From few vantage points nobody can tell who needs no
 * transit: a vantage point that peers with the whole top never sees one of them through another,
 * and sees other large peers just the same way.
 *
 * Sources: the "inferred clique" and "input clique" that CAIDA's relationship files name (the
 * latter, a fixed list, since 2016), the list of "Tier 1 network" in Wikipedia as of 2010, and what
 * became of companies: PSINet's AS174 went to Cogent, Genuity's AS1 to Level 3, Global Crossing's
 * AS3549 to Level 3, Savvis's AS3561 to CenturyLink, XO's AS2828 to Verizon.
 */
#include "net/relate.h"

#include <time.h>

#define EVER 9999

static const struct top {
	asn_t asn;
	uint16_t from, to; /* years, both included */
} tops[] = {
	{1, 1995, 2003},     /* BBN, GTE, Genuity */
	{174, 2005, EVER},   /* Cogent */
	{209, 1999, EVER},   /* Qwest, CenturyLink */
	{286, 2016, 2020},   /* KPN */
	{701, 1995, EVER},   /* UUNET, Verizon */
	{1239, 1995, 2023},  /* Sprint */
	{1299, 2004, EVER},  /* Telia, Arelion */
	{2828, 2006, 2018},  /* XO */
	{2914, 2000, EVER},  /* Verio, NTT */
	{3257, 2008, EVER},  /* Tiscali, Tinet, GTT */
	{3320, 2007, EVER},  /* Deutsche Telekom */
	{3356, 2000, EVER},  /* Level 3 */
	{3491, 2016, EVER},  /* PCCW */
	{3549, 1999, 2011},  /* Global Crossing */
	{3561, 1995, 2011},  /* MCI, Cable & Wireless, Savvis */
	{5511, 2009, EVER},  /* Orange */
	{6453, 2005, EVER},  /* Teleglobe, Tata */
	{6461, 1999, EVER},  /* AboveNet, Zayo */
	{6762, 2012, EVER},  /* Sparkle */
	{6830, 2016, EVER},  /* Liberty Global */
	{7018, 1996, EVER},  /* AT&T */
	{12956, 2012, EVER}, /* Telefonica */
};

/* The "IXP ASes" that CAIDA's relationship files of 2023 name. */
static const asn_t exchanges[] = {
	1200,
	4635,
	5507,
	6695,
	7606,
	8714,
	9355,
	9439,
	9560,
	9722,
	9989,
	11670,
	15645,
	17819,
	18398,
	21371,
	24029,
	24115,
	24990,
	35054,
	40633,
	42476,
	43100,
	47886,
	48850,
	50384,
	55818,
	57463,
};

static int year_of(int32_t day)
{
	time_t t = (time_t)day * 86400;
	struct tm tm = {0};

	gmtime_r(&t, &tm);
	return tm.tm_year + 1900;
}

bool relate_known_top(asn_t asn, int32_t day)
{
	for (size_t i = 0; i < sizeof(tops) / sizeof(*tops); i++)
		if (tops[i].asn == asn)
			return tops[i].from <= year_of(day) && year_of(day) <= tops[i].to;
	return false;
}

const asn_t *relate_known_exchanges(size_t *ret_n)
{
	*ret_n = sizeof(exchanges) / sizeof(*exchanges);
	return exchanges;
}
