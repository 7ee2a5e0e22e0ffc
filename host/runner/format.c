#include "config.h"

#include "runner/format.h"

#include "record/date.h"

#include <string.h>

static int too_long(const struct muster_parameter *parameter, struct error *error)
{
	return error_set(error, ERROR_BAD_PARAMETER, "The parameter '%s' is too long.", parameter->id);
}

static int unfit(const struct muster_parameter *parameter, const char *what, struct error *error)
{
	return error_set(error, ERROR_BAD_PARAMETER, "The parameter '%s' is no %s.", parameter->id, what);
}

/* 2026-12-31 as 31/12/2026. */
static int day_month_year(struct buffer *out, const char *text)
{
	return buffer_format(out, "%.2s/%.2s/%.4s", text + 8, text + 5, text);
}

static int append_day(struct buffer *out, uint32_t format, const char *text)
{
	switch (format) {
	case MUSTER_DAY_MONTH_YEAR:
		return day_month_year(out, text);
	case MUSTER_DAY_START_UTC:
		return buffer_format(out, "%.10sT00:00:00Z", text);
	case MUSTER_DAY_END_UTC:
		return buffer_format(out, "%.10sT23:59:59Z", text);
	case MUSTER_DAY_START_LOCAL:
		return buffer_format(out, "%.10sT00:00:00", text);
	default:
		return buffer_format(out, "%.10sT23:59:59", text);
	}
}

int format_value(struct buffer *out, const struct muster_parameter *parameter, const char *text,
	size_t length, struct error *error)
{
	char utc[DATE_UTC_SIZE];
	size_t local;
	int result;

	switch (parameter->format) {
	case MUSTER_ISO:
		result = buffer_append(out, text, length);
		break;
	case MUSTER_UTC:
		if (!date_to_utc(utc, text, length))
			return unfit(parameter, "date and time that can be told in UTC", error);
		result = buffer_append_text(out, utc);
		break;
	case MUSTER_LOCAL:
		local = date_local_length(text, length);
		if (local == 0)
			return unfit(parameter, "date and time", error);
		result = buffer_append(out, text, local);
		break;
	default:
		if (!date_is_date(text, length))
			return unfit(parameter, "date", error);
		result = append_day(out, parameter->format, text);
		break;
	}
	return result < 0 ? too_long(parameter, error) : 0;
}

int format_joined(
	struct buffer *out, const struct muster_parameter *parameter, const char *text, struct error *error)
{
	const char *join = parameter->join ? parameter->join : ",";

	if (!(parameter->flags & MUSTER_LIST))
		return format_value(out, parameter, text, strlen(text), error);
	for (;;) {
		size_t length = strcspn(text, ",");
		if (format_value(out, parameter, text, length, error) < 0)
			return -1;
		text += length;
		if (!*text)
			return 0;
		if (buffer_append_text(out, join) < 0)
			return too_long(parameter, error);
		text++;
	}
}
