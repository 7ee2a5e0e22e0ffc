/* muster/plugin.h - the contract between a connector and muster, whole.
 *
 * A connector is a shared object with one exported function, made by MUSTER_PLUGIN(), that returns
 * constant tables. muster reads the tables in a jailed process, prints guides and forms from them, sends
 * the requests they describe, and maps the answers by them. A connector that needs more than tables adds
 * hooks; they run in the same jail: no network, no files, no secrets, no other process, little memory. A
 * system call that computing doesn't need ends the process, and the run with it. stdout and stderr lead
 * nowhere. A plugin links with libc alone, and may not load locales or time zones, which are files.
 *
 * Rules that hold everywhere:
 *  - Strings are UTF-8, constant, and live as long as the plugin. NULL means absent. They hold no control
 *    characters, line breaks included, and are at most 1024 bytes long, lists and a step's text 8192.
 *  - An id is [a-z][a-z0-9_]*, at most 63 bytes, and never changes once released.
 *  - Zero means the behaviour described for zero; leave out what you don't need.
 *  - A table is rows with their count and the size of one row: fill it with MUSTER_ROWS(). Members are
 *    only ever added at the end of a struct. muster copies what it knows; what it doesn't know must be
 *    zero, else the plugin is refused with the version of muster it needs.
 *  - Templates hold references in braces: {field.ID}, {parameter.ID}, {token}, {scopes}. Expansion is one
 *    pass: what a reference stands for is never looked at again. A brace is written twice: {{ and }}.
 *  - A JSON pointer is that of RFC 6901.
 *
 * The header stands in the order in which things build on each other:
 *
 *    what a person enters    fields, and the values they may take
 *    permission              scopes
 *    where to                hosts, the places that credentials are put in
 *    a guide                 what the person does at the provider
 *    ways to authenticate    auths: a grant, fields, places, a guide
 *    what an action takes    parameters, headers
 *    pages                   how the next one is found
 *    from theirs to ours     maps of a record, and the macros that write their rows
 *    more than one request   actions that are repeated or completed by others
 *    actions                 all of that under one name
 *    limits and errors       how often, and what a refusal means
 *    the plugin              its own one row
 *    services                what the optional hooks may call
 *    the exported function   what MUSTER_PLUGIN() makes of it all
 *
 * The least there is: a plugin with an auth, a host, and an action with a map. In each struct the members that must
 * be filled in say "mandatory"; all others may be left out.
 *
 * ABI 0 may still change; it is frozen as 1 when it has proved itself. Valid as C11 and C++20. */
#ifndef MUSTER_PLUGIN_H
#define MUSTER_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#define MUSTER_ABI 0u

/* The version of this header: major * 10000 + minor * 100 + patch. */
#define MUSTER_SDK 100u

/* Declares the table type of a row type; a table of no rows is all zero. */
#define MUSTER_TABLE(row_) \
	struct row_; \
	struct row_##_rows { \
		const struct row_ *rows; \
		uint32_t count; \
		uint32_t size; \
	}

MUSTER_TABLE(muster_choice);
MUSTER_TABLE(muster_field);
MUSTER_TABLE(muster_scope);
MUSTER_TABLE(muster_host);
MUSTER_TABLE(muster_place);
MUSTER_TABLE(muster_step);
MUSTER_TABLE(muster_auth);
MUSTER_TABLE(muster_parameter);
MUSTER_TABLE(muster_header);
MUSTER_TABLE(muster_paging);
MUSTER_TABLE(muster_word);
MUSTER_TABLE(muster_map);
MUSTER_TABLE(muster_each);
MUSTER_TABLE(muster_completion);
MUSTER_TABLE(muster_action);
MUSTER_TABLE(muster_limit);
MUSTER_TABLE(muster_error);
MUSTER_TABLE(muster_plugin);

/* .member = the table made of this array: MUSTER_ROWS(fields, credentials). */
#define MUSTER_ROWS(member_, array_) \
	.member_ = { (array_), (uint32_t)(sizeof(array_) / sizeof((array_)[0])), \
		(uint32_t)sizeof((array_)[0]) }

