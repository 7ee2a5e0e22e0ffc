#include "config.h"

#include "sandbox/limiter.h"

#include <stdlib.h>
#include <string.h>

int limiter_init(struct limiter *limiter, const struct limit *limits, size_t count, uint64_t percent)
{
	memset(limiter, 0, sizeof *limiter);
	(void)pthread_mutex_init(&limiter->lock, NULL);
	for (size_t i = 0; percent && i < count && i < LIMITER_WINDOWS; i++) {
		uint64_t scaled = limits[i].count * percent / 100;

		limiter->windows[i].limit.count = scaled < 1            ? 1
						  : scaled > UINT32_MAX ? UINT32_MAX
									: (uint32_t)scaled;
		limiter->windows[i].limit.period_ms = limits[i].period_ms;
		limiter->windows[i].times =
			calloc(limiter->windows[i].limit.count, sizeof limiter->windows[i].times[0]);
		limiter->window_count++;
		if (!limiter->windows[i].times) {
			limiter_clear(limiter);
			return -1;
		}
	}
	return 0;
}

void limiter_clear(struct limiter *limiter)
{
	for (size_t i = 0; i < limiter->window_count; i++)
		free(limiter->windows[i].times);
	limiter->window_count = 0;
	(void)pthread_mutex_destroy(&limiter->lock);
}

/* What window i allows. The oldest of the last limit.count requests decides; before there were so many, the
 * ring is still empty there. */
static struct allowance look(const struct limiter *limiter, size_t i, int64_t now_ms)
{
	uint32_t count = limiter->windows[i].limit.count;
	uint64_t taken = limiter->windows[i].taken;
	int64_t period = limiter->windows[i].limit.period_ms;
	uint64_t kept = taken < count ? taken : count;
	struct allowance allowance = { .limit = count, .remaining = count };

	for (uint64_t back = 1; back <= kept; back++) {
		int64_t age = now_ms - limiter->windows[i].times[(taken - back) % count];

		if (age >= period)
			break;
		allowance.remaining--;
		allowance.reset_ms = period - age;
	}
	return allowance;
}

int limiter_take(struct allowance *out, struct limiter *limiter, int64_t now_ms)
{
	struct allowance tightest = { .remaining = UINT32_MAX };
	int result = -1;

	(void)pthread_mutex_lock(&limiter->lock);
	for (size_t i = 0; i < limiter->window_count; i++) {
		struct allowance allowance = look(limiter, i, now_ms);

		if (allowance.remaining < tightest.remaining ||
			(!allowance.remaining && allowance.reset_ms > tightest.reset_ms))
			tightest = allowance;
	}
	if (tightest.remaining) {
		for (size_t i = 0; i < limiter->window_count; i++) {
			uint32_t count = limiter->windows[i].limit.count;

			limiter->windows[i].times[limiter->windows[i].taken++ % count] = now_ms;
		}
		if (limiter->window_count)
			tightest.remaining--;
		result = 0;
	}
	(void)pthread_mutex_unlock(&limiter->lock);
	*out = tightest;
	return result;
}
