/* Phrases by theme and language, as the check "wording" looks for them. */
#ifndef CORDON_JUDGE_CHECK_PHRASES_H
#define CORDON_JUDGE_CHECK_PHRASES_H

#include "judge/check/words.h"

/* X(identifier, "variant", "what the phrases are about, after 'The mail speaks ' ") */
#define THEMES(X)                                                                                  \
	X(ADVANCE_FEE, "advance-fee", "of a fortune that waits for a stranger's help")             \
	X(VERIFY, "verify", "of confirming an account or its data")                                \
	X(MAILBOX, "mailbox", "of a full, outdated or expiring mailbox or password")               \
	X(SUSPENDED, "suspended", "of an account that is locked, limited or about to be closed")   \
	X(SIGN_IN, "sign-in", "of an unusual sign-in or access to an account")                     \
	X(HELD_MAIL, "held-mail", "of mail or documents held back until one signs in")             \
	X(URGENT, "urgent", "of great hurry")                                                      \
	X(PAYMENT, "payment", "of a failed or due payment")                                        \
	X(BANK_CHANGE, "bank-change", "of new bank details or a transfer to be made quickly")      \
	X(ERRAND, "errand", "of a favour or errand, in secret")                                    \
	X(PARCEL, "parcel", "of a parcel that waits for a fee or an address")                      \
	X(REFUND, "refund", "of a refund or tax that is paid back")                                \
	X(RENEWAL, "renewal", "of a subscription charged, to be cancelled by telephone")           \
	X(PRIZE, "prize", "of a prize or lottery won")                                             \
	X(EXTORTION, "extortion", "of blackmail")                                                  \
	X(INVEST, "invest", "of easy gains from money or crypto")                                  \
	X(WALLET, "wallet", "of a crypto wallet to be restored or connected")                      \
	X(LOAN, "loan", "of loans and debts")                                                      \
	X(PHARMA, "pharma", "of remedies and pills")                                               \
	X(ADULT, "adult", "of sex or lonely hearts")                                               \
	X(SEO, "seo", "of search ranks, web design or address lists for sale")                     \
	X(JOB, "job", "of work at home for easy money")                                            \
	X(REPLICA, "replica", "of cheap copies or software")                                       \
	X(DIPLOMA, "diploma", "of degrees without study")                                          \
	X(GAMBLE, "gamble", "of casinos and bets")                                                 \
	X(CLICK, "click", "of clicking here")                                                      \
	X(OFFER, "offer", "of offers and discounts")                                               \
	X(UNSUBSCRIBE, "unsubscribe", "of unsubscribing")                                          \
	X(DISCLAIM, "disclaim", "of not being spam")                                               \
	X(LEGAL, "legal", "of courts, police or copyright")                                        \
	X(SURVEY, "survey", "of a survey with a reward")

enum theme {
#define X(id, name, words) THEME_##id,
	THEMES(X)
#undef X
		THEME_COUNT,
	/* Not themes, but looked for in the same pass. */
	PHRASE_COINS = THEME_COUNT, /* names of cryptographic money */
	PHRASE_WROTE,               /* what stands above a quotation */
	PHRASE_PGP,                 /* text signed with OpenPGP */
	PHRASE_IDS
};

/* phrase_groups[phrase_groups_n]; the id of a group is its theme. */
extern const struct words_group phrase_groups[];
extern const size_t phrase_groups_n;

/* All of them as a set, made at first use; NULL when memory was short. */
const struct words_set *phrase_set(void);

#endif
