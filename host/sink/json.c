/* JSON: one array, a record a line. It is closed only when it is whole. */
#include "config.h"

#include "sink/format.h"

#include <string.h>

static int json_write(struct sink *sink, const struct record *record, struct error *error)
{
	if (drain_append(&sink->drain, sink->count == 0 ? "[\n" : ",\n", 2, error) < 0)
		return -1;
	return format_append_record(sink, record, error);
}

static int json_finish(struct sink *sink, bool complete, struct error *error)
{
	const char *end = sink->count == 0 ? "[]\n" : "\n]\n";

	if (!complete)
		end = sink->count == 0 ? "" : "\n";
	return drain_append(&sink->drain, end, strlen(end), error);
}

const struct format format_json = {
	.size = sizeof(struct sink),
	.write = json_write,
	.finish = json_finish,
};
