/* What the host knows of a plugin: its tables, as the runner told them, read and checked as the hostile
 * input they are. From here on they are constant; ids that refer to each other do lead somewhere.
 *
 * Absent texts are NULL where the comment says so, never empty. The words of muster/plugin.h hold. */
#ifndef MUSTER_CATALOG_MANIFEST_H
#define MUSTER_CATALOG_MANIFEST_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MANIFEST_SCOPES = 256 }; /* rows of scopes at most, so that a set of them is a few words */

struct models;

struct manifest_texts {
	const char *const *items;
	size_t count;
};

struct manifest_choice {
	const char *value;
	const char *label; /* NULL: the value */
};

enum field_type { FIELD_TEXT, FIELD_SECRET, FIELD_SCOPES, FIELD_REDIRECT };
enum field_normal { FIELD_AS_ENTERED, FIELD_UPPER_SNAKE, FIELD_URL_SEGMENT };
enum field_level { FIELD_ACCOUNT, FIELD_PROFILE };

struct manifest_field {
	const char *id;
	const char *label;
	const char *help;         /* or NULL */
	const char *default_text; /* or NULL */
	const char *characters;   /* or NULL */
	const struct manifest_choice *choices;
	size_t choice_count;
	enum field_type type;
	enum field_level level;
	bool required;
	bool advanced;
	uint32_t min_length;
	uint32_t max_length;
	enum field_normal normal;
	const char *after;    /* of URL_SEGMENT, else NULL */
	const char *found_by; /* an action, or NULL */
};

enum scope_certainty { SCOPE_KNOWN, SCOPE_ASSUMED };

struct manifest_scope {
	const char *id;
	const char *label; /* or NULL */
	struct manifest_texts aliases;
	enum scope_certainty certainty;
};

enum { HOST_API = 1, HOST_TOKEN = 2, HOST_CONSENT = 4 };

struct manifest_host {
	const char *name;
	unsigned use; /* HOST_API, HOST_TOKEN, HOST_CONSENT */
};

enum place_where { PLACE_CALL_HEADER, PLACE_TOKEN_FORM, PLACE_TOKEN_BASIC, PLACE_TOKEN_HEADER };

struct manifest_place {
	enum place_where where;
	const char *name;  /* a header or member; of BASIC the template of the user */
	const char *value; /* a template */
};

struct manifest_step {
	const char *title;
	const char *text;              /* a template of {scopes} */
	const char *url;               /* or NULL */
	struct manifest_texts actions; /* none: all */
	struct manifest_texts scopes;  /* none: always */
};

enum auth_grant {
	GRANT_STATIC,
	GRANT_CLIENT_CREDENTIALS,
	GRANT_AUTHORIZATION_CODE,
	GRANT_TOKEN_REQUEST,
};
enum auth_recovery { RECOVERY_RETRY_ONCE, RECOVERY_RETRY_WITHIN_GRACE, RECOVERY_LINK_AGAIN };

struct manifest_auth {
	const char *id;
	const char *label;
	enum auth_grant grant;
	const char *token_url;       /* NULL with GRANT_STATIC */
	const char *scope_format;    /* a template, or NULL: no scope is sent */
	const char *scope_separator; /* never NULL */
	const char *authorize_url;   /* NULL but with GRANT_AUTHORIZATION_CODE */
	const char *issuer;          /* the same; else never NULL */
	const char *revoke_url;      /* or NULL */
	const char *token_pointer;   /* these three are never NULL */
	const char *expires_pointer;
	const char *scope_pointer;
	const char *fields_of;       /* the auth whose fields these are, or NULL: its own */
	struct manifest_texts prove; /* actions, the best first */
	enum auth_recovery recovery;
	uint32_t grace_seconds;
	const struct manifest_field *fields; /* with fields_of those of that auth */
	size_t field_count;
	const struct manifest_place *places;
	size_t place_count;
	const struct manifest_step *guide;
	size_t guide_count;
	bool authenticate; /* has a hook */
};

