#include "config.h"

#include "fetch/retry.h"

#include <string.h>

/* ---- Retry-After --------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads exactly count digits (a leading space counts as 0: asctime pads so). */
static bool take_number(int *out, const char **at, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*at)++) {
		if (!is_digit(**at) && !(i == 0 && count == 2 && **at == ' '))
			return false;
		value = value * 10 + (**at == ' ' ? 0 : **at - '0');
	}
	*out = value;
	return true;
}

static bool take_text(const char **at, const char *text)
{
	size_t length = strlen(text);

	if (strncmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

static bool take_month(int *out, const char **at)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (strncmp(*at, months + (size_t)i * 3, 3) == 0) {
			*out = i + 1;
			*at += 3;
			return true;
		}
	return false;
}

struct date {
	int year, month, day, hour, minute, second;
};

static bool take_time(struct date *date, const char **at)
{
	return take_number(&date->hour, at, 2) && take_text(at, ":") && take_number(&date->minute, at, 2) &&
	       take_text(at, ":") && take_number(&date->second, at, 2);
}

/* Sun, 06 Nov 1994 08:49:37 GMT */
static bool take_imf(struct date *date, const char *at)
{
	return take_text(&at, ", ") && take_number(&date->day, &at, 2) && take_text(&at, " ") &&
	       take_month(&date->month, &at) && take_text(&at, " ") && take_number(&date->year, &at, 4) &&
	       take_text(&at, " ") && take_time(date, &at) && take_text(&at, " GMT") && !*at;
}

/* Sunday, 06-Nov-94 08:49:37 GMT: a year that seems far ahead is a past one. Dates here are near, so
 * the century turns at 70. */
static bool take_rfc850(struct date *date, const char *at)
{
	if (!(take_text(&at, ", ") && take_number(&date->day, &at, 2) && take_text(&at, "-") &&
		    take_month(&date->month, &at) && take_text(&at, "-") &&
		    take_number(&date->year, &at, 2) && take_text(&at, " ") && take_time(date, &at) &&
		    take_text(&at, " GMT") && !*at))
		return false;
	date->year += date->year < 70 ? 2000 : 1900;
	return true;
}

/* Sun Nov  6 08:49:37 1994 */
static bool take_asctime(struct date *date, const char *at)
{
	return take_text(&at, " ") && take_month(&date->month, &at) && take_text(&at, " ") &&
	       take_number(&date->day, &at, 2) && take_text(&at, " ") && take_time(date, &at) &&
	       take_text(&at, " ") && take_number(&date->year, &at, 4) && !*at;
}

/* Days since 1970 of a date in the Gregorian calendar, by counting from 1 March. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t retry_http_date(const char *value)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct date date = { 0 };
	const char *at = value;

	while ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z'))
		at++;
	if (at - value < 3 || !(take_imf(&date, at) || take_rfc850(&date, at) || take_asctime(&date, at)))
		return -1;
	if (date.year < 1970 || date.day < 1 || date.day > days[date.month - 1] || date.hour > 23 ||
		date.minute > 59 || date.second > 60)
		return -1;
	return days_from_civil(date.year, date.month, date.day) * 86400 + date.hour * 3600 +
	       date.minute * 60 + date.second;
}

int64_t retry_after_ms(const char *value, int64_t wall_s)
{
	int64_t seconds = 0;
	const char *at = value;

	if (is_digit(*at)) {
		for (; is_digit(*at); at++)
			if (seconds < INT32_MAX)
				seconds = seconds * 10 + (*at - '0');
		return *at ? -1 : seconds * 1000;
	}
	seconds = retry_http_date(value);
	if (seconds < 0)
		return -1;
	return seconds > wall_s ? (seconds - wall_s) * 1000 : 0;
}

/* ---- The decision ---------------------------------------------------------------------------------- */

static bool may_repeat(const struct retry_case *it)
{
	if (it->network)
		return it->harmless || !it->sent;
	switch (it->meaning) {
	case ANSWER_LIMITED:
		return true; /* it was turned away at the door */
	case ANSWER_UNAVAILABLE:
		return it->harmless || it->status == 503;
	case ANSWER_FAILED:
		return it->harmless;
	default:
		return false;
	}
}

/* Those that heal seldom are tried a few times, not all. */
static unsigned attempts_for(const struct retry_policy *policy, const struct retry_case *it)
{
	bool heals = !it->network && (it->meaning == ANSWER_LIMITED || it->meaning == ANSWER_UNAVAILABLE);

	return heals || policy->attempts < 3 ? policy->attempts : 3;
}

bool retry_is_network(enum error_code code)
{
	return code == ERROR_CONNECTION_LOST || code == ERROR_CONNECTION_FAILED ||
	       code == ERROR_NAME_NOT_FOUND || code == ERROR_DEADLINE_PASSED;
}

int64_t retry_decide(const struct retry_policy *policy, const struct retry_case *it)
{
	int64_t ceiling = policy->base_ms;
	int64_t wait;

	if (!may_repeat(it) || it->attempt >= attempts_for(policy, it))
		return -1;
	for (unsigned i = 1; i < it->attempt && ceiling < policy->cap_ms; i++)
		ceiling *= 2;
	if (ceiling > policy->cap_ms)
		ceiling = policy->cap_ms;
	/* Full jitter: many that failed at once must not come back at once. */
	wait = (int64_t)(it->random % ((uint64_t)ceiling + 1));
	if (it->retry_after_ms >= 0)
		wait = it->retry_after_ms + (int64_t)(it->random % 250);
	return wait < it->left_ms ? wait : -1;
}
