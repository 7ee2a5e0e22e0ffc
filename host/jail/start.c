#include "config.h"

#include "jail/start.h"

#include "base/paths.h"
#include "jail/filter.h"
#include "jail/landlock.h"
#include "jail/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the runner finds them; the wire says the same of its side. */
enum {
	SOCKET_AT = 3,
	PLUGIN_AT = 4,
	AREA_AT = 5,
	ABOVE = 10, /* descriptors are moved here before they are given their places */
};

struct jail_area {
	char *bytes;
	size_t size;
	int fd; /* read-only */
};

struct jail {
	pid_t pid;
	int pid_fd;
	int socket;
	bool killed; /* by us */
	bool reaped;
	int status;
	struct rusage usage;
};

int jail_area_new(struct jail_area **out, size_t size, struct error *error)
{
	struct jail_area *area = calloc(1, sizeof *area);

	if (!area)
		return error_memory(error);
	area->size = size;
	if (memfd_area(&area->fd, &area->bytes, size, error) < 0) {
		free(area);
		return -1;
	}
	*out = area;
	return 0;
}

void jail_area_free(struct jail_area *area)
{
	if (!area)
		return;
	(void)munmap(area->bytes, area->size);
	(void)close(area->fd);
	free(area);
}

char *jail_area_bytes(const struct jail_area *area)
{
	return area->bytes;
}

int jail_seal(int *out, int fd, struct error *error)
{
	return memfd_copy(out, fd, error);
}

/* What the runner gets, each above the places where it will stand, so that none is overwritten. */
struct gifts {
	int socket;
	int plugin;
	int area; /* -1: none */
};

static int move_up(int *fd)
{
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, ABOVE);

	if (moved < 0)
		return -1;
	(void)close(*fd);
	*fd = moved;
	return 0;
}

static void close_gifts(const struct gifts *gifts)
{
	if (gifts->socket >= 0)
		(void)close(gifts->socket);
	if (gifts->plugin >= 0)
		(void)close(gifts->plugin);
	if (gifts->area >= 0)
		(void)close(gifts->area);
}

