/* What the rows of a manifest look like in JSON, as tables: each member once. */
#ifndef MUSTER_CATALOG_MANIFEST_LAYOUT_H
#define MUSTER_CATALOG_MANIFEST_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum member_kind {
	MEMBER_ID,     /* an id */
	MEMBER_TEXT,   /* a text, most bytes long; only a mandatory one is never absent */
	MEMBER_PLAIN,  /* the same, but empty means empty */
	MEMBER_NUMBER, /* a whole number up to most */
	MEMBER_FLAG,
	MEMBER_WORD,  /* one of words, as its index in an enum */
	MEMBER_WORDS, /* a list of words, as bits */
	MEMBER_TEXTS, /* a list of texts */
	MEMBER_ROWS,  /* a list of objects, most of them */
};

struct member {
	const char *name;
	enum member_kind kind;
	bool mandatory;
	size_t offset;
	uint32_t most;
	const char *const *words; /* ends with NULL */
	const struct layout *rows;
	size_t count_offset; /* of rows */
};

/* What one row looks like. */
struct layout {
	size_t size;
	const struct member *members;
	size_t count;
};

/* That of the manifest itself; all others hang on it. It is no deeper than it is written. */
extern const struct layout manifest_layout;

#endif