enum parameter_type { PARAMETER_TEXT, PARAMETER_DATE, PARAMETER_DATE_TIME };
enum parameter_place { PARAMETER_QUERY, PARAMETER_PATH };
enum parameter_format {
	FORMAT_ISO,
	FORMAT_DAY_MONTH_YEAR,
	FORMAT_DAY_START_UTC,
	FORMAT_DAY_END_UTC,
	FORMAT_DAY_START_LOCAL,
	FORMAT_DAY_END_LOCAL,
	FORMAT_UTC,
	FORMAT_LOCAL,
};

struct manifest_parameter {
	const char *id;
	const char *label;
	const char *help;         /* or NULL */
	const char *name;         /* on the wire */
	const char *default_text; /* or NULL */
	const char *characters;   /* or NULL */
	const struct manifest_choice *choices;
	size_t choice_count;
	enum parameter_type type;
	enum parameter_place place;
	bool required;
	bool list; /* several values, joined by commas as a person enters them */
	uint32_t max_length;
	const char *join; /* or NULL: each value of a list is a query parameter of its own */
	enum parameter_format format;
};

struct manifest_header {
	const char *name;
	const char *value;
};

enum paging_kind { PAGING_NEXT_LINK, PAGING_CURSOR, PAGING_CURSOR_IN_LINK, PAGING_PAGE_NUMBER };

struct manifest_paging {
	enum paging_kind kind;
	const char *from;
	const char *to; /* NULL with NEXT_LINK */
	bool stop_when_empty;
	const char *size_name; /* or NULL */
	uint32_t size;
};

struct manifest_word {
	const char *theirs;
	const char *ours;
};

enum map_kind {
	MAP_COPY,
	MAP_DATE,
	MAP_DATE_TIME,
	MAP_WORDS,
	MAP_PARAMETER,
	MAP_EACH,
	MAP_CUSTOM,
	MAP_CONSTANT,
	MAP_TEXT,
	MAP_NUMBER,
	MAP_BOOLEAN,
	MAP_DAY,
	MAP_LOCAL_TIME,
	MAP_ELEMENT,
	MAP_OBJECT,
	MAP_JOIN,
	MAP_LAST_DAY,
};

struct manifest_map {
	const char *to;
	const char *from;
	const char *label; /* or NULL */
	enum map_kind kind;
	const struct manifest_word *words;
	size_t word_count;
	const struct manifest_map *rows;
	size_t row_count;
	const char *where; /* these three of ELEMENT, else NULL */
	const char *equals;
	const char *take;
};

enum each_over { EACH_RECORDS, EACH_DAYS, EACH_MONTHS };

struct manifest_each {
	enum each_over over;
	const char *action; /* NULL but with EACH_RECORDS */
	const char *from;   /* NULL with EACH_RECORDS */
	const char *to;
	uint32_t count; /* 0 with EACH_RECORDS */
};

struct manifest_completion {
	const char *action;
	const char *parameter;
	struct manifest_texts fields;
};

enum action_result { RESULT_RECORDS, RESULT_OBJECT, RESULT_GRID };
enum action_effect { EFFECT_READ };

struct manifest_action {
	const char *id;
	const char *label;
	const char *help; /* or NULL */
	const char *auth; /* see manifest_auth() */
	struct manifest_texts scopes;
	const char *method;
	const char *url;     /* a template */
	const char *records; /* "": the whole body */
	const char *columns; /* NULL but with RESULT_GRID */
	const char *model;
	struct manifest_texts key;
	enum action_result result;
	enum action_effect effect;
	uint32_t max_pages;
	const struct manifest_parameter *parameters;
	size_t parameter_count;
	const struct manifest_header *headers;
	size_t header_count;
	const struct manifest_paging *paging;
	size_t paging_count;
	const struct manifest_map *map;
	size_t map_count;
	const struct manifest_each *each;
	size_t each_count;
	const struct manifest_completion *completions;
	size_t completion_count;
	struct manifest_texts expected; /* fields that every record has, if it may be read */
	bool run;                       /* has a hook */
};

