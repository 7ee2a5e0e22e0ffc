#include "config.h"

#include "base/clock.h"

#include <time.h>

int64_t clock_now_ms(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_wall_s(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec;
}

static size_t write_form(char *out, size_t size, const struct tm *parts, enum clock_form form)
{
	switch (form) {
	case CLOCK_DAY:
		return strftime(out, size, "%Y-%m-%d", parts);
	case CLOCK_SECOND:
		return strftime(out, size, "%Y-%m-%d %H:%M:%S", parts);
	case CLOCK_ISO:
		return strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", parts);
	case CLOCK_NAME:
		return strftime(out, size, "%Y%m%dT%H%M%SZ", parts);
	}
	return 0;
}

int clock_text(char *out, size_t size, int64_t at_ms, enum clock_form form)
{
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm parts;

	if (gmtime_r(&seconds, &parts) && write_form(out, size, &parts, form) > 0)
		return 0;
	out[0] = '\0';
	return -1;
}
