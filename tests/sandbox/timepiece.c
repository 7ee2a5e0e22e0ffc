#include "config.h"

#include "sandbox/timepiece.h"

#include "base/clock.h"

void timepiece_init(struct timepiece *timepiece)
{
	atomic_init(&timepiece->ahead_s, 0);
}

int timepiece_move(struct timepiece *timepiece, int64_t seconds)
{
	int_fast64_t before = atomic_load(&timepiece->ahead_s);

	if (seconds > TIMEPIECE_MOVE_MAX || seconds < -TIMEPIECE_MOVE_MAX)
		return -1;
	do {
		if (before + seconds > TIMEPIECE_MOVE_MAX || before + seconds < -TIMEPIECE_MOVE_MAX)
			return -1;
	} while (!atomic_compare_exchange_weak(&timepiece->ahead_s, &before, before + seconds));
	return 0;
}

int64_t timepiece_now_s(const struct timepiece *timepiece)
{
	return clock_wall_s() + atomic_load(&timepiece->ahead_s);
}

int64_t timepiece_now_ms(const struct timepiece *timepiece)
{
	return clock_now_ms() + atomic_load(&timepiece->ahead_s) * 1000;
}
