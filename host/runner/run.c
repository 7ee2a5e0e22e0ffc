#include "config.h"

#include "runner/run.h"

/* Until the record path lands, mode run says so. */
int run_action(uint64_t *offset, const struct tables *tables, const json_t *start, struct channel *channel,
	struct error *error)
{
	(void)offset;
	(void)tables;
	(void)start;
	(void)channel;
	return error_set(error, ERROR_INTERNAL, "This runner can't run actions yet.");
}

int run_hook_request(struct muster_answer *answer, struct run *run, const struct muster_argument *arguments,
	uint32_t count, struct error *error)
{
	(void)answer;
	(void)run;
	(void)arguments;
	(void)count;
	return error_set(error, ERROR_INTERNAL, "This runner can't run actions yet.");
}

int run_hook_record(struct run *run, const char *json, size_t length, struct error *error)
{
	(void)run;
	(void)json;
	(void)length;
	return error_set(error, ERROR_INTERNAL, "This runner can't run actions yet.");
}
