#include "config.h"

#include "cli/session.h"

#include "catalog/fields.h"
#include "cli/assign.h"
#include "run/validate.h"

#include <signal.h>
#include <string.h>

enum { DEADLINE_MAX_S = 86400 };

int session_open(struct session *session, const struct arguments *arguments, const char *provider,
	const char *action, const char *auth, struct error *error)
{
	const struct manifest *manifest;

	memset(session, 0, sizeof *session);
	if (configuration_read(&session->configuration, error) < 0 ||
		catalog_new(&session->catalog, arguments_text(arguments, "plugin-path", NULL), error) < 0 ||
		catalog_provider(&session->provider, session->catalog, provider, error) < 0)
		return -1;
	manifest = session->provider->manifest;
	if (action && manifest_find_action(&session->action, manifest, action, error) < 0)
		return -1;
	if (session->action)
		auth = session->action->auth;
	session->auth = &manifest->auths[0];
	if (auth && manifest_find_auth(&session->auth, manifest, auth, error) < 0)
		return -1;
	session->allow_partial_jail = catalog_trusts(session->catalog, manifest->id);
	return 0;
}

static int check_credentials(struct session *session, const struct arguments *arguments, struct error *error)
{
	const char *path = arguments_text(arguments, "credentials", NULL);
	const char *provider = session->provider->manifest->id;
	struct entries given = ENTRIES_INIT;
	int result;

	if (!path) {
		(void)error_set(error, ERROR_USAGE, "--credentials FILE is missing.");
		return error_hint(error,
			"FILE is a JSON object of the fields that 'muster show %s' lists; 'muster guide %s' says "
			"where to get them.",
			provider, provider);
	}
	result = assign_read_credentials(&given, path, error);
	if (result == 0)
		result = fields_check(
			&session->fields, &given, session->provider->manifest, session->auth, error);
	entries_clear(&given);
	if (result == 0)
		result = validate_fields(session->provider, session->auth, &session->fields,
			session->allow_partial_jail, error);
	return result;
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct session *session = handle->data;

	(void)number;
	session->on_interrupt(session->context);
}

static int start_loop(struct session *session, struct error *error)
{
	static const int numbers[SESSION_SIGNALS] = { SIGINT, SIGTERM };
	int failed = uv_loop_init(&session->loop);

	session->loop_open = failed == 0;
	while (!failed && session->signal_count < SESSION_SIGNALS) {
		uv_signal_t *handle = &session->signals[session->signal_count];

		failed = uv_signal_init(&session->loop, handle);
		if (failed)
			break;
		handle->data = session;
		failed = uv_signal_start(handle, on_signal, numbers[session->signal_count++]);
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
	if (check_credentials(session, arguments, error) < 0)
		return -1;
	session->on_interrupt = on_interrupt;
	session->context = context;
	if (start_loop(session, error) < 0 ||
		fetch_new(&session->fetch, &session->loop, &session->configuration.fetch, error) < 0 ||
		budget_new(&session->budget, error) < 0)
		return -1;
	return 0;
}

int session_connection(struct connection **out, struct session *session, const struct manifest_action *action,
	struct error *error)
{
	const struct manifest *manifest = session->provider->manifest;
	const struct connection_options options = { .fetch = session->fetch,
		.budget = session->budget,
		.provider = session->provider,
		.auth = action ? manifest_auth(manifest, action->auth) : session->auth,
		.action = action,
		.fields = &session->fields,
		.allow_partial_jail = session->allow_partial_jail };
	return connection_new(out, &options, error);
}

void session_run(struct session *session)
{
	(void)uv_run(&session->loop, UV_RUN_DEFAULT);
}

void session_stop(struct session *session)
{
	uv_stop(&session->loop);
}

void session_close(struct session *session)
{
	budget_free(session->budget);
	if (session->fetch)
		fetch_free(session->fetch);
	if (session->loop_open) {
		for (size_t i = 0; i < session->signal_count; i++)
			uv_close((uv_handle_t *)&session->signals[i], NULL);
		(void)uv_run(&session->loop, UV_RUN_DEFAULT);
		(void)uv_loop_close(&session->loop);
	}
	entries_clear(&session->fields);
	catalog_free(session->catalog);
	configuration_clear(&session->configuration);
}
