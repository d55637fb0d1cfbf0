/* What the keeper keeps: parts that fail by themselves. X(ID, "name") */
#ifndef CORDON_SERVE_KEEPER_PART_H
#define CORDON_SERVE_KEEPER_PART_H

#define KEEPER_PARTS_X(X) X(EVIDENCE, "ledger") X(LESSONS, "model") X(DECISIONS, "decisions")
enum keeper_part {
#define X(id, name) KEEPER_PART_##id,
	KEEPER_PARTS_X(X)
#undef X
	KEEPER_PARTS
};

#endif
