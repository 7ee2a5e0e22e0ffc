#include "config.h"

#include "runner/drive.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

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

void drive_start(struct drive *drive, const char *plugin)
{
	char path[4096];
	int fd;

	*drive = (struct drive){ .error = { .code = ERROR_NONE } };
	buffer_init(&drive->records, 64 * 1024 * 1024);
	buffer_init(&drive->keys, 64 * 1024 * 1024);
	plugin_path(path, sizeof path, plugin);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(fd >= 0, "%s can't be opened", path);
	ck_assert_int_eq(jail_area_new(&drive->area, WIRE_SLOTS * WIRE_SLOT_SIZE, &drive->error), 0);
	ck_assert_int_eq(wire_decoder_new(&drive->decoder, WIRE_FROM_RUNNER, &drive->error), 0);
	ck_assert_msg(jail_start(&drive->jail, NULL, fd, drive->area, &drive->error) == 0, "%s",
		drive->error.message);
	(void)close(fd);
}

void drive_end(struct drive *drive)
{
	jail_free(drive->jail);
	jail_area_free(drive->area);
	wire_decoder_free(drive->decoder);
	buffer_clear(&drive->records);
	buffer_clear(&drive->keys);
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
		json_pack("{s:s, s:b, s:i}", "build", wire_build, "allow_partial", 1, "cpu_seconds", 2));
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
