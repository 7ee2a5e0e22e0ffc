#include "config.h"

#include "record/date.h"

/* The number that count digits make, or -1. */
static int digits(const char *text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static int days_of(int year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (leap && month == 2);
}

bool date_is_date(const char *text, size_t length)
{
	if (length != 10 || text[4] != '-' || text[7] != '-')
		return false;

	int year = digits(text, 4);
	int month = digits(text + 5, 2);
	int day = digits(text + 8, 2);

	return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month);
}

/* Z, or ±hh:mm: the minutes by which local time is ahead. */
static bool read_zone(int *ahead, const char *text, size_t length)
{
	*ahead = 0;
	if (length == 1)
		return *text == 'Z' || *text == 'z';
	if (length != 6 || (*text != '+' && *text != '-') || text[3] != ':')
		return false;

	int hours = digits(text + 1, 2);
	int minutes = digits(text + 4, 2);

	*ahead = (hours * 60 + minutes) * (*text == '-' ? -1 : 1);
	return hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59;
}

bool date_is_date_time(const char *text, size_t length)
{
	size_t zone = 19;
	int ahead;

	if (length < 20 || !date_is_date(text, 10) || (text[10] != 'T' && text[10] != 't') ||
		text[13] != ':' || text[16] != ':')
		return false;

	int hours = digits(text + 11, 2);
	int minutes = digits(text + 14, 2);
	int seconds = digits(text + 17, 2);

	if (text[zone] == '.') {
		do
			zone++;
		while (zone < length && digits(text + zone, 1) >= 0);
		if (zone == 20)
			return false;
	}
	if (!read_zone(&ahead, text + zone, length - zone))
		return false;
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60)
		return false;
	/* RFC 3339, appendix D: a leap second is the last of a day in UTC. */
	return seconds < 60 || (hours * 60 + minutes - ahead + 2880) % 1440 == 1439;
}
