/* A program in muster-runner's place that misbehaves. Which way, the "plugin" says: its text is the name of
 * the misbehaviour. It is not in a jail; what it tests is the host. */
#include "config.h"

#include "base/buffer.h"
#include "wire/wire.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct buffer out = BUFFER_INIT(64 * 1024 * 1024);
static struct error error;

static int put(enum wire_type type, const char *text)
{
	return wire_put(&out, type, text, strlen(text), &error);
}

static void put_hello(const char *build)
{
	char hello[256];

	(void)snprintf(hello, sizeof hello, "{\"build\":\"%s\",\"jail\":\"full\",\"landlock\":7}", build);
	(void)put(WIRE_HELLO, hello);
}

static void send_all(void)
{
	size_t done = 0;

	while (done < out.length) {
		ssize_t sent = send(WIRE_FD_SOCKET, out.data + done, out.length - done, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		done += (size_t)sent;
	}
}

static void put_manifest_of(size_t length)
{
	struct buffer text = BUFFER_INIT(64 * 1024 * 1024);

	(void)buffer_append_text(&text, "{\"manifest\":1,\"name\":\"");
	while (text.length < length)
		(void)buffer_append_char(&text, 'a');
	(void)buffer_append_text(&text, "\"}");
	(void)wire_put(&out, WIRE_MANIFEST, text.data, text.length, &error);
	buffer_clear(&text);
}

static void behave(const char *name)
{
	if (strcmp(name, "other_build") == 0) {
		put_hello("0.0.0 of another day");
		return;
	}
	if (strcmp(name, "garbage") == 0) {
		(void)buffer_append_text(&out, "HTTP/1.1 200 OK\r\n\r\n");
		return;
	}
	if (strcmp(name, "huge_frame") == 0) {
		(void)buffer_append(&out, "\xFF\xFF\xFF\xFF\x01\0\0\0", WIRE_HEAD);
		return;
	}
	if (strcmp(name, "no_hello") == 0) {
		(void)put(WIRE_MANIFEST, "{}");
		return;
	}
	put_hello(wire_build);
	if (strcmp(name, "good") == 0) {
		(void)put(WIRE_MANIFEST, "{\"manifest\":1}");
		(void)put(WIRE_DONE, "{}");
	} else if (strcmp(name, "empty_manifest") == 0) {
		(void)put(WIRE_MANIFEST, "");
		(void)put(WIRE_DONE, "{}");
	} else if (strcmp(name, "no_manifest") == 0) {
		(void)put(WIRE_DONE, "{}");
	} else if (strcmp(name, "large") == 0) {
		put_manifest_of(1000000);
		(void)put(WIRE_DONE, "{}");
	} else if (strcmp(name, "problems") == 0) {
		(void)put(WIRE_PROBLEM,
			"{\"field\":\"client_id\",\"code\":\"odd\",\"message\":\"It is \\u001b[31modd.\"}");
		(void)put(WIRE_PROBLEM, "{\"field\":\"A B\",\"code\":\"C D\",\"message\":\"x\"}");
		(void)put(WIRE_PROBLEM, "{}");
		(void)put(WIRE_DONE, "{}");
	} else if (strcmp(name, "unasked") == 0) {
		(void)put(WIRE_REQUEST, "{\"request\":1,\"method\":\"GET\",\"url\":\"https://a.example/\"}");
	} else if (strcmp(name, "failed") == 0) {
		(void)put(WIRE_FAILED, "{\"code\":\"plugin_refused\",\"message\":\"Not \\u0007 so.\"}");
	} else if (strcmp(name, "forged") == 0) {
		(void)put(WIRE_FAILED, "{\"code\":\"none\",\"message\":\"\"}");
	} else if (strcmp(name, "customer") == 0) {
		(void)put(WIRE_FAILED, "{\"code\":\"authentication_failed\",\"message\":\"Give me more.\"}");
	} else if (strcmp(name, "machine") == 0) {
		(void)put(WIRE_FAILED, "{\"code\":\"installation\",\"message\":\"Nothing works.\"}");
	} else if (strcmp(name, "memory") == 0) {
		(void)put(WIRE_FAILED, "{\"code\":\"out_of_memory\",\"message\":\"It is full.\"}");
	} else if (strcmp(name, "jail") == 0) {
		(void)put(WIRE_FAILED, "{\"code\":\"jail_unavailable\",\"message\":\"Trust me.\"}");
	} else if (strcmp(name, "no_json") == 0) {
		(void)put(WIRE_FAILED, "what?");
	}
}

int main(void)
{
	char name[32] = "";
	ssize_t got = pread(WIRE_FD_PLUGIN, name, sizeof name - 1, 0);

	if (got < 0)
		return 3;
	behave(name);
	send_all();
	if (strcmp(name, "crash") == 0)
		(void)raise(SIGSEGV);
	if (strcmp(name, "hang") == 0)
		for (;;)
			(void)pause();
	/* Read what is said until nothing more comes, so that nobody's writing fails. */
	(void)shutdown(WIRE_FD_SOCKET, SHUT_WR);
	while (read(WIRE_FD_SOCKET, name, sizeof name) > 0)
		;
	buffer_clear(&out);
	return strcmp(name, "exit_3") == 0 ? 3 : 0;
}
