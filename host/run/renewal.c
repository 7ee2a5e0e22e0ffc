#include "config.h"

#include "run/renewal.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	REPLY_LIMIT = 64 * 1024,
	KEEP_PAUSE_MS = 100,
};

enum step {
	STEP_IDLE,
	STEP_WAIT, /* somebody else is at it */
	STEP_ASK,  /* the provider */
	/* In a worker thread: */
	STEP_TAKE,
	STEP_KEEP,
	STEP_SETTLE,
	STEP_FAIL,
	STEP_LEAVE,
};

struct renewal {
	struct renewal_options options;
	char account[STORE_ID_SIZE];
	char auth[64];
	struct token *token; /* who waits; NULL: nobody */
	enum step step;
	uv_timer_t timer;
	int64_t patience_ms; /* until when others may keep us waiting, as clock_now_ms() has it */
	uint64_t newest;     /* the version that was handed out last */
	bool issued;
	bool working;
	bool freed;

	/* The lease. */
	struct token_row row;
	struct grant *grant;
	struct buffer reply;
	int reply_status;
	int64_t keep_until_ms;       /* as clock_now_ms() has it: the lease's end */
	bool warned;                 /* that it is not kept yet */
	struct oauth2_answer answer; /* what the reply said */
	int64_t answered_s;          /* wall clock */
	bool sent;

	/* The hook's. */
	void (*kept)(void *context, const struct error *error); /* waits for its reply to be kept */
	void *kept_context;
	bool hook_ended; /* while a reply was being kept */

	/* The worker's, which has them to itself between uv_queue_work() and on_worked(). */
	uv_work_t work;
	int result;
	struct error error;
	struct error why; /* of STEP_FAIL */
};

/* ---- The end of a turn --------------------------------------------------------------------------------- */

static void drop_lease(struct renewal *renewal)
{
	if (renewal->options.authenticate)
		authenticate_stop(renewal->options.authenticate);
	grant_free(renewal->grant);
	renewal->grant = NULL;
	renewal->kept = NULL;
	renewal->hook_ended = false;
	token_row_clear(&renewal->row);
	oauth2_answer_clear(&renewal->answer);
	buffer_wipe(&renewal->reply);
}

static void give_error(struct renewal *renewal, const struct error *error)
{
	struct token *token = renewal->token;
	struct error kept = *error;

	drop_lease(renewal);
	renewal->step = STEP_IDLE;
	renewal->token = NULL;
	if (token)
		token_failed(token, &kept);
}

static void give_token(
	struct renewal *renewal, struct oauth2_answer *answer_take, uint64_t version, bool issued)
{
	struct token *token = renewal->token;
	struct oauth2_answer answer = *answer_take;

	memset(answer_take, 0, sizeof *answer_take);
	drop_lease(renewal);
	renewal->step = STEP_IDLE;
	renewal->token = NULL;
	renewal->issued = issued;
	renewal->newest = version;
	if (token && issued)
		token_obtained(token, &answer, clock_now_ms());
	else if (token)
		token_found(token, &answer, clock_now_ms());
	oauth2_answer_clear(&answer);
}

static void give_found(struct renewal *renewal)
{
	struct token_row *row = &renewal->row;
	int64_t left_s = row->expires_ms / 1000 - clock_wall_s();
	struct oauth2_answer answer = { .access_token = row->access_token,
		.scope = row->scope,
		.expires_s = row->expires_ms == 0 ? -1
			     : left_s < 0         ? 0
						  : left_s };

	row->access_token = row->scope = NULL;
	give_token(renewal, &answer, row->version, false);
}

/* ---- The worker ------------------------------------------------------------------------------------------ */

static int settle_answer(struct renewal *renewal)
{
	const struct oauth2_answer *answer = &renewal->answer;
	const struct account_token token = { .auth = renewal->auth,
		.access_token = answer->access_token,
		.refresh_token = answer->refresh_token,
		.scope = answer->scope,
		.expires_ms = answer->expires_s < 0 ? 0 : (renewal->answered_s + answer->expires_s) * 1000 };

	return tokens_settle(&renewal->row.version, renewal->options.store, renewal->account, &token,
		renewal->row.fence, &renewal->error);
}

