#include "config.h"

#include "runner/drive.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 120000 };

static void plugin_path(char *out, size_t size, const char *plugin)
{
	const char *build = getenv("top_builddir");

	if (strchr(plugin, '/'))
		(void)snprintf(out, size, "%s%s%s",
			plugin[0] == '/' ? ""
			: build          ? build
					 : ".",
			plugin[0] == '/' ? "" : "/", plugin);
	else
		(void)snprintf(out, size, "%s/tests/plugins/.libs/%s.so", build ? build : ".", plugin);
}

static int open_plugin(const char *plugin)
{
	char path[4096];
	int fd;

	plugin_path(path, sizeof path, plugin);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(fd >= 0, "%s can't be opened", path);
	return fd;
}

static void start_fd(struct drive *drive, int fd)
{
	*drive = (struct drive){ .error = { .code = ERROR_NONE } };
	buffer_init(&drive->log, 64 * 1024 * 1024);
	ck_assert_int_eq(jail_area_new(&drive->area, WIRE_SLOTS * WIRE_SLOT_SIZE, &drive->error), 0);
	ck_assert_int_eq(wire_decoder_new(&drive->decoder, WIRE_FROM_RUNNER, &drive->error), 0);
	ck_assert_msg(jail_start(&drive->jail, NULL, fd, drive->area, &drive->error) == 0, "%s",
		drive->error.message);
}

void drive_start(struct drive *drive, const char *plugin)
{
	int fd = open_plugin(plugin);

	start_fd(drive, fd);
	(void)close(fd);
}

void drive_start_ordered(struct drive *drive, const char *plugin, const char *order)
{
	static const char mark[] = "@order:";
	int fd = open_plugin(plugin);
	int copy = memfd_create("ordered", MFD_CLOEXEC);
	struct stat about;
	char *bytes, *at;

	ck_assert_int_eq(fstat(fd, &about), 0);
	bytes = malloc((size_t)about.st_size);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_int_eq(read(fd, bytes, (size_t)about.st_size), about.st_size);
	at = memmem(bytes, (size_t)about.st_size, mark, sizeof mark - 1);
	ck_assert_ptr_nonnull(at);
	memcpy(at + sizeof mark - 1, order, strlen(order) + 1);
	ck_assert_int_eq(write(copy, bytes, (size_t)about.st_size), about.st_size);
	free(bytes);
	start_fd(drive, copy);
	(void)close(copy);
	(void)close(fd);
}

void drive_end(struct drive *drive)
{
	jail_free(drive->jail);
	jail_area_free(drive->area);
	wire_decoder_free(drive->decoder);
	buffer_clear(&drive->log);
}

static bool wait_for(struct drive *drive, short events)
{
	struct pollfd item = { .fd = jail_socket(drive->jail), .events = events };

	return poll(&item, 1, PATIENCE_MS) > 0;
}

static void send_all(struct drive *drive, const struct buffer *out)
{
	size_t at = 0;

	while (at < out->length) {
		ssize_t sent;
		ck_assert_msg(wait_for(drive, POLLOUT), "the runner doesn't read");
		sent = send(jail_socket(drive->jail), out->data + at, out->length - at, MSG_NOSIGNAL);
		if (sent < 0)
			return; /* it is gone: what it said last tells why */
		at += (size_t)sent;
	}
}

void drive_put_take(struct drive *drive, enum wire_type type, json_t *object)
{
	struct buffer out = BUFFER_INIT(WIRE_CONTROL_MAX + WIRE_HEAD);

	ck_assert_int_eq(wire_put_json(&out, type, object, &drive->error), 0);
	json_decref(object);
	send_all(drive, &out);
	buffer_clear(&out);
}

void drive_hello(struct drive *drive, json_t *start)
{
	const char *mode = json_string_value(json_object_get(start, "mode"));

	ck_assert_ptr_nonnull(mode);
	wire_decoder_mode(drive->decoder, wire_mode_from_text(mode));
	drive_put_take(drive, WIRE_HELLO,
		json_pack("{s:s, s:b, s:i}", "build", wire_build, "allow_partial", 1, "cpu_seconds", 1));
	drive_put_take(drive, WIRE_START, start);
}

int drive_next(struct wire_frame *frame, struct drive *drive)
{
	for (;;) {
		char *room;
		size_t size;
		ssize_t length;
		int got = wire_decoder_next(frame, drive->decoder, &drive->error);
		if (got != 0)
			return got;
		if (!wait_for(drive, POLLIN))
			return error_set(&drive->error, ERROR_DEADLINE_PASSED, "nothing came for long");
		ck_assert_int_eq(wire_decoder_room(&room, &size, drive->decoder, &drive->error), 0);
		length = recv(jail_socket(drive->jail), room, size, 0);
		if (length <= 0)
			return 0;
		wire_decoder_filled(drive->decoder, (size_t)length);
	}
}

json_t *drive_expect(struct drive *drive, enum wire_type type)
{
	struct wire_frame frame = { .type = 0 };
	json_t *object = NULL;
	int got = drive_next(&frame, drive);

	ck_assert_msg(got == 1, "frame %d was due: %s", (int)type, drive->error.message);
	ck_assert_msg(frame.type == type, "frame %d was due, %d came: %.*s", (int)type, (int)frame.type,
		(int)frame.length, frame.payload);
	ck_assert_int_eq(wire_get_json(&object, &frame, &drive->error), 0);
	return object;
}

