#include "config.h"

#include "sink/format.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_ELSEWHERE 80
#define WIDTH_LEAST 20

#define FORMAT_NAME(symbol, name) [SINK_##symbol] = name,
static const char *const format_names[] = { SINK_FORMATS(FORMAT_NAME) };

static const struct format *const formats[] = {
	[SINK_NDJSON] = &format_ndjson,
	[SINK_JSON] = &format_json,
	[SINK_CSV] = &format_csv,
	[SINK_TABLE] = &format_table,
};

int sink_format_find(enum sink_format *out, const char *name, struct error *error)
{
	for (size_t i = 0; i < SINK_FORMAT_COUNT; i++) {
		if (strcmp(format_names[i], name) == 0) {
			*out = (enum sink_format)i;
			return 0;
		}
	}
	char shown[64];
	text_clean(shown, sizeof shown, name, strlen(name));
	(void)error_set(error, ERROR_USAGE, "There is no format '%s'.", shown);
	return error_hint(error, "The formats are ndjson, json, csv and table.");
}

static size_t terminal_width(int descriptor)
{
	struct winsize size;

	if (ioctl(descriptor, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return WIDTH_ELSEWHERE;
	return size.ws_col;
}

int sink_new(struct sink **out, const struct sink_options *options, struct error *error)
{
	const struct format *format = formats[options->format];
	struct sink *sink = calloc(1, format->size);

	if (!sink)
		return error_memory(error);
	if (drain_init(&sink->drain, options->descriptor, error) < 0) {
		free(sink);
		return -1;
	}
	sink->drain.on_write = options->on_write;
	sink->drain.context = options->context;
	sink->format = format;
	sink->model = options->model;
	sink->accounts = options->accounts;
	sink->terminal = isatty(options->descriptor);
	sink->width = options->width ? options->width : terminal_width(options->descriptor);
	if (sink->width < WIDTH_LEAST)
		sink->width = WIDTH_LEAST;
	if (format->begin && format->begin(sink, error) < 0) {
		sink_free(sink);
		return -1;
	}
	*out = sink;
	return 0;
}

void sink_free(struct sink *sink)
{
	if (!sink)
		return;
	if (sink->format->clear)
		sink->format->clear(sink);
	drain_clear(&sink->drain);
	free(sink);
}

int sink_write(struct sink *sink, const struct record *record, const char *key, size_t key_length,
	struct error *error)
{
	(void)key;
	(void)key_length;
	if (sink->format->write(sink, record, error) < 0)
		return -1;
	sink->count++;
	return 0;
}

int sink_finish(struct sink *sink, bool complete, struct error *error)
{
	return sink->format->finish ? sink->format->finish(sink, complete, error) : 0;
}

struct drain *sink_drain(struct sink *sink)
{
	return &sink->drain;
}

int format_append_clean(struct buffer *out, const char *bytes, size_t length)
{
	char *room;
	size_t size = 3 * length + 1; /* a replacement is three bytes */

	if (length > DRAIN_LIMIT || buffer_reserve(&room, out, size) < 0)
		return -1;
	text_clean(room, size, bytes, length);
	out->length += strlen(room);
	return 0;
}

int format_append_record(struct sink *sink, const struct record *record, struct error *error)
{
	struct buffer *out = drain_buffer(&sink->drain);

	if (sink->terminal ? format_append_clean(out, record->bytes, record->length) < 0
			   : buffer_append(out, record->bytes, record->length) < 0)
		return error_memory(error);
	return 0;
}
