/* NDJSON: one record a line, as it left the jail and passed the check. */
#include "config.h"

#include "sink/format.h"

static int ndjson_write(struct sink *sink, const struct record *record, struct error *error)
{
	if (format_append_record(sink, record, error) < 0)
		return -1;
	return drain_append(&sink->drain, "\n", 1, error);
}

const struct format format_ndjson = {
	.size = sizeof(struct sink),
	.write = ndjson_write,
};