const char *drive_outcome(struct drive *drive, json_t *start)
{
	static char line[1024];
	struct wire_frame frame;
	int got;

	drive_hello(drive, start);
	while ((got = drive_next(&frame, drive)) == 1) {
		json_t *object = NULL;
		if (frame.type == WIRE_DONE)
			return "DONE";
		if (frame.type != WIRE_FAILED)
			continue;
		ck_assert_int_eq(wire_get_json(&object, &frame, &drive->error), 0);
		(void)snprintf(line, sizeof line, "FAILED %s: %s",
			json_string_value(json_object_get(object, "code")),
			json_string_value(json_object_get(object, "message")));
		json_decref(object);
		return line;
	}
	if (got < 0) {
		(void)snprintf(line, sizeof line, "broke: %s", drive->error.message);
		return line;
	}
	if (jail_reap(drive->jail, &drive->error) == 0)
		return "ended: without a word";
	(void)snprintf(line, sizeof line, "ended: %s", drive->error.message);
	return line;
}

/* ---- Mode run -------------------------------------------------------------------------------------- */

static size_t lines_of(const struct buffer *log)
{
	size_t lines = 0;

	for (size_t i = 0; i < log->length; i++)
		lines += log->data[i] == '\n';
	return lines;
}

static void log_records(struct drive *drive, const struct wire_frame *frame)
{
	const char *key, *record;
	size_t key_length, record_length, offset = 0;
	int got;

	while ((got = wire_records_next(
			&key, &key_length, &record, &record_length, &offset, frame, &drive->error)) > 0) {
		ck_assert_int_eq(buffer_append_text(&drive->log, "record "), 0);
		ck_assert_int_eq(buffer_append(&drive->log, key, key_length), 0);
		ck_assert_int_eq(buffer_append_char(&drive->log, ' '), 0);
		ck_assert_int_eq(buffer_append(&drive->log, record, record_length), 0);
		ck_assert_int_eq(buffer_append_char(&drive->log, '\n'), 0);
	}
	ck_assert_int_eq(got, 0);
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "?";
}

static int number_of(const json_t *object, const char *name)
{
	const json_t *number = json_object_get(object, name);

	return number ? (int)json_integer_value(number) : -1;
}

static void log_json(struct drive *drive, const struct wire_frame *frame)
{
	json_t *object = NULL;
	int result = 0;

	ck_assert_int_eq(wire_get_json(&object, frame, &drive->error), 0);
	if (frame->type == WIRE_REQUEST)
		result = buffer_format(&drive->log, "request %d %s %s %s\n", number_of(object, "request"),
			text_of(object, "from"), text_of(object, "method"), text_of(object, "url"));
	else if (frame->type == WIRE_PAGE)
		result = buffer_format(&drive->log, "page %d %d\n", number_of(object, "request"),
			number_of(object, "records"));
	else if (frame->type == WIRE_FAILED)
		result = buffer_format(&drive->log, "failed %s@%d %s\n", text_of(object, "code"),
			number_of(object, "offset"), text_of(object, "message"));
	else if (frame->type == WIRE_DONE)
		result = buffer_append_text(&drive->log, "done\n");
	ck_assert_int_eq(result, 0);
	json_decref(object);
}

/* Takes one frame; false at the end. */
static bool take(struct drive *drive)
{
	struct wire_frame frame;
	uint32_t slot;
	int got = drive_next(&frame, drive);

	if (got < 0)
		ck_assert_int_eq(buffer_format(&drive->log, "broke %s\n", drive->error.message), 0);
	if (got <= 0)
		return false;
	if (frame.type == WIRE_RELEASE) {
		ck_assert_int_eq(wire_get_release(&slot, &frame, &drive->error), 0);
		ck_assert_msg(drive->busy >> slot & 1, "slot %u was not in use", (unsigned)slot);
		drive->busy &= ~(1u << slot);
	} else if (frame.type == WIRE_RECORDS) {
		log_records(drive, &frame);
	} else {
		log_json(drive, &frame);
	}
	return true;
}

const char *drive_log(struct drive *drive, size_t lines)
{
	while (lines_of(&drive->log) < lines && take(drive))
		continue;
	ck_assert_ptr_nonnull(buffer_text(&drive->log));
	return drive->log.data;
}

void drive_answer(struct drive *drive, unsigned request, unsigned status, const char *body, size_t step)
{
	size_t left = strlen(body);

	drive_put_take(drive, WIRE_ANSWER,
		json_pack("{s:I, s:I}", "request", (json_int_t)request, "status", (json_int_t)status));
	while (left > 0) {
		struct buffer out = BUFFER_INIT(64);
		size_t length = step < left ? step : left;
		while (drive->busy >> drive->slot & 1)
			if (!take(drive))
				return;
		memcpy(jail_area_bytes(drive->area) + (size_t)drive->slot * WIRE_SLOT_SIZE, body, length);
		ck_assert_int_eq(
			wire_put_chunk(&out, request, drive->slot, (uint32_t)length, &drive->error), 0);
		drive->busy |= 1u << drive->slot;
		drive->slot = (drive->slot + 1) % WIRE_SLOTS;
		send_all(drive, &out);
		buffer_clear(&out);
		body += length;
		left -= length;
	}
	drive_put_take(drive, WIRE_END, json_pack("{s:I}", "request", (json_int_t)request));
}

json_t *drive_manifest(const char *plugin)
{
	struct drive drive;
	json_t *manifest;

	drive_start(&drive, plugin);
	drive_hello(&drive, json_pack("{s:s}", "mode", "manifest"));
	json_decref(drive_expect(&drive, WIRE_HELLO));
	manifest = drive_expect(&drive, WIRE_MANIFEST);
	json_decref(drive_expect(&drive, WIRE_DONE));
	drive_end(&drive);
	return manifest;
}
