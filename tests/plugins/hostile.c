/* A plugin that does one wrong thing, at one moment: tests write the order "MOMENT:MISCHIEF:PATH" over the
 * text below in a copy of the built file. Moments: constructor, entry, hook. Whatever gets out of the jail ends
 * with status 42; what is merely refused ends with 43. */
#include <errno.h>
#include <fcntl.h>
#include <muster/plugin.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile char order[256] = "@order:nothing:nothing:";

/* What stands behind the n-th colon of the order, up to the next. */
static const char *part(unsigned n)
{
	static char text[sizeof order];
	size_t length = 0;
	size_t at = 0;

	while (n > 0 && order[at])
		n -= order[at++] == ':';
	while (order[at] && order[at] != ':')
		text[length++] = order[at++];
	text[length] = '\0';
	return text;
}

static void judge(int escaped)
{
	_exit(escaped ? 42 : 43);
}

static void do_segfault(void)
{
	static volatile int *volatile nowhere = NULL;

	*nowhere = 1;
}

static void do_exit(void)
{
	exit(3);
}

static void do_silent_exit(void)
{
	exit(0);
}

static void do_loop(void)
{
	for (volatile unsigned i = 0;; i++)
		continue;
}

static void do_allocate(void)
{
	for (;;) {
		char *more = malloc(1 << 20);
		if (!more)
			abort();
		memset(more, 1, 1 << 20);
	}
}

static void do_output(void)
{
	static const char text[4096] = "x";

	while (write(STDOUT_FILENO, text, sizeof text) > 0)
		continue;
	judge(0);
}

static void do_fork(void)
{
	judge(fork() >= 0);
}

static void do_exec(void)
{
	char name[] = "sh";
	char *arguments[] = { name, NULL };

	execv("/bin/sh", arguments);
	judge(0);
}

static void do_open(void)
{
	judge(open("/etc/passwd", O_RDONLY) >= 0);
}

/* As the dynamic linker opens, so that only Landlock stands against it. */
static void do_open_quietly(void)
{
	judge(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0);
}

static void do_open_credentials(void)
{
	judge(open(part(3), O_RDONLY | O_CLOEXEC) >= 0 || errno == ENOENT);
}

static void do_create(void)
{
	judge(open("/tmp/muster-hostile", O_RDWR | O_CREAT, 0600) >= 0);
}