enum limit_per { LIMIT_ACCOUNT, LIMIT_APP, LIMIT_ENDPOINT, LIMIT_ADDRESS };

struct manifest_limit {
	uint32_t count;
	uint32_t seconds;
	enum limit_per per;
	struct manifest_texts actions; /* none: all */
	const char *remaining_header;  /* each of these may be NULL */
	const char *reset_header;
	const char *rate_header;
};

enum error_meaning {
	MEANS_REFUSED,
	MEANS_SCOPE,
	MEANS_CREDENTIALS,
	MEANS_NOT_FOUND,
	MEANS_LIMITED,
	MEANS_UNAVAILABLE,
};

struct manifest_error {
	uint32_t status;
	const char *pointer;  /* or NULL */
	const char *contains; /* or NULL: the body doesn't matter */
	enum error_meaning meaning;
	struct manifest_texts actions; /* none: all */
};

struct manifest {
	uint32_t abi;
	uint32_t sdk;
	const char *id;
	const char *name;
	const char *version;
	const char *summary;       /* or NULL */
	const char *homepage;      /* or NULL */
	const char *error_message; /* a JSON pointer, or NULL */
	const struct manifest_host *hosts;
	size_t host_count;
	const struct manifest_scope *scopes;
	size_t scope_count;
	const struct manifest_auth *auths;
	size_t auth_count;
	const struct manifest_action *actions;
	size_t action_count;
	const struct manifest_limit *limits;
	size_t limit_count;
	const struct manifest_error *errors;
	size_t error_count;
	bool validate; /* has a hook */

	const json_t *json;               /* the manifest as it came, checked */
	struct manifest_storage *storage; /* what holds all of this */
};

/* Reads a manifest and checks what it says, against the models too. id is what the file's name promises.
 * The error is PLUGIN_REFUSED and names the row: "actions[2] list_employees: map[3]: …". */
int manifest_parse(struct manifest **out, const char *bytes, size_t length, const char *id,
	struct models *models, struct error *error);
void manifest_free(struct manifest *manifest);

/* The row of this id, or NULL. */
const struct manifest_auth *manifest_auth(const struct manifest *manifest, const char *id);
const struct manifest_action *manifest_action(const struct manifest *manifest, const char *id);
const struct manifest_field *manifest_field(const struct manifest_auth *auth, const char *id);
const struct manifest_parameter *manifest_parameter(const struct manifest_action *action, const char *id);

/* The auth that declares the fields of this one: itself, or the one that fields_of names. Auths of which this
 * is the same stand behind one profile and one account. */
const struct manifest_auth *manifest_fields_auth(
	const struct manifest *manifest, const struct manifest_auth *auth);

/* Do these ids lead to auths with the same fields, so that one account has both? */
bool manifest_same_fields(const struct manifest *manifest, const char *auth, const char *other);

/* Does this action find one of the auth's fields? Then linking an account runs it, whatever is enabled. */
bool manifest_finds(const struct manifest_auth *auth, const char *action);

/* Is this one of the actions? No list is all of them. */
bool manifest_applies(const struct manifest_texts *actions, const char *action);

/* The id of a parameter, other than `but`, without which the action can't be run; or NULL. */
const char *manifest_needs(const struct manifest_action *action, const char *but);

/* Does the action's map fill this field of its model, be it as a twin? */
bool manifest_maps(const struct manifest_action *action, const char *field);

/* The row of this id or alias, or -1. */
int manifest_scope(const struct manifest *manifest, const char *id, size_t length);

/* The same as manifest_auth(), but what is missing is USAGE. */
int manifest_find_auth(const struct manifest_auth **out, const struct manifest *manifest, const char *id,
	struct error *error);

/* The same as manifest_action(), but what is missing is ACTION_NOT_FOUND with the nearest names. */
int manifest_find_action(const struct manifest_action **out, const struct manifest *manifest, const char *id,
	struct error *error);

#endif
