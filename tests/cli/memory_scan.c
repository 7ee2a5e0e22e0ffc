/* memory_scan LEDGER PATTERNS COMMAND [ARGUMENT…]: runs muster and looks for secrets where none may be, at every
 * request: in all readable memory of its runners, and in the command lines and environments of both.
 *
 * LEDGER grows by a line with each request that the sandbox answered. A line of PATTERNS begins with what it
 * is: '-' may be in no runner; '!' neither, but must be found in the host, or the search is no good; '+' must be
 * found in a runner, likewise. The token is told by nobody: it is taken from the host's memory, where it stands
 * behind "Bearer ", looked for like the others, and written to PATTERNS.token.
 *
 * Prints what was found and what was looked at; exits with 0, with 1 when something was found or not found that
 * should not, or with 77 when other processes' memory may not be read. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK = 1 << 20,
	OVERLAP = 4096, /* no pattern is longer */
	PATTERNS = 256,
	REQUESTS = 1024,
	SKIPPED = 77,
	BROKEN = 99,
};

struct pattern {
	char kind;
	char text[OVERLAP];
	size_t length;
	unsigned runner; /* how often it was found there */
	unsigned host;
};

struct watch {
	const char *path; /* of PATTERNS */
	struct pattern patterns[PATTERNS];
	size_t count;
	bool has_token;
	bool forbidden;         /* memory can't be read */
	bool scanned[REQUESTS]; /* a runner, wholly, while so many lines stood in the ledger */
	unsigned rounds;
	unsigned runners; /* that were looked at, in all rounds */
	unsigned dumping; /* processes that would leave a core */
	uint64_t bytes;
	char buffer[OVERLAP + CHUNK];
};

static void add_pattern(struct watch *watch, char kind, const char *text, size_t length)
{
	struct pattern *pattern = &watch->patterns[watch->count];

	if (watch->count == PATTERNS || length < 6 || length >= sizeof pattern->text)
		return;
	*pattern = (struct pattern){ .kind = kind, .length = length };
	memcpy(pattern->text, text, length);
	watch->count++;
}

static bool read_patterns(struct watch *watch, const char *path)
{
	char line[OVERLAP];
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof line, file)) {
		size_t length = strcspn(line, "\n");
		if (length > 1)
			add_pattern(watch, line[0], line + 1, length - 1);
	}
	if (file)
		(void)fclose(file);
	return watch->count > 0;
}

/* ---- Looking ---------------------------------------------------------------------------------------- */

static void look(struct watch *watch, const char *bytes, size_t length, bool host, const char *where)
{
	for (size_t i = 0; i < watch->count; i++) {
		struct pattern *pattern = &watch->patterns[i];

		if (host && (pattern->kind != '!' || pattern->host))
			continue;
		if (!memmem(bytes, length, pattern->text, pattern->length))
			continue;
		if (host)
			pattern->host++;
		else if (!pattern->runner++ && pattern->kind != '+')
			(void)printf("found: pattern %zu, %zu bytes, in %s\n", i + 1, pattern->length, where);
	}
}

static bool is_token_character(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("-._~+/=", c));
}

static void tell_token(const struct watch *watch, const char *token, size_t length)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s.token", watch->path);
	file = fopen(path, "we");
	if (!file)
		return;
	(void)fwrite(token, 1, length, file);
	(void)fclose(file);
}

/* RFC 6750, section 2.1. */
static void look_for_token(struct watch *watch, const char *bytes, size_t length)
{
	static const char mark[] = "Bearer ";
	const char *end = bytes + length;
	const char *at = bytes;

	while (!watch->has_token && (at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1))) {
		size_t token = 0;

		at += sizeof mark - 1;
		while (at + token < end && is_token_character(at[token]))
			token++;
		if (token < 20 || at + token == end)
			continue;
		watch->has_token = true;
		add_pattern(watch, '-', at, token);
		tell_token(watch, at, token);
	}
}

/* One mapping; what can't be read is not there for the process either, or is the kernel's. */
static void scan_mapping(
	struct watch *watch, int memory, uint64_t from, uint64_t to, bool host, const char *where)
{
	size_t kept = 0;

	while (from < to) {
		size_t want = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
		ssize_t got = pread(memory, watch->buffer + kept, want, (off_t)from);

		if (got <= 0)
			return;
		look(watch, watch->buffer, kept + (size_t)got, host, where);
		if (host)
			look_for_token(watch, watch->buffer, kept + (size_t)got);
		watch->bytes += (uint64_t)got;
		from += (uint64_t)got;
		got += (ssize_t)kept;
		kept = (size_t)got < OVERLAP ? (size_t)got : OVERLAP;
		memmove(watch->buffer, watch->buffer + got - kept, kept);
	}
}

static FILE *open_of(pid_t pid, const char *what)
{
	char path[128];

	(void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
	return fopen(path, "re");
}

/* A line of maps: "from-to rwxp offset device inode path". Returns whether all of it was looked at. */
static bool scan_memory(struct watch *watch, pid_t pid, bool host)
{
	char line[4096 + 256];
	FILE *memory = open_of(pid, "mem");
	FILE *maps = memory ? open_of(pid, "maps") : NULL;
	bool good = maps != NULL;

	if (!memory && (errno == EACCES || errno == EPERM))
		watch->forbidden = true;
	while (good && fgets(line, sizeof line, maps)) {
		uint64_t from = 0, to = 0;
		char read = '-';
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %c", &from, &to, &read) == 3 && read == 'r')
			scan_mapping(watch, fileno(memory), from, to, host, line);
	}
	if (maps)
		(void)fclose(maps);
	if (memory)
		(void)fclose(memory);
	return good;
}

/* What every user of the machine may see. */
static void scan_public(struct watch *watch, pid_t pid)
{
	static const char *const files[] = { "cmdline", "environ" };

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		FILE *file = open_of(pid, files[i]);
		size_t got = file ? fread(watch->buffer, 1, sizeof watch->buffer, file) : 0;

		look(watch, watch->buffer, got, false, files[i]);
		if (file)
			(void)fclose(file);
	}
}

