/* Personio's endpoints as rows: paths, rights, parameters, pages, and in what each of them is peculiar. */
#ifndef MUSTER_SANDBOX_PERSONIO_ENDPOINT_H
#define MUSTER_SANDBOX_PERSONIO_ENDPOINT_H

#include "sandbox/faults.h"
#include "sandbox/personio_data.h"

#include <stddef.h>
#include <stdint.h>

/* How a filter compares. A time that a record does not have yet lies after all others. */
enum personio_match {
	MATCH_NOTHING, /* the parameter is refused */
	MATCH_WORD,    /* one of the values */
	MATCH_CHOICE,  /* the same, and the values must be among the choices */
	MATCH_AFTER,
	MATCH_BEFORE,
	MATCH_FROM, /* at or after */
	MATCH_TO,   /* at or before */
};

/* How the parameter writes a time. */
enum personio_time_form { TIME_ZONED, TIME_LOCAL, TIME_DATE };

struct personio_filter {
	const char *name; /* of the parameter; NULL ends the rows */
	const char *path; /* of the member that is compared, with dots */
	enum personio_match match;
	enum personio_time_form form;
	const char *choices; /* with commas between */
	bool required;
	const struct personio_kind
		*narrows; /* the values are ids of these: nobody else's records are looked at */
};

enum personio_form {
	FORM_TOKEN,
	FORM_REVOKE,
	FORM_V1_TOKEN,
	FORM_LIST,
	FORM_OBJECT,
	FORM_REPORT,  /* a list of rows with what their columns mean */
	FORM_V1_LIST, /* v1's envelope, all at once */
};

enum personio_peculiarity {
	PERSONIO_BETA = 1,          /* not there without the header Beta: true */
	PERSONIO_RELATIVE_NEXT = 2, /* the first page's link has no host */
	PERSONIO_REPEATS = 4,       /* the next page's link repeats the filters */
	PERSONIO_CURSOR_ALONE = 8,  /* a cursor together with another parameter is refused */
	PERSONIO_MONTH = 16,        /* start_date and end_date, at most a month apart */
	PERSONIO_PARENTS = 32,      /* include_parent_chain */
};

struct personio_endpoint {
	const char *path; /* '*': the id of an owner */
	enum personio_form form;
	const struct personio_kind *records;
	const struct personio_kind *owner; /* of the id: of the record itself, or of all that are listed */
	const char *right;                 /* as --permissions names it; v1 has names of its own */
	unsigned denied;                   /* the status without the right; 0: 403 */
	unsigned limit_max;                /* records on a page */
	unsigned limit_default;
	unsigned rate;         /* requests in a second; 0: none of its own */
	unsigned peculiar;     /* enum personio_peculiarity, or-ed */
	const char *next_path; /* the path that the next page's link shows; NULL: the right one */
	const struct personio_filter *filters; /* NULL: none */
};

/* How many there are. */
extern const size_t personio_endpoint_count;
extern const struct personio_endpoint personio_endpoints[];

#define PERSONIO_ID_SIZE 64

/* The endpoint of a path, and the id in it, or NULL. */
const struct personio_endpoint *personio_route(char id[PERSONIO_ID_SIZE], const char *path);

enum request_kind personio_request_kind(const struct personio_endpoint *endpoint);

/* Whether the path is one of v1, whose envelope and errors are others. */
bool personio_is_v1(const char *path);

#endif
