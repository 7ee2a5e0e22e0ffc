/* One who makes calls to a scripted server on loopback, and looks at what comes of them. */
#ifndef MUSTER_TESTS_FETCH_CALLER_H
#define MUSTER_TESTS_FETCH_CALLER_H

#include "base/buffer.h"
#include "base/error.h"
#include "fetch/call.h"
#include "fetch/grant.h"
#include "server.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define TOKEN "eyJ0b2tlbi1pbi11c2UtMTIz"
#define TOKEN_ANSWER(token) \
	{ \
		200, "Content-Type: application/json\r\n", \
			"{\"access_token\":\"" token "\",\"token_type\":\"Bearer\",\"expires_in\":3599," \
			"\"scope\":\"employees-read\"}", \
			0, 0 \
	}

#define API "https://api.example.test"

struct caller {
	uv_loop_t loop;
	struct fetch_settings settings;
	struct fetch *fetch;
	struct server *server;
	struct budget *budget;
	struct grant *grant;
	struct token *token;
	struct url token_url;
	struct call_terms terms;
	struct call *call;
	int status;
	char link[256];
	struct buffer body;
	bool done, failed, cancel;
	size_t appetite; /* bytes taken at a time; 0: all */
	uv_timer_t resume_timer;
	struct error error;
};

/* All zero after caller_begin(), but for what that makes; a test changes the terms as it needs. */
extern struct caller caller;

/* Where the credentials go: the token, and a key. */
extern const struct credential_place caller_places[2];

/* Starts the server, which answers with one step after the other, and makes the terms. */
void caller_begin(const struct server_step *steps, size_t count);
void caller_end(void);

/* Calls the URL, by GET where no request is given, and waits for the end. Returns 0,
 * or -1 with caller.error. */
int caller_try(const char *text, const struct call_request *given);

/* The same where that must fail. */
void caller_expect(const char *text, enum error_code code);

/* Did the request of this number hold that text? */
bool caller_asked(size_t index, const char *text);

/* For a test that calls by itself. */
struct call_handlers caller_handlers(void);
struct grant_request caller_token_request(void);

#endif
