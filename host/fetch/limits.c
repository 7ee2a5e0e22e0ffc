#include "config.h"

#include "fetch/limits.h"

#include "base/clock.h"

int limits_ask(int64_t *wait_ms, const struct limits *limits, enum budget_priority priority, int64_t now_ms,
	struct error *error)
{
	struct budget_limit rows[LIMITS_MAX];

	*wait_ms = 0;
	if (!limits->budget || limits->count == 0)
		return 0;
	if (limits->count > LIMITS_MAX)
		return error_set(error, ERROR_BAD_PARAMETER, "There are more than %d limits.", LIMITS_MAX);
	for (size_t i = 0; i < limits->count; i++)
		rows[i] = limits->rows[i].limit;
	return budget_ask(wait_ms, limits->budget, rows, limits->count, priority, now_ms, error);
}

static const char *find(const struct headers *answer, const char *name)
{
	return name ? headers_get(answer, name) : NULL;
}

void limits_correct(const struct limits *limits, const struct headers *answer, int64_t retry_ms)
{
	struct error ignored;

	for (size_t i = 0; limits->budget && i < limits->count; i++) {
		const struct call_limit *row = &limits->rows[i];
		const struct budget_headers headers = {
			.remaining = find(answer, row->remaining_header),
			.reset = find(answer, row->reset_header),
			.rate = find(answer, row->rate_header),
		};
		struct budget_answer said = { .retry_ms = retry_ms };
		budget_read(&said, &headers, clock_wall_s());
		(void)budget_correct(limits->budget, &row->limit, &said, clock_now_ms(), &ignored);
	}
}
