#include "config.h"

#include "record/date.h"

#include <stdio.h>
#include <string.h>

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

/* Reads hh:mm:ss and the fraction: how many bytes they are, or 0. *minute is that of the day. */
static size_t read_time(int *minute, int *second, const char *text, size_t length)
{
	size_t end = 8;

	if (length < end || text[2] != ':' || text[5] != ':')
		return 0;

	int hours = digits(text, 2);
	int minutes = digits(text + 3, 2);

	*minute = hours * 60 + minutes;
	*second = digits(text + 6, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || *second < 0 || *second > 60)
		return 0;
	if (end == length || text[end] != '.')
		return end;
	do
		end++;
	while (end < length && digits(text + end, 1) >= 0);
	return end > 9 ? end : 0;
}

static bool has_date(const char *text, size_t length)
{
	return length > 11 && date_is_date(text, 10) && (text[10] == 'T' || text[10] == 't');
}

bool date_is_date_time(const char *text, size_t length)
{
	int minute;
	int second;
	int ahead;
	size_t end;

	if (!has_date(text, length))
		return false;
	end = read_time(&minute, &second, text + 11, length - 11);
	if (end == 0 || end + 11 == length || !read_zone(&ahead, text + 11 + end, length - 11 - end))
		return false;
	/* RFC 3339, appendix D: a leap second is the last of a day in UTC. */
	return second < 60 || (minute - ahead + 2880) % 1440 == 1439;
}

bool date_is_local_date_time(const char *text, size_t length)
{
	return has_date(text, length) && date_is_local_time(text + 11, length - 11);
}

bool date_is_local_time(const char *text, size_t length)
{
	int minute;
	int second;

	return read_time(&minute, &second, text, length) == length && length > 0 && second < 60;
}

size_t date_local_length(const char *text, size_t length)
{
	int minute;
	int second;
	int ahead;
	size_t end;

	if (!has_date(text, length))
		return 0;
	end = read_time(&minute, &second, text + 11, length - 11);
	if (end == 0 || second == 60)
		return 0;
	end += 11;
	return end == length || read_zone(&ahead, text + end, length - end) ? end : 0;
}

struct day {
	int year, month, day;
};

static void go_back(struct day *day)
{
	if (--day->day > 0)
		return;
	if (--day->month == 0) {
		day->month = 12;
		day->year--;
	}
	day->day = days_of(day->year, day->month);
}

static void go_on(struct day *day)
{
	if (++day->day <= days_of(day->year, day->month))
		return;
	day->day = 1;
	if (++day->month == 13) {
		day->month = 1;
		day->year++;
	}
}

/* Only zeros: a time of day of length bytes, already read. */
static bool is_midnight(const char *time, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (time[i] >= '1' && time[i] <= '9')
			return false;
	return true;
}

static void write_digits(char *out, int value, int count)
{
	while (count-- > 0) {
		out[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

bool date_last_day(char out[DATE_SIZE], const char *text, size_t length)
{
	size_t local = date_local_length(text, length);

	if (local == 0 && !date_is_date(text, length))
		return false;

	struct day day = { digits(text, 4), digits(text + 5, 2), digits(text + 8, 2) };

	if (local > 0 && is_midnight(text + 11, local - 11))
		go_back(&day);
	if (day.year < 0)
		return false;
	memcpy(out, "0000-00-00", DATE_SIZE);
	write_digits(out, day.year, 4);
	write_digits(out + 5, day.month, 2);
	write_digits(out + 8, day.day, 2);
	return true;
}

bool date_to_utc(char out[DATE_UTC_SIZE], const char *text, size_t length)
{
	int minute;
	int second;
	int ahead;
	size_t end;

	if (!date_is_date_time(text, length))
		return false;
	end = 11 + read_time(&minute, &second, text + 11, length - 11);
	if (end > 60 || !read_zone(&ahead, text + end, length - end))
		return false;

	struct day day = { digits(text, 4), digits(text + 5, 2), digits(text + 8, 2) };

	minute -= ahead;
	if (minute < 0)
		go_back(&day);
	else if (minute >= 1440)
		go_on(&day);
	minute = (minute + 1440) % 1440;
	if (day.year < 0 || day.year > 9999)
		return false;
	(void)snprintf(out, DATE_UTC_SIZE, "%04d-%02d-%02dT%02d:%02d:%.*sZ", day.year, day.month, day.day,
		minute / 60, minute % 60, (int)(end - 17), text + 17);
	return true;
}