static bool would_dump(pid_t pid)
{
	char line[256];
	bool dumps = false;
	FILE *limits = open_of(pid, "limits");

	while (limits && fgets(line, sizeof line, limits)) {
		unsigned long long soft;
		if (strncmp(line, "Max core file size", 18) == 0)
			dumps = sscanf(line + 18, "%llu", &soft) != 1 || soft > 0;
	}
	if (limits)
		(void)fclose(limits);
	return dumps;
}

/* ---- Who is looked at --------------------------------------------------------------------------------- */

/* Between fork and exec a child has its parent's memory, and still its parent's name. */
static bool is_runner(pid_t pid)
{
	char name[32] = "";
	FILE *file = open_of(pid, "comm");

	if (file) {
		(void)!fgets(name, sizeof name, file);
		(void)fclose(file);
	}
	return strcmp(name, "muster-runner\n") == 0;
}

static unsigned scan_runners(struct watch *watch, pid_t host)
{
	char path[64];
	unsigned count = 0;
	int pid;
	FILE *children;

	(void)snprintf(path, sizeof path, "task/%d/children", (int)host);
	children = open_of(host, path);
	while (children && fscanf(children, "%d", &pid) == 1) {
		if (!is_runner(pid) || !scan_memory(watch, pid, false) || !is_runner(pid))
			continue;
		scan_public(watch, pid);
		watch->dumping += would_dump(pid);
		count++;
	}
	if (children)
		(void)fclose(children);
	return count;
}

static unsigned count_lines(const char *path)
{
	unsigned lines = 0;
	int c;
	FILE *file = fopen(path, "re");

	while (file && (c = getc(file)) != EOF)
		lines += c == '\n';
	if (file)
		(void)fclose(file);
	return lines;
}

/* The host stands still meanwhile, so that the request that is under way remains so. */
static void one_round(struct watch *watch, pid_t host, const char *ledger)
{
	unsigned lines, runners;

	(void)kill(host, SIGSTOP);
	lines = count_lines(ledger);
	runners = scan_runners(watch, host);
	watch->rounds++;
	watch->runners += runners;
	if (runners > 0) {
		watch->scanned[lines < REQUESTS ? lines : 0] = true;
		/* A token that is found now is looked for from the next round on. */
		(void)scan_memory(watch, host, true);
		scan_public(watch, host);
		watch->dumping += would_dump(host);
	}
	(void)kill(host, SIGCONT);
}

/* Looks as soon as another request is under way, and now and then besides. */
static int follow(struct watch *watch, pid_t host, const char *ledger)
{
	const struct timespec pause = { .tv_nsec = 3000000 };
	int status = 0;

	for (unsigned turn = 0; !watch->forbidden && waitpid(host, &status, WNOHANG) == 0; turn++) {
		unsigned lines = count_lines(ledger);

		if (turn % 20 == 0 || (lines < REQUESTS && !watch->scanned[lines]))
			one_round(watch, host, ledger);
		(void)nanosleep(&pause, NULL);
	}
	if (watch->forbidden)
		(void)waitpid(host, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- The verdict -------------------------------------------------------------------------------------- */

/* The ledger had so many lines before, and has so many now. */
static int judge(const struct watch *watch, unsigned before, unsigned now, int status)
{
	unsigned seen = 0, bad = 0, requests = now - before;

	/* A line is written when the answer begins: that it is there does not end the request. */
	for (unsigned i = before; i < now && i + 1 < REQUESTS; i++)
		seen += watch->scanned[i] || watch->scanned[i + 1];
	for (size_t i = 0; i < watch->count; i++) {
		const struct pattern *pattern = &watch->patterns[i];
		bool leaked = pattern->kind != '+' && pattern->runner;
		bool blind = (pattern->kind == '+' && !pattern->runner) ||
			     (pattern->kind == '!' && !pattern->host);
		if (blind)
			(void)printf("not found: pattern %zu\n", i + 1);
		bad += leaked || blind;
	}
	if (watch->dumping)
		(void)printf("a core would be left\n");
	(void)printf("token %s\n", watch->has_token ? "known" : "unknown");
	(void)printf("looked at %u of %u requests, in %u rounds, at %u runners, %" PRIu64 " MB\n", seen,
		requests, watch->rounds, watch->runners, watch->bytes / 1000000);
	(void)printf("exit status %d\n", status);
	return bad > 0 || watch->dumping > 0 || seen < requests;
}

int main(int count, char **words)
{
	struct watch *watch = calloc(1, sizeof *watch);
	unsigned before = 0;
	pid_t host = -1;
	int status = 0;

	if (watch && count >= 4) {
		watch->path = words[2];
		before = count_lines(words[1]);
	}
	if (count < 4 || !watch || !read_patterns(watch, words[2]) || (host = fork()) < 0) {
		free(watch);
		return BROKEN;
	}
	if (host == 0) {
		(void)execvp(words[3], words + 3);
		_exit(BROKEN);
	}
	status = follow(watch, host, words[1]);
	status = watch->forbidden ? SKIPPED : judge(watch, before, count_lines(words[1]), status);
	free(watch);
	return status;
}