/* However fresh the token is that is there, a newer one is wanted; unless it is the only one that there will be. */
static int refuse_present(struct renewal *renewal)
{
	const struct renewal_options *options = &renewal->options;
	struct token_row row;

	if (tokens_read(&row, options->store, renewal->account, renewal->auth, &renewal->error) < 0)
		return -1;
	if (options->policy.renewable || row.refresh_token)
		renewal->newest = row.version;
	token_row_clear(&row);
	return 0;
}

static int take(struct renewal *renewal)
{
	const struct renewal_options *options = &renewal->options;

	token_row_clear(&renewal->row);
	if (options->renew && renewal->newest == 0 && refuse_present(renewal) < 0)
		return -1;
	return tokens_take(&renewal->row, options->store, renewal->account, renewal->auth, &options->policy,
		renewal->newest, &renewal->error);
}

static void on_work(uv_work_t *work)
{
	struct renewal *r = work->data;
	const struct renewal_options *options = &r->options;

	switch (r->step) {
	case STEP_TAKE:
		r->result = take(r);
		break;
	case STEP_KEEP:
		r->result = tokens_keep(options->store, r->account, r->auth, r->row.fence, r->reply_status,
			r->reply.data ? r->reply.data : "", r->reply.length, &r->error);
		break;
	case STEP_SETTLE:
		r->result = settle_answer(r);
		break;
	case STEP_FAIL:
		r->result = tokens_fail(
			options->store, r->account, r->auth, r->row.fence, r->sent, &r->why, &r->error);
		break;
	case STEP_LEAVE:
		r->result = tokens_leave(options->store, r->account, r->auth, r->row.fence, &r->error);
		break;
	default:
		break;
	}
}

static void on_worked(uv_work_t *work, int status);

static void begin_work(struct renewal *renewal, enum step step)
{
	renewal->step = step;
	renewal->working = true;
	memset(&renewal->error, 0, sizeof renewal->error);
	(void)uv_queue_work(renewal->timer.loop, &renewal->work, on_work, on_worked);
}

static void fail(struct renewal *renewal, bool sent, const struct error *why)
{
	renewal->sent = sent;
	if (why != &renewal->why)
		renewal->why = *why;
	begin_work(renewal, STEP_FAIL);
}

/* ---- Asking the provider ----------------------------------------------------------------------------------- */

static void use_refusal(
	struct renewal *renewal, const struct oauth2_answer *answer, struct error *error, bool sent)
{
	if (renewal->row.refresh_token && oauth2_refused(answer, error))
		(void)error_set(error, ERROR_NEEDS_LINKING,
			"The provider no longer takes the account's refresh token: it was withdrawn, has expired, or "
			"was used twice.");
	fail(renewal, sent, error);
}

static void read_reply(struct renewal *renewal, int status, const char *body, size_t length)
{
	const struct grant_reply reply = { status, body, length };
	struct oauth2_answer answer = { .access_token = NULL };
	struct error error = { 0 };

	if (grant_read(&answer, renewal->grant, &reply, &error) < 0) {
		use_refusal(renewal, &answer, &error, true);
	} else {
		renewal->answer = answer;
		memset(&answer, 0, sizeof answer);
		begin_work(renewal, STEP_SETTLE);
	}
	oauth2_answer_clear(&answer);
}

static void keep(struct renewal *renewal)
{
	renewal->keep_until_ms = clock_now_ms() + renewal->options.policy.lease_ms;
	renewal->warned = false;
	begin_work(renewal, STEP_KEEP);
}

static int copy_reply(struct renewal *renewal, const struct grant_reply *reply, struct error *error)
{
	buffer_wipe(&renewal->reply);
	renewal->reply_status = reply->status;
	renewal->answered_s = clock_wall_s();
	return buffer_append(&renewal->reply, reply->body, reply->length) < 0 ? error_memory(error) : 0;
}