static void do_socket(void)
{
	judge(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static void do_ptrace(void)
{
	judge(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
}

static void do_kill(void)
{
	judge(kill(getppid(), SIGTERM) == 0);
}

/* By its number, as a parent's id can't be asked for. */
static void do_kill_all(void)
{
	judge(syscall(SYS_kill, -1, SIGTERM) == 0);
}

static void do_tgkill(void)
{
	judge(syscall(SYS_tgkill, 1, 1, SIGTERM) == 0);
}

static void do_write_descriptors(void)
{
	for (int fd = 4; fd < 1024; fd++)
		if (write(fd, "x", 1) == 1)
			judge(1);
	judge(0);
}

static void do_write_area(void)
{
	char *area = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 5, 0);

	if (area == MAP_FAILED)
		judge(0);
	area[0] = 'x';
	judge(1);
}

static void do_protect_area(void)
{
	char *area = mmap(NULL, 4096, PROT_READ, MAP_SHARED, 5, 0);

	judge(area != MAP_FAILED && mprotect(area, 4096, PROT_READ | PROT_WRITE) == 0);
}

static void do_reopen_area(void)
{
	judge(open("/proc/self/fd/5", O_RDWR | O_CLOEXEC) >= 0);
}

static void do_make_code(void)
{
	judge(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
		MAP_FAILED);
}

static void do_raise_limits(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	judge(setrlimit(RLIMIT_AS, &limit) == 0);
}

static void do_uring(void)
{
	char parameters[256] = { 0 };

	judge(syscall(425, 8, parameters) >= 0);
}

static void do_personality(void)
{
	judge(syscall(SYS_unshare, 0x10000000) == 0);
}

/* ---- On the wire ---- */

static void say(const void *bytes, size_t length)
{
	(void)send(3, bytes, length, 0);
}

static void frame(unsigned char type, const char *payload)
{
	unsigned char head[8] = { 0 };
	size_t length = strlen(payload);

	head[0] = (unsigned char)(length & 0xff);
	head[1] = (unsigned char)(length >> 8 & 0xff);
	head[4] = type;
	say(head, sizeof head);
	say(payload, length);
}

static void do_garbage(void)
{
	say("\x1b[31mGET / HTTP/1.1\r\n\r\n", 23);
}

static void do_huge_frame(void)
{
	say("\xff\xff\xff\xff\x15\0\0\0", 8);
}

static void do_flood(void)
{
	for (;;)
		frame(17, "{\"field\":\"a\",\"code\":\"b\",\"message\":\"c\"}");
}

static void do_forge_records(void)
{
	say("\4\0\0\0\x15\0\0\0\0\0\0\0", 12);
}

static void do_forge_end(void)
{
	frame(23, "{}");
	frame(23, "{}");
}

static void do_stall(void)
{
	char byte;

	(void)recv(3, &byte, 1, 0);
	(void)recv(3, &byte, 1, 0);
}

static const struct {
	const char *name;
	void (*act)(void);
} mischiefs[] = {
	{ "segfault", do_segfault },
	{ "abort", abort },
	{ "exit", do_exit },
	{ "silent_exit", do_silent_exit },
	{ "loop", do_loop },
	{ "allocate", do_allocate },
	{ "output", do_output },
	{ "fork", do_fork },
	{ "exec", do_exec },
	{ "open", do_open },
	{ "open_quietly", do_open_quietly },
	{ "open_credentials", do_open_credentials },
	{ "create", do_create },
	{ "socket", do_socket },
	{ "ptrace", do_ptrace },
	{ "kill", do_kill },
	{ "kill_all", do_kill_all },
	{ "tgkill", do_tgkill },
	{ "write_descriptors", do_write_descriptors },
	{ "write_area", do_write_area },
	{ "protect_area", do_protect_area },
	{ "reopen_area", do_reopen_area },
	{ "make_code", do_make_code },
	{ "raise_limits", do_raise_limits },
	{ "uring", do_uring },
	{ "unshare", do_personality },
	{ "garbage", do_garbage },
	{ "huge_frame", do_huge_frame },
	{ "flood", do_flood },
	{ "forge_records", do_forge_records },
	{ "forge_end", do_forge_end },
	{ "stall", do_stall },
};

static void moment(const char *now)
{
	if (strcmp(part(1), now) != 0)
		return;
	for (size_t i = 0; i < sizeof mischiefs / sizeof mischiefs[0]; i++) {
		if (strcmp(part(2), mischiefs[i].name) == 0) {
			mischiefs[i].act();
			return;
		}
	}
}

__attribute__((constructor)) static void construct(void)
{
	moment("constructor");
}

static int32_t validate(const struct muster_services *services, struct muster_call *call)
{
	(void)services;
	(void)call;
	moment("hook");
	return 0;
}

static const struct muster_auth auths[] = { { .id = "none", .label = "None" } };
static const struct muster_host hosts[] = { { .name = "api.example.com", .use = MUSTER_API } };
static const struct muster_map map[] = { MUSTER_COPY("id", "/id") };
static const struct muster_action actions[] = {
	{ .id = "list_employees",
		.label = "List",
		.auth = "none",
		.request = "GET https://api.example.com/employees",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map) },
};
static const struct muster_plugin plugin = { .id = "hostile",
	.name = "Hostile",
	.version = "1",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	.validate = validate };

MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void);
const struct muster_entry *muster_plugin_0(void)
{
	static const struct muster_entry entry = { MUSTER_ABI, MUSTER_SDK, { &plugin, 1, sizeof plugin } };

	moment("entry");
	return &entry;
}
