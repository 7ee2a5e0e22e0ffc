#include "config.h"

#include "sandbox/moment.h"

#include <string.h>
#include <time.h>

static int digits(int *out, const char *text, size_t count)
{
	int value = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	*out = value;
	return 0;
}

/* Z, or an offset such as +10:00, in seconds. */
static int read_zone(int64_t *out, const char *text)
{
	int hours;
	int minutes;

	*out = 0;
	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return 0;
	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 || text[3] != ':' ||
		digits(&hours, text + 1, 2) < 0 || digits(&minutes, text + 4, 2) < 0 || hours > 23 ||
		minutes > 59)
		return -1;
	*out = (int64_t)(hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
	return 0;
}

/* Whether the text begins like the form, in which a 0 is any digit. */
static int has_form(const char *text, const char *form)
{
	for (; *form; text++, form++) {
		if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
			return 0;
	}
	return 1;
}

/* Fails where the calendar would have to be bent: the 30th of February. */
static int to_seconds(int64_t *out, const struct tm *parts)
{
	struct tm again = *parts;

	*out = (int64_t)timegm(&again);
	return again.tm_mday == parts->tm_mday && again.tm_mon == parts->tm_mon &&
			       again.tm_hour == parts->tm_hour && again.tm_min == parts->tm_min &&
			       again.tm_sec == parts->tm_sec
		       ? 0
		       : -1;
}

static int read_date(struct tm *out, const char *text)
{
	memset(out, 0, sizeof *out);
	if (!has_form(text, "0000-00-00") || digits(&out->tm_year, text, 4) < 0 ||
		digits(&out->tm_mon, text + 5, 2) < 0 || digits(&out->tm_mday, text + 8, 2) < 0)
		return -1;
	out->tm_year -= 1900;
	out->tm_mon -= 1;
	return 0;
}

int moment_read(int64_t *out, const char *text, enum moment_form form)
{
	static const char shape[] = "0000-00-00T00:00:00";
	struct tm parts;
	int64_t zone = 0;

	if (!has_form(text, shape) || read_date(&parts, text) < 0 ||
		digits(&parts.tm_hour, text + 11, 2) < 0 || digits(&parts.tm_min, text + 14, 2) < 0 ||
		digits(&parts.tm_sec, text + 17, 2) < 0 || to_seconds(out, &parts) < 0)
		return -1;
	text += strlen(shape);
	if (*text == '.') {
		size_t fraction = strspn(text + 1, "0123456789");

		if (!fraction)
			return -1;
		text += 1 + fraction;
	}
	if (form == MOMENT_WITHOUT_ZONE)
		return *text ? -1 : 0;
	if (read_zone(&zone, text) < 0)
		return -1;
	*out -= zone;
	return 0;
}

int moment_read_date(int64_t *out, const char *text)
{
	struct tm parts;

	if (strlen(text) != strlen("0000-00-00") || read_date(&parts, text) < 0 ||
		to_seconds(out, &parts) < 0)
		return -1;
	*out /= 86400;
	return 0;
}