static void on_reply(void *context, const struct grant_reply *reply, const struct error *error)
{
	struct renewal *renewal = context;
	struct error failure = { 0 };

	if (error)
		fail(renewal, grant_was_sent(renewal->grant), error);
	else if (copy_reply(renewal, reply, &failure) < 0)
		fail(renewal, true, &failure);
	else if (renewal->row.refresh_token)
		keep(renewal);
	else
		read_reply(renewal, reply->status, reply->body, reply->length);
}

static int make_grant(struct renewal *renewal, struct error *error)
{
	struct grant_request request = renewal->options.grant;

	if (renewal->row.refresh_token) {
		request.oauth2.grant = OAUTH2_REFRESH_TOKEN;
		request.oauth2.token = renewal->row.refresh_token;
	}
	return grant_new(&renewal->grant, &request, error);
}

/* The hook's replies are kept as they come. */
static void keep_hooks(void *context, const struct grant_reply *reply,
	void (*then)(void *then_context, const struct error *error), void *then_context)
{
	struct renewal *renewal = context;
	struct error error = { 0 };

	if (!renewal->row.refresh_token) {
		then(then_context, NULL);
	} else if (copy_reply(renewal, reply, &error) < 0) {
		then(then_context, &error);
	} else {
		renewal->kept = then;
		renewal->kept_context = then_context;
		keep(renewal);
	}
}

static bool has_good_reply(const struct renewal *renewal)
{
	return renewal->reply.length > 0 && renewal->reply_status >= 200 && renewal->reply_status < 300;
}

/* A hook that fails after a token was granted has not undone that: the reply waits in the store for the next. */
static void use_hooks(struct renewal *renewal)
{
	if (renewal->answer.access_token)
		begin_work(renewal, STEP_SETTLE);
	else if (renewal->row.refresh_token && has_good_reply(renewal))
		begin_work(renewal, STEP_LEAVE);
	else
		use_refusal(renewal, &renewal->answer, &renewal->why,
			authenticate_was_sent(renewal->options.authenticate));
}

/* It may have ended while its reply was being kept; then that comes first. */
static void on_hook_ended(void *context, struct oauth2_answer *answer_take, const struct error *error)
{
	struct renewal *renewal = context;

	oauth2_answer_clear(&renewal->answer);
	renewal->answer = *answer_take;
	memset(answer_take, 0, sizeof *answer_take);
	renewal->answered_s = clock_wall_s();
	if (error)
		renewal->why = *error;
	if (renewal->kept)
		renewal->hook_ended = true;
	else
		use_hooks(renewal);
}

static void ask(struct renewal *renewal)
{
	const struct authenticate_keeper keeper = { keep_hooks, renewal };
	struct error error = { 0 };

	renewal->step = STEP_ASK;
	if (renewal->options.authenticate)
		authenticate_ask(renewal->options.authenticate, renewal->row.refresh_token, &keeper,
			on_hook_ended, renewal);
	else if (make_grant(renewal, &error) < 0 || grant_send(renewal->grant, on_reply, renewal, &error) < 0)
		fail(renewal, false, &error);
}

/* ---- What the worker brought ---------------------------------------------------------------------------------- */

static uint64_t jitter(int64_t ms)
{
	unsigned char random = 0;

	(void)!getrandom(&random, sizeof random, GRND_NONBLOCK);
	return (uint64_t)(ms + ms * random / 512);
}

static void on_waited(uv_timer_t *timer)
{
	struct renewal *renewal = timer->data;

	if (renewal->step == STEP_KEEP)
		begin_work(renewal, STEP_KEEP);
	else
		begin_work(renewal, STEP_TAKE);
}

