/* Faults on demand: which there are, which were asked for, and whose turn it is. */
#ifndef MUSTER_SANDBOX_FAULTS_H
#define MUSTER_SANDBOX_FAULTS_H

#include "base/buffer.h"
#include "base/error.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Which requests a fault meets. */
enum request_kind {
	REQUEST_OTHER,   /* an unknown path: never */
	REQUEST_TOKEN,   /* the token endpoint */
	REQUEST_OBJECT,  /* one record */
	REQUEST_LIST,    /* a page of records */
	REQUEST_CONSENT, /* the decision on the authorization page */
};

#define ON_TLS 0u /* the handshake, before there is a request */
#define ON_TOKEN (1u << REQUEST_TOKEN)
#define ON_CONSENT (1u << REQUEST_CONSENT)
#define ON_LIST (1u << REQUEST_LIST)
#define ON_DATA (ON_LIST | 1u << REQUEST_OBJECT)

/* X(symbol, name, which requests, how many times (0: for ever), value unless one is given, help) */
#define FAULTS(X) \
	X(RATE_LIMITED, "rate_limited", ON_DATA, 1, 0, "429 without Retry-After") \
	X(RATE_LIMITED_RETRY_AFTER, "rate_limited_retry_after", ON_DATA, 1, 1, \
		"429 with Retry-After: VALUE seconds") \
	X(RATE_LIMITED_FOREVER, "rate_limited_forever", ON_DATA, 0, 0, "429 every time") \
	X(SERVER_ERROR, "server_error", ON_DATA, 0, 0, "500 every time") \
	X(UNAVAILABLE, "unavailable", ON_DATA, 1, 0, "503") \
	X(UNAVAILABLE_FOREVER, "unavailable_forever", ON_DATA, 0, 0, "503 every time") \
	X(CONNECTION_RESET, "connection_reset", ON_DATA, 0, 0, "TCP reset instead of an answer") \
	X(CLOSE_BEFORE_ANSWER, "close_before_answer", ON_DATA, 0, 0, \
		"the connection ends instead of an answer") \
	X(SILENCE, "silence", ON_DATA, 0, 3600000, "no byte of an answer for VALUE ms") \
	X(TRUNCATED_BODY, "truncated_body", ON_DATA, 0, 50, \
		"the connection ends after VALUE percent of the body") \
	X(SLOW_BODY, "slow_body", ON_DATA, 0, 500, "one byte every VALUE ms") \
	X(ENDLESS_BODY, "endless_body", ON_DATA, 0, 0, "the records, then spaces without end") \
	X(GZIP, "gzip", ON_DATA, 0, 0, "the body as gzip, whole and sound") \
	X(GZIP_BOMB, "gzip_bomb", ON_DATA, 0, 0, "0.5 MB of gzip that become 512 MiB of spaces") \
	X(INVALID_JSON, "invalid_json", ON_DATA, 0, 100, "byte VALUE of the body is a control character") \
	X(INVALID_UTF8, "invalid_utf8", ON_LIST, 0, 0, "a broken sequence in the first record's name") \
	X(DEEP_NESTING, "deep_nesting", ON_LIST, 0, 100000, \
		"the first record has a member of VALUE nested arrays") \
	X(DUPLICATE_KEY, "duplicate_key", ON_LIST, 0, 0, "the first record has its id twice") \
	X(NUMBER_EXTREMES, "number_extremes", ON_LIST, 0, 0, \
		"the first record has numbers such as 1e400 and 30 digits") \
	X(HUGE_RECORD, "huge_record", ON_LIST, 0, 5, "the first record has VALUE MiB") \
	X(ECHO_SECRET, "echo_secret", ON_LIST, 0, 0, \
		"the first record's name holds token and secret in several encodings") \
	X(WRONG_CONTENT_TYPE, "wrong_content_type", ON_DATA, 0, 0, "the body is called text/html") \
	X(HTML_BODY, "html_body", ON_DATA, 0, 0, "a web page with status 200") \
	X(EMPTY_BODY, "empty_body", ON_DATA, 0, 0, "no body with status 200") \
	X(REPEATED_CURSOR, "repeated_cursor", ON_LIST, 0, 0, "a page names its own cursor as the next") \
	X(EMPTY_PAGE_FOREVER, "empty_page_forever", ON_LIST, 0, 0, \
		"empty pages that go on with new cursors") \
	X(FOREIGN_NEXT, "foreign_next", ON_LIST, 0, 0, "the next page is at https://attacker.example/") \
	X(NEXT_PATH_ONLY, "next_path_only", ON_LIST, 0, 0, "paging by link alone, without the bare key") \
	X(REDIRECT_SAME, "redirect_same", ON_DATA, 1, 0, "302 to the same host") \
	X(REDIRECT_FOREIGN, "redirect_foreign", ON_DATA, 0, 0, "302 to https://attacker.example/") \
	X(REDIRECT_LOOPBACK, "redirect_loopback", ON_DATA, 0, 0, "302 to this server as 127.0.0.1") \
	X(EXPIRED_TOKEN, "expired_token", ON_LIST, 0, 2, \
		"after page VALUE of a list its token is dead; a new one works") \
	X(REVOKED_FOREVER, "revoked_forever", ON_DATA, 0, 0, "401 whatever the token") \
	X(MISSING_SCOPE, "missing_scope", ON_TOKEN, 0, 0, \
		"the token lacks the last permission that was asked for") \
	X(TOKEN_HTML, "token_html", ON_TOKEN, 0, 400, "a web page with status VALUE") \
	X(TOKEN_EMPTY, "token_empty", ON_TOKEN, 0, 401, "no body, with status VALUE") \
	X(TOKEN_ERROR, "token_error", ON_TOKEN, 0, 401, "invalid_client with status VALUE") \
	X(TOKEN_RATE_LIMITED, "token_rate_limited", ON_TOKEN, 1, 1, "429 with Retry-After: VALUE seconds") \
	X(TOKEN_SLOW, "token_slow", ON_TOKEN, 0, 60000, "the answer comes after VALUE ms") \
	X(TOKEN_ENDLESS, "token_endless", ON_TOKEN, 0, 0, "the answer is followed by spaces without end") \
	X(TOKEN_DROPPED, "token_dropped", ON_TOKEN, 1, 0, \
		"the connection ends before the request is processed") \
	X(TOKEN_LOST, "token_lost", ON_TOKEN, 1, 0, "the connection ends after the request was processed") \
	X(TOKEN_MESSAGE, "token_message", ON_TOKEN, 0, 400, \
		"{\"message\":\"Invalid token\"} with status VALUE") \
	X(TOKEN_MALFORMED, "token_malformed", ON_TOKEN, 0, 0, "the JSON of the answer lacks its end") \
	X(TOKEN_WITHOUT_REFRESH, "token_without_refresh", ON_TOKEN, 0, 0, \
		"no refresh token in the answer; the old one stays good") \
	X(TOKEN_REDIRECT, "token_redirect", ON_TOKEN, 0, 307, \
		"a redirect to the same URL with status VALUE") \
	X(TOKEN_REDIRECT_FOREIGN, "token_redirect_foreign", ON_TOKEN, 0, 307, \
		"a redirect to https://attacker.example with status VALUE") \
	X(V1_STATUS, "v1_status", ON_TOKEN, 0, 403, \
		"Personio's v1 refuses wrong credentials with status VALUE instead of 200") \
	X(CONSENT_ISSUER, "consent_issuer", ON_CONSENT, 0, 0, "the redirect after consent has iss") \
	X(CONSENT_FOREIGN_ISSUER, "consent_foreign_issuer", ON_CONSENT, 0, 0, \
		"the redirect after consent has the iss of attacker.example") \
	X(CONSENT_ERROR, "consent_error", ON_CONSENT, 0, 0, "the redirect after consent says server_error") \
	X(CERTIFICATE_EXPIRED, "certificate_expired", ON_TLS, 0, 0, "the certificate ended an hour ago") \
	X(CERTIFICATE_FOREIGN, "certificate_foreign", ON_TLS, 0, 0, \
		"the certificate is that of attacker.example")