/* ---- What a person enters -------------------------------------------------------- */

/* One of the values that a field or parameter may take. */
struct muster_choice {
	const char *value; /* mandatory: what is sent */
	const char *label; /* for people; NULL: the value */
};

enum muster_field_type {
	MUSTER_TEXT = 0,
	MUSTER_SECRET = 1, /* never shown, never given to a plugin, goes only to the declared places */
	MUSTER_SCOPES = 2, /* ids of scopes, joined by commas: requested in place of what an action needs */
	/* The redirect URL that was registered for MUSTER_AUTHORIZATION_CODE. muster listens itself where it is
	 * http on 127.0.0.1, [::1] or localhost (RFC 8252, section 7.3; without a port, on any); else the person
	 * pastes the URL that the browser was sent to. */
	MUSTER_REDIRECT = 3,
};

enum muster_field_flag {
	MUSTER_REQUIRED = 1u << 0,
	MUSTER_ADVANCED = 1u << 1, /* shown only to those who ask for more */
	/* Of a parameter: several values, which the person joins by commas; what is said of a text holds for each. */
	MUSTER_LIST = 1u << 2,
};

enum muster_normal {
	MUSTER_AS_ENTERED = 0,
	/* Upper case, and _ for each space and hyphen; what was spelled otherwise is answered with that, to be
	 * confirmed. */
	MUSTER_UPPER_SNAKE = 1,
	/* A URL may be entered: taken is the segment of its path that follows the segment `after`. */
	MUSTER_URL_SEGMENT = 2,
};

enum muster_level {
	MUSTER_ACCOUNT = 0, /* a customer enters it when linking */
	MUSTER_PROFILE = 1, /* the integrator registers it once */
};

/* Something a person has to enter: it becomes the prompt, the flag, the form, the check, the guide. */
struct muster_field {
	const char *id;           /* mandatory, unique within the auth */
	const char *label;        /* mandatory: the provider's own name for it */
	const char *help;         /* one sentence: where it is found */
	const char *default_text; /* taken when nothing is entered; never for a secret */
	const char *characters;   /* allowed, as ranges: "A-Z0-9_-", '-' last; NULL: all but controls */
	struct muster_choice_rows choices; /* the values allowed; none: any */
	uint32_t type;                     /* enum muster_field_type */
	uint32_t flags;                    /* enum muster_field_flag */
	uint32_t level;                    /* enum muster_level */
	uint32_t min_length;               /* in bytes */
	uint32_t max_length;               /* in bytes; 0: 4096 */
	uint32_t normal;                   /* enum muster_normal */
	const char *after; /* mandatory for MUSTER_URL_SEGMENT, which it belongs to: "organisations" */
	/* The id of an action of this auth without mandatory parameters, whose records are what may be entered:
	 * `id` is the value, `name` what a person reads. It is run once there is a token: a text that is an id of
	 * theirs is taken; any other is only a hint. Of one record the id is taken, of several the person chooses.
	 * So a mandatory field, too, may be left out by the person; neither that action nor the places of its auth
	 * may need it. NULL: none. */
	const char *found_by;
};

/* ---- Permission ------------------------------------------------------------------ */

enum muster_certainty {
	MUSTER_KNOWN = 0,   /* the provider documents it */
	MUSTER_ASSUMED = 1, /* concluded from its other names; shown as such */
};

/* A permission, as the provider names it. */
struct muster_scope {
	const char *id;      /* mandatory: what is requested, without space or comma */
	const char *label;   /* what the provider's settings call it; NULL: the id */
	const char *aliases; /* further names under which it may be granted, separated by spaces */
	uint32_t certainty;  /* enum muster_certainty */
	uint32_t reserved;   /* zero */
};

/* ---- Where to -------------------------------------------------------------------- */

enum muster_host_use {
	MUSTER_API = 1u << 0,     /* actions; credentials go there */
	MUSTER_TOKEN = 1u << 1,   /* token requests; client credentials go there */
	MUSTER_CONSENT = 1u << 2, /* the page where a person consents; muster itself sends nothing there */
};

