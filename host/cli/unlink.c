/* muster unlink: give the tokens back, then destroy the account's key. */
#include "config.h"

#include "base/log.h"
#include "cli/command.h"
#include "cli/prompt.h"
#include "cli/session.h"
#include "run/linked.h"
#include "run/revoke.h"
#include "store/tokens.h"

#include <stdio.h>
#include <string.h>

struct leaving {
	struct session session;
	struct linked linked;
	struct connection *connection;
	struct revoke *revoke;
	struct token_row tokens;
};

static void put_away(struct leaving *leaving)
{
	revoke_free(leaving->revoke);
	leaving->revoke = NULL;
	connection_free(leaving->connection);
	leaving->connection = NULL;
	token_row_clear(&leaving->tokens);
}

/* The refresh token, where there is one: with it everything ends that came of it. */
static int give_back(struct leaving *leaving, const struct manifest_auth *auth, struct error *error)
{
	const struct connection_options options = { .fetch = leaving->session.fetch,
		.budget = leaving->session.budget,
		.provider = leaving->linked.provider,
		.auth = auth,
		.fields = &leaving->linked.fields };
	const char *token;

	if (tokens_read(&leaving->tokens, leaving->session.store, leaving->linked.account.id, auth->id,
		    error) < 0)
		return -1;
	token = leaving->tokens.refresh_token ? leaving->tokens.refresh_token : leaving->tokens.access_token;
	if (!token)
		return 0;
	session_begin(&leaving->session);
	if (connection_new(&leaving->connection, &options, error) < 0 ||
		revoke_start(&leaving->revoke, leaving->connection, auth, token, session_end,
			&leaving->session, error) < 0)
		return -1;
	return session_wait(&leaving->session, "Interrupted; the account is still linked.", error);
}

static int give_all_back(
	struct leaving *leaving, const struct arguments *arguments, const char *name, struct error *error)
{
	struct session *session = &leaving->session;
	const struct manifest *manifest;
	int result = 0;

	if (linked_open(&leaving->linked, session->store, session->catalog, name, session_is_sandbox(session),
		    error) < 0 ||
		session_connect(session, arguments, NULL, NULL, error) < 0)
		return -1;
	manifest = leaving->linked.provider->manifest;
	for (size_t i = 0; result == 0 && i < manifest->auth_count; i++) {
		const struct manifest_auth *auth = &manifest->auths[i];
		if (auth->revoke_url && manifest_fields_auth(manifest, auth) == leaving->linked.auth)
			result = give_back(leaving, auth, error);
		put_away(leaving);
	}
	return result;
}

static int confirm(const char *name, const struct arguments *arguments, struct error *error)
{
	char question[128];
	bool ask = !arguments_flag(arguments, "yes") && prompt_possible();
	bool yes = !ask;

	(void)snprintf(question, sizeof question, "Unlink %.64s and destroy its key?", name);
	if (ask && prompt_confirm(&yes, question, error) < 0)
		return -1;
	return yes ? 0 : error_set(error, ERROR_INTERRUPTED, "%s is still linked.", name);
}

/* What the failure hints at comes first: a decision that it waits for, say. */
static int hint_force(const char *name, struct error *error)
{
	char first[sizeof error->hint];

	(void)snprintf(first, sizeof first, "%.200s%s", error->hint, error->hint[0] ? " " : "");
	return error_hint(error,
		"%sThe account is still linked. 'muster unlink %.63s --force' destroys its key without giving its "
		"tokens back to the provider.",
		first, name);
}

static int leave(struct leaving *leaving, const struct arguments *arguments, struct error *error)
{
	const char *name = arguments->words[0];
	bool force = arguments_flag(arguments, "force");
	char id[STORE_ID_SIZE]; /* a name may be another's by the time that the person has answered */
	struct account account;

	if (data_open(&leaving->session.store, arguments, false, error) < 0 ||
		accounts_get(&account, leaving->session.store, name, error) < 0)
		return -1;
	memcpy(id, account.id, sizeof id);
	account_clear(&account);
	if (confirm(name, arguments, error) < 0)
		return -1;
	if (!force && give_all_back(leaving, arguments, id, error) < 0) {
		(void)snprintf(error->account, sizeof error->account, "%s", name);
		return error->code == ERROR_INTERRUPTED ? -1 : hint_force(name, error);
	}
	return accounts_remove(leaving->session.store, id, error);
}

static int run(const struct arguments *arguments, struct error *error)
{
	struct leaving leaving = { .connection = NULL };
	int result;

	if (arguments_words(arguments, 1, 1, "ACCOUNT", error) < 0)
		return -1;
	result = session_open(&leaving.session, arguments, error);
	if (result == 0)
		result = leave(&leaving, arguments, error);
	put_away(&leaving);
	linked_clear(&leaving.linked);
	session_close(&leaving.session);
	if (result == 0)
		log_notice("%s is unlinked, and nothing of it can be opened any more", arguments->words[0]);
	return result;
}

static const struct option options[] = {
	{ .name = "yes", .help = "Don't ask." },
	{ .name = "force",
		.help = "Don't give the tokens back first: the connector or the provider is gone." },
	{ .name = "deadline", .value = "SECONDS", .help = "How long the provider may take (3600)." },
	OPTION_DATA_DIR,
	OPTION_JSON,
	OPTION_PLUGIN_PATH,
};

const struct command command_unlink = {
	.name = "unlink",
	.summary = "Revoke an account's tokens and destroy its key.",
	.usage = "ACCOUNT",
	.details =
		"Where the provider takes tokens back (RFC 7009), they are given back first; if that fails, the "
		"account stays. Then its data key is destroyed: nothing that was sealed for it opens again, in this "
		"database.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