static void on_busy(struct renewal *renewal)
{
	struct error error = { 0 };

	if (!renewal->token) {
		renewal->step = STEP_IDLE;
	} else if (clock_now_ms() < renewal->patience_ms) {
		renewal->step = STEP_WAIT;
		(void)uv_timer_start(&renewal->timer, on_waited, jitter(renewal->row.wait_ms), 0);
	} else {
		(void)error_set(&error, ERROR_DEADLINE_PASSED,
			"Others have been renewing the account's token for the time allowed, and none came of it.");
		give_error(renewal, &error);
	}
}

/* Somebody before us asked, kept the answer, and got no further. */
static void use_kept(struct renewal *renewal)
{
	const struct token_row *row = &renewal->row;

	memset(&renewal->why, 0, sizeof renewal->why);
	if (make_grant(renewal, &renewal->why) < 0) {
		begin_work(renewal, STEP_LEAVE);
		return;
	}
	renewal->answered_s = row->begun_ms ? row->begun_ms / 1000 : clock_wall_s();
	read_reply(renewal, row->answer_status, row->answer, row->answer_length);
}

static void on_taken(struct renewal *renewal)
{
	struct error unwanted = { 0 };

	switch (renewal->row.turn) {
	case TOKEN_FRESH:
		give_found(renewal);
		break;
	case TOKEN_BUSY:
		on_busy(renewal);
		break;
	case TOKEN_YOURS:
		if (renewal->token) {
			ask(renewal);
		} else {
			(void)error_set(&unwanted, ERROR_INTERRUPTED, "Nobody waits for the token any more.");
			fail(renewal, false, &unwanted);
		}
		break;
	case TOKEN_ANSWERED:
		use_kept(renewal);
		break;
	}
}

static void take_again(struct renewal *renewal)
{
	drop_lease(renewal);
	if (renewal->token)
		begin_work(renewal, STEP_TAKE);
	else
		renewal->step = STEP_IDLE;
}

static void on_kept(struct renewal *renewal)
{
	void (*then)(void *, const struct error *) = renewal->kept;

	renewal->kept = NULL;
	renewal->step = STEP_ASK;
	if (!then)
		read_reply(renewal, renewal->reply_status, renewal->reply.data ? renewal->reply.data : "",
			renewal->reply.length);
	else if (renewal->hook_ended)
		use_hooks(renewal);
	else
		then(renewal->kept_context, NULL);
}

/* May it pass by itself, or by somebody who makes room? */
static bool may_pass(const struct error *error)
{
	return error->code == ERROR_STORE_FULL || error->code == ERROR_STORE_LOCKED ||
	       error->code == ERROR_STORE_READ_ONLY || error->code == ERROR_STORE_FAILED;
}

/* The answer may hold the only copy of a refresh token: it is not given up while the lease lasts. */
static void on_not_kept(struct renewal *renewal)
{
	struct error why = renewal->error;

	if (why.code == ERROR_LEASE_LOST) {
		take_again(renewal);
	} else if (may_pass(&why) && clock_now_ms() < renewal->keep_until_ms) {
		if (!renewal->warned)
			log_warning("The new token can't be stored yet, it is tried again: %s", why.message);
		renewal->warned = true;
		(void)uv_timer_start(&renewal->timer, on_waited, KEEP_PAUSE_MS, 0);
	} else {
		fail(renewal, true, &why);
	}
}

static void on_settled(struct renewal *renewal)
{
	if (renewal->result == 0)
		give_token(renewal, &renewal->answer, renewal->row.version, true);
	else if (renewal->error.code == ERROR_LEASE_LOST)
		take_again(renewal);
	else
		give_error(renewal, &renewal->error);
}

