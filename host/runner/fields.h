/* The compiled rows of a map: where each value is found, and how it leaves. Private to map. */
#ifndef MUSTER_RUNNER_FIELDS_H
#define MUSTER_RUNNER_FIELDS_H

#include "base/buffer.h"
#include "base/error.h"
#include "record/reader.h"
#include "runner/map.h"
#include "runner/walk.h"

#include <muster/plugin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that was rendered when the map was compiled. */
struct rendered {
	char *text;
	size_t length;
};

/* One of the provider's words and ours as a JSON string. */
struct field_word {
	const char *theirs;
	size_t length;
	struct rendered ours;
};

/* One row. */
struct field {
	const struct muster_map *row;
	enum muster_map_kind kind; /* the row's, or what a raw record makes of it */
	bool text;                 /* a number leaves as a string: ids are text in every model */
	bool open;                 /* its closed set of words holds "other" */
	bool spare;                /* another row of this name comes before it */
	bool pointed;              /* its value is at target; else it is fixed, joined or from a list */
	struct field *next;        /* the next row of this name, or NULL */
	size_t target;             /* of the walk */
	struct rendered name;      /* ,"name": or of a custom field all that stands before its value */
	struct rendered twin;      /* ,"name_source": */
	struct rendered fixed;     /* a parameter's or constant's value as a JSON string; no text: absent */
	struct field_word *words;
	size_t word_count;
	size_t guess;         /* the word met last */
	struct slice value;   /* where its value stands in the record just written; no length: absent */
	struct fields *inner; /* MUSTER_MAP_OBJECT, MUSTER_MAP_EACH: the rows of the object or element */

	/* MUSTER_MAP_EACH: the list that was made of this record's elements. */
	enum reader_token list_token; /* READER_MORE: absent */
	struct slice list;            /* in fields->made */

	/* MUSTER_MAP_ELEMENT: targets of the list's walk, and what was found in this record. */
	size_t where;
	size_t take;
	bool found;
	struct walk_value element;
	struct field *sibling; /* the next row that looks into the same list */

	/* MUSTER_MAP_JOIN: targets of the walk. */
	size_t *parts;
	size_t part_count;
};

/* An array of the record that rows take elements from. It is passed once, for all of them. */
struct list {
	char *from;
	size_t target;          /* of the record's walk */
	struct walk *walk;      /* over an element */
	struct field *each;     /* the row that makes a list of it, or NULL */
	struct field *elements; /* the rows that look for an element, or NULL */
};

struct fields {
	struct field *rows;
	size_t count;
	struct walk *walk; /* borrowed by the rows of an object or element */
	size_t room;       /* what a record takes at most, besides its values */
	bool custom;       /* there are custom fields */
	bool objects;      /* there are OBJECT rows */
	bool outermost;    /* of the record; else the rest is not used */
	struct list *lists;
	size_t list_count;
	struct buffer made; /* the lists of all EACH rows */
};

/* Compiles the rows of a record. With only, a list of names separated by spaces, other rows are left out. */
int fields_new(struct fields **out, const struct muster_map_rows *rows, const char *only,
	const struct map_options *options, struct error *error);
void fields_free(struct fields *fields);

/* The first row of this name, or NULL; custom fields have none. */
struct field *fields_find(const struct fields *fields, const char *name, size_t length);

/* Appends the record whose values the walk has found; base is the offset of the hold in the body.
 */
int fields_write(struct buffer *out, struct fields *fields, const struct reader *reader, uint64_t base,
	struct error *error);

#endif