#define FAULT_SYMBOL(symbol, name, on, times, value, help) FAULT_##symbol,
enum fault { FAULTS(FAULT_SYMBOL) FAULT_COUNT };
#undef FAULT_SYMBOL

struct fault_rule {
	bool asked;
	uint64_t first; /* of the matching requests, counted from 1 */
	uint64_t last;
	uint64_t value;
	uint64_t seen; /* matching requests so far */
};

struct faults {
	pthread_mutex_t lock; /* of the seen counts */
	struct fault_rule rules[FAULT_COUNT];
};

/* What strikes one request. */
struct strike {
	uint64_t set; /* bit 1 << fault */
	uint64_t value[FAULT_COUNT];
};

void faults_init(struct faults *faults);
void faults_clear(struct faults *faults);

/* Adds KIND[=VALUE][@FIRST[-LAST]]. Returns 0, or -1 with an error that names the nearest kind. */
int faults_add(struct faults *faults, const char *text, struct error *error);

/* Whether it was asked for, whenever it strikes. */
bool faults_asked(const struct faults *faults, enum fault fault);

/* Counts a request and says which faults strike it. */
void faults_take(struct strike *out, struct faults *faults, enum request_kind kind);

/* Writes the names of those in the strike, with commas between. Returns 0 or -1. */
int faults_names(struct buffer *out, const struct strike *strike);

/* One line for each kind. */
void faults_help(FILE *file);

static inline bool strikes(const struct strike *strike, enum fault fault)
{
	return strike->set >> fault & 1;
}

#endif