/* A host that may be reached, by https on port 443. No other is. */
struct muster_host {
	const char *name;  /* mandatory: a full host name in lower case */
	uint32_t use;      /* mandatory: enum muster_host_use, added up */
	uint32_t reserved; /* zero */
};

enum muster_where {
	MUSTER_CALL_HEADER = 0, /* a header of every request of an action */
	MUSTER_TOKEN_FORM = 1,  /* a member of the token request's form body */
	/* The token request's Basic authentication (RFC 6749, section 2.3.1): name is the template of the
	 * user, value that of the password. */
	MUSTER_TOKEN_BASIC = 2,
	MUSTER_TOKEN_HEADER = 3, /* a header of the token request */
};

/* A place that credentials are put in, by the host, on their way out. Secrets go nowhere else. One whose
 * value names a field that is not mandatory and was not entered is left out. */
struct muster_place {
	const char *name;  /* mandatory: the header or member */
	const char *value; /* mandatory: a template of {field.ID} and, in calls, {token} */
	uint32_t where;    /* enum muster_where */
	uint32_t reserved; /* zero */
};

/* ---- A guide --------------------------------------------------------------------- */

/* A step of a guide: what a person does at the provider. */
struct muster_step {
	const char *title;   /* mandatory: an imperative: "Open the settings" */
	const char *text;    /* mandatory: sentences; {scopes} stands for the scopes to choose */
	const char *url;     /* the page it happens on */
	const char *actions; /* only for these actions, separated by spaces; NULL: for all */
	const char *scopes;  /* only where one of these scopes is needed; NULL: always */
};

/* ---- Ways to authenticate -------------------------------------------------------- */

enum muster_grant {
	MUSTER_STATIC = 0,             /* no token: the fields are sent as they are */
	MUSTER_CLIENT_CREDENTIALS = 1, /* RFC 6749, section 4.4 */
	/* RFC 6749, section 4.1, with PKCE S256 (RFC 7636); refreshed by section 6. The auth has one field of
	 * type MUSTER_REDIRECT, of the profile and never empty, and places for the client's credentials; the rest
	 * is the host's. */
	MUSTER_AUTHORIZATION_CODE = 2,
	MUSTER_TOKEN_REQUEST = 3, /* a token request of its own kind: what the places say, and nothing else */
};

/* What is done with a refresh token of which nobody knows whether the provider has seen it, since a process or
 * the connection died between sending it and keeping the answer. */
enum muster_recovery {
	MUSTER_RETRY_ONCE = 0, /* it is sent once more; refused, the account needs linking again */
	/* The same, but only within grace_seconds, which the provider allows. */
	MUSTER_RETRY_WITHIN_GRACE = 1,
	MUSTER_LINK_AGAIN = 2, /* never: a reuse would be taken for theft */
};

struct muster_services;
struct muster_call; /* one run of one hook; opaque */

/* A way to authenticate. */
struct muster_auth {
	const char *id;        /* mandatory, unique */
	const char *label;     /* mandatory */
	const char *token_url; /* mandatory for grants with a token; its host has MUSTER_TOKEN */
	/* The scope of the token request, a template of {scopes} and {field.ID}; NULL: none is sent. */
	const char *scope_format;
	const char *scope_separator;     /* between scopes; NULL: a space */
	struct muster_field_rows fields; /* what a person enters, in the order of the prompts */
	struct muster_place_rows places; /* where it goes */
	struct muster_step_rows guide;   /* how a person gets it, in the order of the steps */
	/* Drives what the grant can't say. Called in the jail instead of the plain token request; asks for
	 * the token by services->token() any number of times. 0: the last token holds; else it failed, and
	 * problems were told. NULL: the grant does it alone. */
	int32_t (*authenticate)(const struct muster_services *services, struct muster_call *call);
	uint32_t grant;            /* enum muster_grant */
	uint32_t recovery;         /* enum muster_recovery */
	const char *authorize_url; /* of MUSTER_AUTHORIZATION_CODE; its host has MUSTER_CONSENT */
	const char *issuer; /* what `iss` must be when it is sent (RFC 9207); NULL: authorize_url's origin */
	const char *revoke_url; /* RFC 7009; its host has MUSTER_TOKEN; NULL: tokens can't be revoked */
	/* Where the token, its life in seconds and the granted scopes stand in the token answer, as JSON pointers;
	 * NULL: "/access_token", "/expires_in", "/scope". */
	const char *token_pointer;
	const char *expires_pointer;
	const char *scope_pointer;
	/* The id of another auth whose fields this one uses; it has none of its own. A profile of that auth has
	 * this one too. */
	const char *fields_of;
	/* Ids of actions, separated by spaces: the first that the profile enables is run, for one record, to prove
	 * that a new account works. NULL: the token is proof enough. */
	const char *prove;
	uint32_t grace_seconds; /* of MUSTER_RETRY_WITHIN_GRACE */
	uint32_t reserved;      /* zero */
};

