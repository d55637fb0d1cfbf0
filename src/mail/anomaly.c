#include "mail/anomaly.h"

const char *anomaly_name(enum anomaly kind)
{
	static const char *const names[] = {
#define X(id, name, words) name,
		ANOMALIES(X)
#undef X
	};

	return names[kind];
}

const char *anomaly_words(enum anomaly kind)
{
	static const char *const sentences[] = {
#define X(id, name, words) words,
		ANOMALIES(X)
#undef X
	};

	return sentences[kind];
}
