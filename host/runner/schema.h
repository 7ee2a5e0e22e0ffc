/* The structs of muster/plugin.h as tables, each member once: the loader copies and checks by them, the
 * manifest is written by them. */
#ifndef MUSTER_RUNNER_SCHEMA_H
#define MUSTER_RUNNER_SCHEMA_H

#include <muster/plugin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum member_kind {
	MEMBER_ID,       /* text_is_id() */
	MEMBER_TEXT,     /* text_is_clean() */
	MEMBER_PROSE,    /* the same, longer */
	MEMBER_LIST,     /* words separated by spaces */
	MEMBER_REQUEST,  /* "METHOD URL" */
	MEMBER_WORD,     /* uint32_t: an enum, its names in words */
	MEMBER_FLAGS,    /* uint32_t: bits, each a boolean named in words, NULL: not to be set here */
	MEMBER_BITS,     /* uint32_t: bits, a list of the words that are set */
	MEMBER_NUMBER,   /* uint32_t */
	MEMBER_RESERVED, /* uint32_t: zero */
	MEMBER_ROWS,     /* a table of rows */
	MEMBER_HOOK,     /* a function */
};

struct member {
	const char *name; /* in the manifest and in messages */
	enum member_kind kind;
	bool mandatory;    /* text and list: there; number and bits: not zero; rows: at least one */
	size_t offset;     /* in its struct */
	size_t substitute; /* text: offset of the member whose text is taken when it is absent; or NO_MEMBER */
	uint32_t preset;   /* number: what 0 stands for */
	uint32_t word_count; /* of words */
	const char *const *words;
	const struct schema *rows;
};

#define NO_MEMBER SIZE_MAX

struct schema {
	const char *name; /* of the table */
	size_t size;      /* of our struct */
	size_t least;     /* of a row that any version of the header ever had */
	uint32_t most;    /* rows */
	const struct member *members;
	size_t member_count;
};

/* The one row of a plugin. */
extern const struct schema schema_plugin;

/* What every ..._rows of the header looks like. */
struct table {
	const void *rows;
	uint32_t count;
	uint32_t size;
};

/* Members of a struct that is given by its address. */
const char *schema_text(const void *row, const struct member *member);
uint32_t schema_number(const void *row, const struct member *member);
struct table schema_table(const void *row, const struct member *member);
bool schema_hook(const void *row, const struct member *member);

#endif
