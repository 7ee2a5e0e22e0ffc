#include "config.h"

#include "sandbox/personio_data.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint64_t personio_count(const struct personio_kind *kind, const struct personio_view *view)
{
	uint64_t count = 1;

	for (; kind; kind = kind->parent)
		count *= kind->per ? kind->per : view->employees;
	return count;
}

uint64_t personio_width(const struct personio_kind *kind, const struct personio_kind *ancestor)
{
	uint64_t width = 1;

	for (; kind && kind != ancestor; kind = kind->parent)
		width *= kind->per;
	return kind ? width : 0;
}

int personio_find(
	uint64_t *out, const struct personio_kind *kind, const struct personio_view *view, const char *id)
{
	uint64_t place;

	if (kind->space) {
		if (uuid_read(&place, kind->space, id) < 0)
			return -1;
	} else {
		if (text_to_u64(&place, id) < 0 || place < kind->first_id || id[0] == '0')
			return -1;
		place -= kind->first_id;
	}
	if (place >= personio_count(kind, view))
		return -1;
	*out = place;
	return 0;
}

struct personio_text personio_id(const struct personio_kind *kind, uint64_t place)
{
	struct personio_text id = { "" };

	if (kind->space)
		uuid_write(id.text, kind->space, place);
	else
		(void)snprintf(id.text, sizeof id.text, "%" PRIu64, kind->first_id + place);
	return id;
}

struct personio_text personio_time(int64_t seconds, const char *zone)
{
	struct buffer buffer = BUFFER_INIT(sizeof(struct personio_text) - 1);
	struct personio_text time = { "" };

	if (people_time(&buffer, seconds, zone) == 0)
		memcpy(time.text, buffer.data, buffer.length);
	buffer_clear(&buffer);
	return time;
}

json_t *personio_number(double value)
{
	json_int_t whole = (json_int_t)value;

	return (double)whole == value ? json_integer(whole) : json_real(value);
}

struct personio_text personio_day(int64_t days)
{
	struct personio_text day = personio_time(days * 86400, "");

	day.text[strcspn(day.text, "T")] = '\0';
	return day;
}
