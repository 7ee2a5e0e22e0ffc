#include "config.h"

#include "run/revoke.h"

#include "fetch/grant.h"

#include <stdlib.h>
#include <string.h>

struct revoke {
	struct url url;
	struct grant *grant;
	void (*on_done)(void *context, const struct error *error);
	void *context;
};

static void on_reply(void *context, const struct grant_reply *reply, const struct error *error)
{
	struct revoke *revoke = context;
	struct oauth2_answer none = { .access_token = NULL };
	struct error refused = { 0 };

	if (reply && reply->status != 200 && reply->status != 204) {
		(void)grant_read(&none, revoke->grant, reply, &refused);
		oauth2_answer_clear(&none);
		error = &refused;
	}
	revoke->on_done(revoke->context, error);
}

int revoke_start(struct revoke **out, struct connection *connection, const struct manifest_auth *auth,
	const char *token, void (*on_done)(void *context, const struct error *error), void *context,
	struct error *error)
{
	struct grant_request request = connection_token_request(connection);
	struct revoke *revoke = calloc(1, sizeof *revoke);

	if (!revoke)
		return error_memory(error);
	revoke->on_done = on_done;
	revoke->context = context;
	request.url = &revoke->url;
	request.oauth2.grant = OAUTH2_REVOCATION;
	request.oauth2.token = token;
	if (url_parse(&revoke->url, auth->revoke_url, strlen(auth->revoke_url), ERROR_PLUGIN_REFUSED,
		    "the auth's revoke_url", error) < 0 ||
		grant_new(&revoke->grant, &request, error) < 0 ||
		grant_send(revoke->grant, on_reply, revoke, error) < 0) {
		revoke_free(revoke);
		return -1;
	}
	*out = revoke;
	return 0;
}

void revoke_free(struct revoke *revoke)
{
	if (!revoke)
		return;
	grant_free(revoke->grant);
	free(revoke);
}
