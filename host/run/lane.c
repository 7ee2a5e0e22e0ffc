#include "config.h"

#include "run/lane.h"

int lane_connect(
	struct connection **out, struct lane *lane, const struct manifest_action *action, struct error *error)
{
	const struct job_account *account = lane->account;
	size_t i = 0;

	while (i < LANE_ACTIONS && lane->links[i].connection && lane->links[i].action != action)
		i++;
	if (i == LANE_ACTIONS)
		return error_set(error, ERROR_PLUGIN_REFUSED, "%.64s leads to more than %d actions.",
			account->action->id, LANE_ACTIONS);
	if (!lane->links[i].connection &&
		account->connect(account->context, &lane->links[i].connection, action, error) < 0)
		return -1;
	lane->links[i].action = action;
	*out = lane->links[i].connection;
	return 0;
}

bool lane_is_busy(const struct lane *lane)
{
	for (size_t i = 0; i < LANE_ACTIONS; i++)
		if (lane->links[i].connection && connection_is_busy(lane->links[i].connection))
			return true;
	return false;
}

void lane_clear(struct lane *lane)
{
	for (size_t i = 0; i < LANE_ACTIONS; i++) {
		connection_free(lane->links[i].connection);
		lane->links[i].connection = NULL;
	}
}