static int add_actions(posix_spawn_file_actions_t *actions, const struct gifts *gifts)
{
	int failed = 0;

	for (int fd = STDIN_FILENO; !failed && fd <= STDERR_FILENO; fd++)
		failed = posix_spawn_file_actions_addopen(
			actions, fd, "/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(actions, gifts->socket, SOCKET_AT);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(actions, gifts->plugin, PLUGIN_AT);
	if (!failed && gifts->area >= 0)
		failed = posix_spawn_file_actions_adddup2(actions, gifts->area, AREA_AT);
	if (!failed)
		failed = posix_spawn_file_actions_addclosefrom_np(
			actions, gifts->area >= 0 ? AREA_AT + 1 : AREA_AT);
	return failed;
}

/* A session of its own: no terminal, and no Ctrl-C meant for the host. No signal is blocked or ignored. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none;
	sigset_t all;
	int failed;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	failed = posix_spawnattr_setsigmask(attributes, &none);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(attributes, &all);
	if (!failed)
		failed = posix_spawnattr_setflags(
			attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	return failed;
}

/* 0 or an errno. */
static int spawn(pid_t *pid, const char *program, const struct gifts *gifts)
{
	char name[] = "muster-runner";
	char *const arguments[] = { name, NULL };
	char *const environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed)
		return failed;
	failed = posix_spawnattr_init(&attributes);
	if (failed)
		goto out;
	failed = add_actions(&actions, gifts);
	if (!failed)
		failed = set_attributes(&attributes);
	if (!failed)
		failed = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
	(void)posix_spawnattr_destroy(&attributes);
out:
	(void)posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* Takes what the runner is to have; *socket is the host's end. */
static int make_gifts(
	struct gifts *gifts, int *socket, int plugin_fd, const struct jail_area *area, struct error *error)
{
	int pair[2];

	if (memfd_copy(&gifts->plugin, plugin_fd, error) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		goto failed;
	*socket = pair[0];
	gifts->socket = pair[1];
	if (fcntl(*socket, F_SETFL, O_NONBLOCK) < 0 || move_up(&gifts->socket) < 0 ||
		move_up(&gifts->plugin) < 0)
		goto failed;
	if (area) {
		gifts->area = fcntl(area->fd, F_DUPFD_CLOEXEC, ABOVE);
		if (gifts->area < 0)
			goto failed;
	}
	return 0;
failed:
	return error_set(
		error, ERROR_INSTALLATION, "A runner can't be given its descriptors: %s.", strerror(errno));
}

int jail_start(struct jail **out, const char *program, int plugin_fd, const struct jail_area *area,
	struct error *error)
{
	char path[PATH_MAX];
	struct gifts gifts = { -1, -1, -1 };
	struct jail *jail = calloc(1, sizeof *jail);
	int failed;

	if (!jail)
		return error_memory(error);
	jail->socket = jail->pid_fd = -1;
	jail->reaped = true;
	if (!program) {
		if (paths_join(path, sizeof path, paths_libexec_dir(), "muster-runner") < 0) {
			(void)error_set(error, ERROR_INSTALLATION, "The path of muster-runner is too long.");
			goto failed;
		}
		program = path;
	}
	if (make_gifts(&gifts, &jail->socket, plugin_fd, area, error) < 0)
		goto failed;
	failed = spawn(&jail->pid, program, &gifts);
	if (failed) {
		(void)error_set(
			error, ERROR_INSTALLATION, "%s can't be started: %s.", program, strerror(failed));
		goto failed;
	}
	jail->reaped = false;
	jail->pid_fd = (int)syscall(SYS_pidfd_open, jail->pid, 0);
	if (jail->pid_fd < 0) {
		(void)error_set(error, ERROR_INSTALLATION, "A runner can't be watched: %s.", strerror(errno));
		goto failed;
	}
	close_gifts(&gifts);
	*out = jail;
	return 0;
failed:
	close_gifts(&gifts);
	jail_free(jail);
	return -1;
}

static void wait_for(struct jail *jail)
{
	while (!jail->reaped) {
		pid_t got = wait4(jail->pid, &jail->status, 0, &jail->usage);
		if (got < 0 && errno == EINTR)
			continue;
		/* ECHILD: somebody else has reaped it, and how it ended is lost. */
		if (got < 0)
			jail->status = W_EXITCODE(1, 0);
		jail->reaped = true;
	}
}

void jail_free(struct jail *jail)
{
	if (!jail)
		return;
	jail_kill(jail);
	wait_for(jail);
	if (jail->pid_fd >= 0)
		(void)close(jail->pid_fd);
	if (jail->socket >= 0)
		(void)close(jail->socket);
	free(jail);
}

int jail_socket(const struct jail *jail)
{
	return jail->socket;
}

int jail_ended_fd(const struct jail *jail)
{
	return jail->pid_fd;
}

void jail_kill(struct jail *jail)
{
	if (jail->reaped)
		return;
	jail->killed = true;
	(void)kill(jail->pid, SIGKILL);
}

/* The kernel doesn't say that memory ran out; a process that had nearly all it may have is suspect. */
static bool near_memory_limit(const struct jail *jail)
{
	return (size_t)jail->usage.ru_maxrss >= JAIL_MEMORY / 1024 / 4 * 3;
}

static int explain_signal(const struct jail *jail, struct error *error)
{
	int number = WTERMSIG(jail->status);
	const char *name = sigabbrev_np(number);

	if (number == SIGSYS)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector was stopped: it made a forbidden system call.");
	if (number == SIGXCPU)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector was stopped: it used more processor time than a run may have.");
	if (number == SIGKILL && jail->killed)
		return error_set(error, ERROR_PLUGIN_FAULT, "The connector was stopped.");
	if (near_memory_limit(jail))
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector ran out of the memory that a run may have, %zu MiB (SIG%s).",
			JAIL_MEMORY / 1024 / 1024, name ? name : "?");
	return error_set(error, ERROR_PLUGIN_FAULT, "The connector crashed (SIG%s).", name ? name : "?");
}

int jail_reap(struct jail *jail, struct error *error)
{
	wait_for(jail);
	if (WIFSIGNALED(jail->status))
		return explain_signal(jail, error);
	if (WEXITSTATUS(jail->status) != 0)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector ended its runner (exit status %d).", WEXITSTATUS(jail->status));
	return 0;
}

void jail_probe(struct jail_offer *out)
{
	*out = (struct jail_offer){ .memfd = memfd_executable() };
#ifdef MUSTER_RELAXED_JAIL
	out->strength.relaxed = true;
#else
	out->strength.landlock = landlock_abi();
	out->strength.seccomp = filter_available();
#endif
}