/* ---- What an action takes -------------------------------------------------------- */

enum muster_parameter_type {
	MUSTER_PARAMETER_TEXT = 0,
	MUSTER_PARAMETER_DATE = 1,      /* YYYY-MM-DD */
	MUSTER_PARAMETER_DATE_TIME = 2, /* RFC 3339 */
};

enum muster_parameter_place {
	MUSTER_QUERY = 0, /* appended to the URL, percent-encoded, left out when absent */
	MUSTER_PATH = 1,  /* stands in the URL as {parameter.ID}, percent-encoded as one segment */
};

/* How a date, or a date and time, is written for the provider. The person writes ISO 8601 always. */
enum muster_format {
	MUSTER_ISO = 0,             /* as entered */
	MUSTER_DAY_MONTH_YEAR = 1,  /* of a date: 31/12/2026 */
	MUSTER_DAY_START_UTC = 2,   /* of a date: 2026-12-31T00:00:00Z */
	MUSTER_DAY_END_UTC = 3,     /* of a date: 2026-12-31T23:59:59Z */
	MUSTER_DAY_START_LOCAL = 4, /* of a date: 2026-12-31T00:00:00 */
	MUSTER_DAY_END_LOCAL = 5,   /* of a date: 2026-12-31T23:59:59 */
	MUSTER_UTC = 6,             /* of a date and time: the same moment, in UTC, with a Z */
	MUSTER_LOCAL = 7,           /* of a date and time: its digits, without the zone */
};

/* What an action takes. One in the path is mandatory or has a default. */
struct muster_parameter {
	const char *id;                    /* mandatory, unique within the action */
	const char *label;                 /* mandatory */
	const char *help;                  /* one sentence */
	const char *name;                  /* on the wire; NULL: the id */
	const char *default_text;          /* sent when nothing is given; NULL: left out */
	const char *characters;            /* as in struct muster_field */
	struct muster_choice_rows choices; /* the values allowed; none: any */
	uint32_t type;                     /* enum muster_parameter_type */
	uint32_t place;                    /* enum muster_parameter_place */
	uint32_t flags;                    /* enum muster_field_flag: MUSTER_REQUIRED, MUSTER_LIST */
	uint32_t max_length;               /* in bytes; 0: 1024 */
	/* Between the values of a MUSTER_LIST; NULL: each is a query parameter of its own. In a path mandatory. */
	const char *join;
	uint32_t format;   /* enum muster_format */
	uint32_t reserved; /* zero */
};

/* A header of an action's requests: constant, none that carries credentials, none that the transfer sets. */
struct muster_header {
	const char *name;  /* mandatory */
	const char *value; /* mandatory: printable ASCII */
};

/* ---- Pages ----------------------------------------------------------------------- */

enum muster_paging_kind {
	MUSTER_NEXT_LINK = 0, /* the body holds the next URL, absolute or relative; same origin only */
	MUSTER_CURSOR = 1,    /* the body holds a value for a query parameter of the first URL */
	/* The body holds a URL of which only the query parameter `to` is taken, for the first URL. */
	MUSTER_CURSOR_IN_LINK = 2,
	/* The body holds the number of pages; `to` counts them, the first page is 1. It is the only row. */
	MUSTER_PAGE_NUMBER = 3,
};