/* ---- Winding down ------------------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void destroy(struct renewal *renewal)
{
	token_row_clear(&renewal->row);
	oauth2_answer_clear(&renewal->answer);
	buffer_wipe(&renewal->reply);
	uv_close((uv_handle_t *)&renewal->timer, on_closed);
}

static void give_back(struct renewal *renewal, bool sent)
{
	struct error why = { 0 };

	(void)error_set(&why, ERROR_INTERRUPTED, "It was broken off.");
	fail(renewal, sent, &why);
}

static void wind_down(struct renewal *renewal)
{
	bool leased = renewal->step == STEP_TAKE && renewal->result == 0;

	if (leased && renewal->row.turn == TOKEN_YOURS)
		give_back(renewal, false);
	else if ((leased && renewal->row.turn == TOKEN_ANSWERED) ||
		 (renewal->step == STEP_KEEP && renewal->result == 0))
		begin_work(renewal, STEP_LEAVE);
	else
		destroy(renewal);
}

static void on_worked(uv_work_t *work, int status)
{
	struct renewal *renewal = work->data;

	(void)status;
	renewal->working = false;
	if (renewal->freed) {
		wind_down(renewal);
		return;
	}
	switch (renewal->step) {
	case STEP_TAKE:
		if (renewal->result < 0)
			give_error(renewal, &renewal->error);
		else
			on_taken(renewal);
		break;
	case STEP_KEEP:
		if (renewal->result < 0)
			on_not_kept(renewal);
		else
			on_kept(renewal);
		break;
	case STEP_SETTLE:
		on_settled(renewal);
		break;
	case STEP_FAIL: /* what matters is why; but somebody else may have come by a token meanwhile */
		if (renewal->result < 0 && renewal->error.code == ERROR_LEASE_LOST)
			take_again(renewal);
		else
			give_error(renewal, &renewal->why);
		break;
	default: /* STEP_LEAVE */
		give_error(renewal, &renewal->why);
		break;
	}
}

void renewal_free(struct renewal *renewal)
{
	bool asking;

	if (!renewal)
		return;
	asking = renewal->step == STEP_ASK;
	renewal->freed = true;
	renewal->token = NULL;
	renewal->options.authenticate = NULL;
	grant_free(renewal->grant);
	renewal->grant = NULL;
	(void)uv_timer_stop(&renewal->timer);
	if (renewal->working)
		return;
	if (asking)
		give_back(renewal, true);
	else if (renewal->step == STEP_KEEP)
		begin_work(renewal, STEP_KEEP);
	else
		destroy(renewal);
}

/* ---- The source ------------------------------------------------------------------------------------------------ */

static void obtain(void *context, struct token *token)
{
	struct renewal *renewal = context;
	const struct fetch_settings *settings = fetch_settings_of(renewal->options.grant.fetch);

	renewal->token = token;
	renewal->patience_ms = clock_now_ms() + settings->deadline_ms;
	if (renewal->step == STEP_IDLE)
		begin_work(renewal, STEP_TAKE);
}

/* What is under way goes on. */
static void abandon(void *context)
{
	struct renewal *renewal = context;

	renewal->token = NULL;
	if (renewal->step == STEP_WAIT) {
		(void)uv_timer_stop(&renewal->timer);
		renewal->step = STEP_IDLE;
	}
}

struct token_source renewal_source(struct renewal *renewal)
{
	return (struct token_source){ obtain, abandon, renewal };
}

bool renewal_is_busy(const struct renewal *renewal)
{
	return renewal->step != STEP_IDLE && renewal->step != STEP_WAIT;
}

bool renewal_issued(const struct renewal *renewal)
{
	return renewal->issued;
}

int renewal_new(struct renewal **out, const struct renewal_options *options, struct error *error)
{
	struct renewal *renewal = calloc(1, sizeof *renewal);

	if (!renewal)
		return error_memory(error);
	renewal->options = *options;
	(void)snprintf(renewal->account, sizeof renewal->account, "%s", options->account);
	(void)snprintf(renewal->auth, sizeof renewal->auth, "%s", options->auth);
	buffer_init(&renewal->reply, REPLY_LIMIT);
	(void)uv_timer_init(fetch_loop(options->grant.fetch), &renewal->timer);
	renewal->timer.data = renewal->work.data = renewal;
	*out = renewal;
	return 0;
}
