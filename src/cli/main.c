#include "cli/cli.h"

#include <stddef.h>

static const struct command commands[] = {
	{"serve", "judge mail for a mail server, before it is accepted", desk_gateway_main},
	{"top", "what the gateway is doing now", desk_main},
	{"scan", "judge mail: what each message is, how sure, and why", scan_main},
	{"ingest", "judge mail and put what is abuse into the ledger", ingest_main},
	{"ledger", "the evidence: show, verify, prove, check, export", ledger_main},
	{"explain", "why one message was judged as it was", explain_main},
	{"learn", "learn ham or spam", learn_main},
	{"trace", "who handed a message in, what it advertises, on whose networks", trace_main},
	{"feed", "lists and reports of abuse that others publish", feed_main},
	{"campaigns", "abusive mail of one template, and who sends it", campaigns_main},
	{"auth", "what can be proven of a message's sender, and why not more", desk_auth_main},
	{"net", "tables of networks: import, look up, list", net_main},
	{"rank", "networks by the abuse in them for their size, and how sure that is", rank_main},
	{"case", "the case file of a network, with proofs", desk_main},
	{"depeer", "what would follow if networks stopped carrying another", depeer_main},
	{"notice", "write to networks about abuse, and send what was approved", desk_main},
	{"log", "what the gateway decided: find a message again", log_main},
	{"why", "why the gateway did what it did with one message", why_main},
	{"eval", "measure the judge on labelled mail", eval_main},
	{"starter", "make the model that judges before anything is learned", starter_main},
	{"config", "show and check the configuration", config_main},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	return program_run(
		commands, "Judges mail, and traces it to the networks behind it.", argc, argv);
}