enum muster_paging_flag {
	MUSTER_STOP_WHEN_EMPTY = 1u << 0, /* a page without records is the last, whatever it leads to */
};

/* How the next page is found. The first row whose value is there wins; none: that was the last page.
 * A value that is null or empty is not there. */
struct muster_paging {
	const char *from; /* mandatory: JSON pointer into the body */
	const char *to;   /* the query parameter, but for MUSTER_NEXT_LINK */
	uint32_t kind;    /* enum muster_paging_kind */
	uint32_t flags;   /* enum muster_paging_flag */
	/* The query parameter that says how many records a page shall have, and how many, sent from the first request
	 * on. Both or neither. */
	const char *size_name;
	uint32_t size;
	uint32_t reserved; /* zero */
};

/* ---- From theirs to ours --------------------------------------------------------- */

/* One of the provider's words in ours. */
struct muster_word {
	const char *theirs; /* mandatory */
	const char *ours;   /* mandatory: a word of the model's closed set */
};

/* Append-only. */
enum muster_map_kind {
	MUSTER_MAP_COPY = 0,      /* any value, as its source text: a number is never touched */
	MUSTER_MAP_DATE = 1,      /* YYYY-MM-DD, checked */
	MUSTER_MAP_DATE_TIME = 2, /* RFC 3339, checked */
	/* The provider's word into ours, and as it was into the twin to_source. A word without a row becomes
	 * "other" if the model has that, else null. */
	MUSTER_MAP_WORDS = 3,
	MUSTER_MAP_PARAMETER = 4, /* the value of the parameter that from names */
	MUSTER_MAP_EACH = 5,      /* an array of objects, each mapped by rows (which hold no EACH) */
	/* What the model has no place for: an element of custom_fields with the id to, the name label, and the
	 * value. */
	MUSTER_MAP_CUSTOM = 6,
	MUSTER_MAP_CONSTANT = 7, /* the text `from` itself */
	MUSTER_MAP_TEXT = 8,     /* a scalar as text: of a number its source text */
	MUSTER_MAP_NUMBER = 9,   /* a number, or a text that holds one, whose digits stay as they are */
	MUSTER_MAP_BOOLEAN = 10, /* a boolean, or a text or number: true, false, yes, no, 1, 0 in any case */
	MUSTER_MAP_DAY = 11,     /* the date that a date and time begins with */
	/* A date and time without zone; one that is written is dropped: it is false. */
	MUSTER_MAP_LOCAL_TIME = 12,
	/* Of the array at `from` the first element whose member `where` (a pointer) is the text `equals`; copied
	 * is what `take` (a pointer) leads to in it, a number or boolean as text. */
	MUSTER_MAP_ELEMENT = 13,
	MUSTER_MAP_OBJECT = 14, /* an object, mapped by rows */
	/* The texts and numbers at 2 to 8 pointers, which `from` holds separated by spaces, in that order, with a
	 * space between each two. What is null or empty is left out; all of them: the field is absent. */
	MUSTER_MAP_JOIN = 15,
	/* The last date of what ends at a date and time, that moment not included: of midnight the day before. A date
	 * alone is the last one. */
	MUSTER_MAP_LAST_DAY = 16,
};

/* One field of the unified record. Absent stays absent, null stays null. Several rows of plain values may have
 * the same `to`: the first that finds a value other than null fills it. */
struct muster_map {
	const char *to;    /* mandatory: the model's field */
	const char *from;  /* mandatory: JSON pointer into the provider's record, but for three kinds */
	const char *label; /* of a custom field; NULL: to */
	struct muster_word_rows words; /* for MUSTER_MAP_WORDS */
	/* For MUSTER_MAP_EACH and MUSTER_MAP_OBJECT: they hold neither, and those of EACH no ELEMENT. */
	struct muster_map_rows rows;
	uint32_t kind;     /* enum muster_map_kind */
	uint32_t reserved; /* zero */
	const char *where; /* mandatory for MUSTER_MAP_ELEMENT, and so are the two that follow */
	const char *equals;
	const char *take;
};

