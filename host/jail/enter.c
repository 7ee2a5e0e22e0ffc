#include "config.h"

#include "jail/enter.h"

#include "jail/filter.h"
#include "jail/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

bool jail_is_full(const struct jail_strength *strength)
{
	return strength->seccomp && strength->landlock > 0;
}

const char *jail_strength_text(const struct jail_strength *strength)
{
	if (strength->relaxed)
		return "relaxed";
	return jail_is_full(strength) ? "full" : "partial";
}

static int fail(struct error *error, const char *what)
{
	return error_set(
		error, ERROR_JAIL_UNAVAILABLE, "The jail can't be entered: %s: %s.", what, strerror(errno));
}

static int set_limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) < 0)
		return -1;
	if (hard < limit.rlim_max)
		limit.rlim_max = hard;
	limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &limit);
}

/* The soft limit of processor time ends the process with a signal of its own, the hard one surely. */
static int set_limits(unsigned cpu_seconds, int last_fd)
{
	const struct {
		int resource;
		rlim_t soft;
		rlim_t hard;
	} limits[] = {
		{ RLIMIT_CORE, 0, 0 },
		{ RLIMIT_FSIZE, 0, 0 },
		{ RLIMIT_NPROC, 0, 0 },
		{ RLIMIT_MEMLOCK, 0, 0 },
		{ RLIMIT_MSGQUEUE, 0, 0 },
		/* The plugin is opened once more to be loaded. */
		{ RLIMIT_NOFILE, (rlim_t)last_fd + 2, (rlim_t)last_fd + 2 },
		{ RLIMIT_CPU, cpu_seconds, (rlim_t)cpu_seconds + 2 },
#ifndef MUSTER_RELAXED_JAIL
		{ RLIMIT_AS, JAIL_MEMORY, JAIL_MEMORY },
#endif
	};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		if (set_limit(limits[i].resource, limits[i].soft, limits[i].hard) < 0)
			return -1;
	return 0;
}

/* A sealed memfd lies in no file system, so that Landlock lets it be opened; a plain file needs a rule. */
static int readable_fd(int plugin_fd)
{
	return fcntl(plugin_fd, F_GET_SEALS) < 0 ? plugin_fd : -1;
}

int jail_enter(
	struct jail_strength *out, int plugin_fd, int last_fd, unsigned cpu_seconds, struct error *error)
{
	*out = (struct jail_strength){ .seccomp = false };
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return fail(error, "parent's death");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return fail(error, "not dumpable");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(error, "no new privileges");
	if (syscall(SYS_close_range, (unsigned)last_fd + 1, ~0U, 0) < 0)
		return fail(error, "closing descriptors");
	if (set_limits(cpu_seconds, last_fd) < 0)
		return fail(error, "limits");
#ifdef MUSTER_RELAXED_JAIL
	out->relaxed = true;
	(void)readable_fd;
	(void)plugin_fd;
#else
	out->landlock = landlock_abi();
	if (out->landlock > 0 && landlock_enter(out->landlock, readable_fd(plugin_fd)) < 0)
		return fail(error, "Landlock");
	out->seccomp = filter_available();
	if (out->seccomp && filter_install(FILTER_LOAD, -1) < 0)
		return fail(error, "seccomp");
#endif
	return 0;
}

int jail_tighten(const struct jail_strength *strength, int socket, struct error *error)
{
	if (strength->seccomp && filter_install(FILTER_RUN, socket) < 0)
		return fail(error, "seccomp, after loading");
	return 0;
}
