/* muster api: the provider's own API, with our credentials, inside the guard. */
#include "config.h"

#include "cli/command.h"
#include "cli/party.h"
#include "cli/session.h"
#include "run/api.h"

#include <string.h>
#include <unistd.h>

struct asking {
	struct session session;
	struct party party;
	struct drain drain;
	bool drain_open;
	struct connection *connection;
	struct api *api;
};

static const struct option options[] = {
	SESSION_OPTIONS,
	{ .name = "auth",
		.value = "ID",
		.help = "Which of the provider's auths; the account's or the first unless said." },
};

static void on_interrupt(void *context)
{
	struct asking *asking = context;

	if (asking->api)
		api_interrupt(asking->api);
}

static int start(struct asking *asking, const struct arguments *arguments, struct error *error)
{
	struct session *session = &asking->session;
	bool has_method = arguments->word_count == 3;
	struct api_request request = { .method = has_method ? arguments->words[1] : "GET",
		.path = arguments->words[has_method ? 2 : 1],
		.clean = isatty(STDOUT_FILENO) };

	/* Rows of the contract that change something come with their effects; until then this only reads. */
	if (strcmp(request.method, "GET") != 0 && strcmp(request.method, "HEAD") != 0)
		return error_set(error, ERROR_USAGE, "METHOD is GET or HEAD, not %.16s: muster only reads.",
			request.method);
	if (session_open(session, arguments, error) < 0 ||
		party_find(&asking->party, session, arguments, arguments->words[0], NULL,
			arguments_text(arguments, "auth", NULL), error) < 0 ||
		party_enter(&asking->party, arguments, error) < 0 ||
		session_connect(session, arguments, on_interrupt, asking, error) < 0 ||
		party_connection(&asking->connection, &asking->party, NULL, error) < 0 ||
		drain_init(&asking->drain, STDOUT_FILENO, error) < 0)
		return -1;
	asking->drain_open = true;
	request.connection = asking->connection;
	request.drain = &asking->drain;
	session_begin(session);
	return api_start(&asking->api, &request, session_end, session, error);
}

static int run_command(const struct arguments *arguments, struct error *error)
{
	struct asking asking = { .api = NULL };
	int result;

	if (arguments_words(arguments, 2, 3, arguments->word_count ? "PATH" : "ACCOUNT", error) < 0)
		return -1;
	result = start(&asking, arguments, error);
	if (result == 0)
		result = session_wait(&asking.session, "Interrupted.", error);
	api_free(asking.api);
	while (asking.connection && connection_is_busy(asking.connection))
		session_turn(&asking.session);
	connection_free(asking.connection);
	if (result < 0)
		party_explain(&asking.party, error);
	party_clear(&asking.party);
	session_close(&asking.session);
	if (asking.drain_open)
		drain_clear(&asking.drain);
	return result;
}

const struct command command_api = {
	.name = "api",
	.summary = "Ask a provider's own API.",
	.usage = "ACCOUNT [METHOD] PATH | PROVIDER [METHOD] PATH --credentials FILE",
	.details =
		"The request carries the account's credentials and goes to the provider's approved hosts only. PATH "
		"is like /v1/employees?email=a@example.com. The answer goes to stdout as it is.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run_command,
};