/* Rows of a map, each macro called like its kind; but MUSTER_INNER is an object, MUSTER_AS_TEXT a text. */
#define MUSTER_COPY(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_COPY \
	}
#define MUSTER_DATE(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_DATE \
	}
#define MUSTER_DATE_TIME(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_DATE_TIME \
	}
#define MUSTER_WORDS(to_, from_, words_) \
	{ \
		.to = (to_), .from = (from_), MUSTER_ROWS(words, words_), .kind = MUSTER_MAP_WORDS \
	}
#define MUSTER_PARAMETER(to_, id_) \
	{ \
		.to = (to_), .from = (id_), .kind = MUSTER_MAP_PARAMETER \
	}
#define MUSTER_EACH(to_, from_, rows_) \
	{ \
		.to = (to_), .from = (from_), MUSTER_ROWS(rows, rows_), .kind = MUSTER_MAP_EACH \
	}
#define MUSTER_CUSTOM(id_, label_, from_) \
	{ \
		.to = (id_), .from = (from_), .label = (label_), .kind = MUSTER_MAP_CUSTOM \
	}
#define MUSTER_CONSTANT(to_, text_) \
	{ \
		.to = (to_), .from = (text_), .kind = MUSTER_MAP_CONSTANT \
	}
#define MUSTER_AS_TEXT(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_TEXT \
	}
#define MUSTER_NUMBER(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_NUMBER \
	}
#define MUSTER_BOOLEAN(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_BOOLEAN \
	}
#define MUSTER_DAY(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_DAY \
	}
#define MUSTER_LAST_DAY(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_LAST_DAY \
	}
#define MUSTER_LOCAL_TIME(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_LOCAL_TIME \
	}
#define MUSTER_ELEMENT(to_, from_, where_, equals_, take_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_ELEMENT, .where = (where_), \
		.equals = (equals_), .take = (take_) \
	}
#define MUSTER_INNER(to_, from_, rows_) \
	{ \
		.to = (to_), .from = (from_), MUSTER_ROWS(rows, rows_), .kind = MUSTER_MAP_OBJECT \
	}
#define MUSTER_JOIN(to_, from_) \
	{ \
		.to = (to_), .from = (from_), .kind = MUSTER_MAP_JOIN \
	}

/* ---- More than one request ------------------------------------------------------- */

enum muster_over {
	/* The records of `action`, which has no mandatory parameters: the id of each goes into the parameter `to`. */
	MUSTER_OVER_RECORDS = 0,
	MUSTER_OVER_DAYS = 1,   /* windows of `count` days at most */
	MUSTER_OVER_MONTHS = 2, /* windows of `count` months at most */
};

/* What an action can be repeated over. Over records it is when the person asks for it (--each MODEL, so no two
 * rows' actions have the same model); over windows always when what was asked for, from the date parameter
 * `from` to the date parameter `to`, both included, is longer than the endpoint takes: one such row at most. */
struct muster_each {
	const char *action; /* mandatory over records */
	const char *from;   /* mandatory over windows */
	const char *to;     /* mandatory */
	uint32_t over;      /* enum muster_over */
	uint32_t count;     /* mandatory over windows */
};

/* Fields that the provider keeps elsewhere: for each record, `action` is run with its id as `parameter`, and
 * of the first record that comes the `fields` are added, which have the same names in both models. */
struct muster_completion {
	const char *action;    /* mandatory: one that has no completions itself */
	const char *parameter; /* mandatory: the only one that is */
	const char *fields;    /* mandatory: names, separated by spaces */
};

/* ---- Actions --------------------------------------------------------------------- */

enum muster_result {
	MUSTER_RECORDS = 0, /* the pointer leads to an array of objects */
	MUSTER_OBJECT = 1,  /* the pointer leads to one object */
	/* The pointer leads to an array of arrays, `columns` to one that describes their members, in the same order.
	 * A record is {"row": …, "cells": [{"column": …, "cell": …}, …]}, rows counted from 1, on through the pages. */
	MUSTER_GRID = 2,
};

enum muster_effect {
	MUSTER_READ = 0, /* changes nothing and may be repeated; method GET or HEAD, or POST for a search */
};

