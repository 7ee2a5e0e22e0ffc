#include "config.h"

#include "cli/session.h"

#include <signal.h>
#include <string.h>

enum { DEADLINE_MAX_S = 86400 };

int session_open(struct session *session, const struct arguments *arguments, struct error *error)
{
	memset(session, 0, sizeof *session);
	if (configuration_read(&session->configuration, error) < 0)
		return -1;
	return catalog_new(&session->catalog, arguments_text(arguments, "plugin-path", NULL),
		session->configuration.trust, error);
}

int session_store(struct session *session, const struct arguments *arguments, struct error *error)
{
	return session->store ? 0 : data_open_if_there(&session->store, arguments, error);
}

bool session_is_sandbox(const struct session *session)
{
	return session->configuration.fetch.mapping_count > 0;
}

/* A loop that is told to stop while it stands would stop at the next turn, whatever that is for. */
static void stop(struct session *session)
{
	if (session->turning)
		uv_stop(&session->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct session *session = handle->data;

	(void)number;
	if (session->on_interrupt) {
		session->on_interrupt(session->context);
	} else {
		session->interrupted = true;
		stop(session);
	}
}

static int start_loop(struct session *session, struct error *error)
{
	int failed = uv_loop_init(&session->loop);

	session->loop_open = failed == 0;
	while (!failed && session->signal_count < SESSION_SIGNALS) {
		uv_signal_t *handle = &session->signals[session->signal_count];

		failed = uv_signal_init(&session->loop, handle);
		if (failed)
			break;
		handle->data = session;
		session->signal_count++;
	}
	return failed ? error_set(error, ERROR_INSTALLATION, "The event loop can't be started: %s.",
				uv_strerror(failed))
		      : 0;
}

int session_connect(struct session *session, const struct arguments *arguments,
	void (*on_interrupt)(void *context), void *context, struct error *error)
{
	uint64_t deadline;

	if (arguments_number(&deadline, arguments, "deadline", 1, DEADLINE_MAX_S,
		    (uint64_t)session->configuration.fetch.deadline_ms / 1000, error) < 0)
		return -1;
	session->configuration.fetch.deadline_ms = (int64_t)deadline * 1000;
	session->on_interrupt = on_interrupt;
	session->context = context;
	if (start_loop(session, error) < 0 ||
		fetch_new(&session->fetch, &session->loop, &session->configuration.fetch, error) < 0 ||
		budget_new(&session->budget, error) < 0)
		return -1;
	if (!session->store)
		return 0;
	return lender_new(&session->lender, &session->loop, session->store, session->budget, error);
}

/* Between the turns of the loop, when a person is asked something, a signal does
 * what it does to any program. */
static void turn(struct session *session)
{
	static const int numbers[SESSION_SIGNALS] = { SIGINT, SIGTERM };

	for (size_t i = 0; i < session->signal_count; i++)
		(void)uv_signal_start(&session->signals[i], on_signal, numbers[i]);
	session->turning = true;
	(void)uv_run(&session->loop, UV_RUN_DEFAULT);
	session->turning = false;
	for (size_t i = 0; i < session->signal_count; i++)
		(void)uv_signal_stop(&session->signals[i]);
}

void session_begin(struct session *session)
{
	session->ended = false;
	memset(&session->why, 0, sizeof session->why);
}

void session_end(void *context, const struct error *error)
{
	struct session *session = context;

	session->ended = true;
	if (error)
		session->why = *error;
	stop(session);
}

int session_wait(struct session *session, const char *interrupted, struct error *error)
{
	while (!session->ended && !session->interrupted)
		turn(session);
	if (!session->ended)
		return error_set(error, ERROR_INTERRUPTED, "%s", interrupted);
	if (session->why.code == ERROR_NONE)
		return 0;
	*error = session->why;
	return -1;
}

void session_turn(struct session *session)
{
	(void)uv_run(&session->loop, UV_RUN_ONCE);
}

void session_close(struct session *session)
{
	lender_free(session->lender);
	budget_free(session->budget);
	if (session->fetch)
		fetch_free(session->fetch);
	if (session->loop_open) {
		for (size_t i = 0; i < session->signal_count; i++)
			uv_close((uv_handle_t *)&session->signals[i], NULL);
		(void)uv_run(&session->loop, UV_RUN_DEFAULT);
		(void)uv_loop_close(&session->loop);
	}
	store_close(session->store);
	catalog_free(session->catalog);
	configuration_clear(&session->configuration);
}
