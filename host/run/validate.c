#include "config.h"

#include "run/validate.h"

#include "catalog/ask.h"
#include "run/messages.h"

int validate_fields(const struct provider *provider, const struct manifest_auth *auth,
	const struct entries *fields, bool allow_partial_jail, struct error *error)
{
	json_t *start;
	int result;

	if (!provider->manifest->validate)
		return 0;
	start = json_pack("{s:s, s:s}", "mode", "validate", "auth", auth->id);
	if (!start || messages_set_fields(start, fields, auth) < 0)
		result = error_memory(error);
	else
		result = ask_validate(provider->fd, allow_partial_jail, start, error);
	json_decref(start);
	return result;
}