/* A named operation. */
struct muster_action {
	const char *id;      /* mandatory, unique */
	const char *label;   /* mandatory */
	const char *help;    /* one sentence */
	const char *auth;    /* mandatory: the id of its auth */
	const char *scopes;  /* all that it needs, separated by spaces */
	const char *request; /* mandatory: "GET https://host/path/{parameter.ID}", no secret in it */
	const char *records; /* JSON pointer to the result in the body; NULL or "": the whole body */
	const char *model;   /* mandatory: a unified model: "employee" */
	const char *key;     /* mandatory: fields of the unified record that tell one from another */
	struct muster_parameter_rows parameters;
	struct muster_paging_rows paging; /* none: there is one page */
	struct muster_map_rows map;       /* mandatory */
	/* Does what tables can't. Called in the jail instead of the request above; asks for answers by
	 * services->request() and yields the provider's records by services->record(), which map maps. 0:
	 * done; else it failed. NULL: the tables do it. */
	int32_t (*run)(const struct muster_services *services, struct muster_call *call);
	uint32_t result;                   /* enum muster_result */
	uint32_t effect;                   /* enum muster_effect */
	uint32_t max_pages;                /* more are an error; 0: 1,000,000 */
	uint32_t reserved;                 /* zero */
	const char *columns;               /* mandatory for MUSTER_GRID, which it belongs to: JSON pointer */
	struct muster_header_rows headers; /* of every request */
	struct muster_each_rows each;      /* what it can be repeated over */
	struct muster_completion_rows completions; /* which others complete its records */
	/* Fields that every record brings if the credentials may read them, separated by spaces: of a provider that leaves
	 * out what they may not. When no record of a run has one, the person is told so, and led to the guide. */
	const char *expected;
};

/* ---- Limits and errors ----------------------------------------------------------- */

enum muster_per {
	MUSTER_PER_ACCOUNT = 0,
	MUSTER_PER_APP = 1,      /* all accounts under one client id together */
	MUSTER_PER_ENDPOINT = 2, /* each action of an account by itself */
	MUSTER_PER_ADDRESS = 3,  /* everything this machine asks */
};

/* How many requests in how many seconds. Several rows hold at once. */
struct muster_limit {
	uint32_t count;      /* mandatory */
	uint32_t seconds;    /* mandatory */
	uint32_t per;        /* enum muster_per */
	uint32_t reserved;   /* zero */
	const char *actions; /* only these, separated by spaces; NULL: all */
	/* Answer headers that correct it, each NULL or a name: requests left; seconds until they are all back; how
	 * many come back each second. */
	const char *remaining_header;
	const char *reset_header;
	const char *rate_header;
};

enum muster_meaning {
	MUSTER_MEANS_REFUSED = 0,     /* the request was wrong */
	MUSTER_MEANS_SCOPE = 1,       /* a scope is missing */
	MUSTER_MEANS_CREDENTIALS = 2, /* the credentials are wrong or were withdrawn */
	MUSTER_MEANS_NOT_FOUND = 3,   /* there is no such record */
	MUSTER_MEANS_LIMITED = 4,     /* too many requests: wait */
	MUSTER_MEANS_UNAVAILABLE = 5, /* maintenance or overload: wait */
};

/* What an error answer of the provider means, also one that comes with a status of success. The first row that
 * fits wins; without one, the status has the meaning that RFC 9110 gives it. */
struct muster_error {
	const char *pointer;  /* JSON pointer into the body, whose text must hold contains; NULL: all of it */
	const char *contains; /* NULL: the body doesn't matter; mandatory with a status of success */
	uint32_t status;      /* mandatory: the HTTP status */
	uint32_t meaning;     /* enum muster_meaning */
	const char *actions;  /* only of these, separated by spaces; NULL: of all */
};

/* ---- The plugin ------------------------------------------------------------------ */

/* The one row of the plugin's own table. */
struct muster_plugin {
	const char *id;                    /* mandatory: the provider; also the name of the file, ID.so */
	const char *name;                  /* mandatory: the provider, as people write it */
	const char *version;               /* mandatory: of the plugin, "1.2.3" */
	const char *summary;               /* one sentence: what the provider is */
	const char *homepage;              /* of the provider's API documentation */
	const char *error_message;         /* JSON pointer to the message in an error body */
	struct muster_auth_rows auths;     /* mandatory */
	struct muster_scope_rows scopes;   /* none: the provider knows no permissions */
	struct muster_host_rows hosts;     /* mandatory */
	struct muster_action_rows actions; /* mandatory */
	struct muster_limit_rows limits;   /* none: as fast as the provider answers */
	struct muster_error_rows errors;
	/* Checks what characters, lengths and choices can't say of an auth's fields. Called in the jail,
	 * offline, before anything is sent; sees no secret's value. Tells each thing wrong by
	 * services->problem(). Returns 0, also when it told problems; else the plugin is at fault. */
	int32_t (*validate)(const struct muster_services *services, struct muster_call *call);
};

/* ---- Services -------------------------------------------------------------------- */

/* A name and its value, for what a hook adds to a request. */
struct muster_argument {
	const char *name;
	const char *value; /* as it is: muster encodes it */
};

/* What the provider answered to a hook. Valid until the hook's next request or its end. */
struct muster_answer {
	const char *body; /* UTF-8, scrubbed of secrets; not terminated */
	uint64_t length;  /* in bytes */
	uint32_t status;  /* of HTTP */
	uint32_t reserved;
};

/* How a hook reaches the host. size tells which members there are: see MUSTER_HAS(). */
struct muster_services {
	uint32_t size; /* in bytes */
	uint32_t reserved;
	/* The id of the auth that is validated or authenticated; lives as long as the call. */
	const char *(*auth)(struct muster_call *call);
	/* A field's text, terminated, or NULL if it was not entered; of a secret only "" (it was entered)
	 * or NULL. Lives as long as the call. */
	const char *(*field)(struct muster_call *call, const char *id);
	/* A parameter's text, terminated, or NULL if it was not given. Lives as long as the call. */
	const char *(*parameter)(struct muster_call *call, const char *id);
	/* Tells that a field is wrong: field is its id, code an id for programs, sentence is for people. At most
	 * 64 times. In validate and authenticate. */
	int32_t (*problem)(
		struct muster_call *call, const char *field, const char *code, const char *sentence);
	/* Sends the action's request with these query parameters in place of the declared ones, each name once.
	 * 0 and an answer of any status and at most 16 MiB, or -1 when the run is over: then return. In run. */
	int32_t (*request)(struct muster_call *call, const struct muster_argument *arguments, uint32_t count,
		struct muster_answer *answer);
	/* Yields one of the provider's records, a JSON object of the last answer, to be mapped and delivered. 0, or
	 * -1 when the run is over: then return. In run, after the first answer. */
	int32_t (*record)(struct muster_call *call, const char *json, uint64_t length);
	/* Makes the auth's token request with these further form members, each name once. 0 when there is a token,
	 * which stays with the host, else -1. In authenticate. */
	int32_t (*token)(struct muster_call *call, const struct muster_argument *arguments, uint32_t count);
};

/* Does this host have that service? */
#define MUSTER_HAS(services_, member_) \
	((services_)->size >= offsetof(struct muster_services, member_) + sizeof((services_)->member_))

/* ---- The one exported function --------------------------------------------------- */

struct muster_entry {
	uint32_t abi; /* MUSTER_ABI that it was built for */
	uint32_t sdk; /* MUSTER_SDK that it was built with */
	struct muster_plugin_rows plugin;
};

#ifdef __cplusplus
#define MUSTER_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define MUSTER_EXPORT __attribute__((visibility("default")))
#endif

/* Exports a struct muster_plugin; stands once, at the end of the plugin's source. */
#define MUSTER_PLUGIN(plugin_) \
	MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void); \
	MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void) \
	{ \
		static const struct muster_entry entry = { MUSTER_ABI, MUSTER_SDK, \
			{ &(plugin_), 1, (uint32_t)sizeof(plugin_) } }; \
		return &entry; \
	}

#endif
