/* The jail's parts, each by itself: what goes in, what is shared, what may still be opened. Whatever enters
 * a jail does so in a process of its own. */
#include "config.h"

#include "check_main.h"
#include "jail/enter.h"
#include "jail/filter.h"
#include "jail/landlock.h"
#include "jail/memfd.h"
#include "jail/start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error error;

/* ---- Anonymous files ---- */

static int plain_file(const char *text)
{
	char path[] = "/tmp/muster-jail-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	return fd;
}

START_TEST(a_copy_cannot_be_changed)
{
	int file = plain_file("plugin");
	char bytes[16];
	char path[64];
	struct stat first, second;
	int copy = -1;
	int again = -1;

	ck_assert_int_eq(memfd_copy(&copy, file, &error), 0);
	ck_assert_int_eq(pwrite(file, "P", 1, 0), 1);
	ck_assert_int_eq(pread(copy, bytes, sizeof bytes, 0), 6);
	ck_assert_int_eq(memcmp(bytes, "plugin", 6), 0);
	ck_assert_int_eq(pwrite(copy, "P", 1, 0), -1);
	ck_assert_int_eq(ftruncate(copy, 3), -1);
	ck_assert_int_eq(fcntl(copy, F_ADD_SEALS, 0), -1);
	ck_assert_int_eq(memfd_copy(&again, copy, &error), 0);
	ck_assert_int_eq(fstat(copy, &first), 0);
	ck_assert_int_eq(fstat(again, &second), 0);
	ck_assert_uint_eq(first.st_ino, second.st_ino);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", copy);
	file = open(path, O_RDWR);
	ck_assert(file < 0 || write(file, "P", 1) < 0);
	(void)close(copy);
}
END_TEST

START_TEST(only_a_file_is_copied)
{
	int pair[2];
	int out = -1;
	int empty = plain_file("");
	int folder = open("/", O_RDONLY | O_DIRECTORY);

	ck_assert_int_eq(pipe(pair), 0);
	ck_assert_int_eq(memfd_copy(&out, pair[0], &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
	ck_assert_int_eq(memfd_copy(&out, folder, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
	ck_assert_int_eq(memfd_copy(&out, empty, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
	ck_assert_int_eq(ftruncate(empty, (off_t)65 * 1024 * 1024), 0);
	ck_assert_int_eq(memfd_copy(&out, empty, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
	ck_assert_int_eq(memfd_copy(&out, -1, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
}
END_TEST

START_TEST(an_area_is_shared_one_way)
{
	char *bytes = NULL;
	char path[64];
	char *seen;
	int fd = -1;
	int again;

	ck_assert_int_eq(memfd_area(&fd, &bytes, 8192, &error), 0);
	seen = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert(seen != MAP_FAILED);
	bytes[5000] = 'x';
	ck_assert_int_eq(seen[5000], 'x');
	ck_assert(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	ck_assert_int_eq(mprotect(seen, 8192, PROT_READ | PROT_WRITE), -1);
	ck_assert_int_eq(ftruncate(fd, 1), -1);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, O_RDWR);
	ck_assert(again < 0 || mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0) == MAP_FAILED);
	ck_assert(again < 0 || write(again, "x", 1) < 0);
}
END_TEST

/* ---- Starting ---- */

START_TEST(what_cannot_be_started)
{
	struct jail *jail = NULL;
	int file = plain_file("plugin");
	int pair[2];

	ck_assert_int_eq(jail_start(&jail, "/nonexistent/muster-runner", file, NULL, &error), -1);
	ck_assert_int_eq(error.code, ERROR_INSTALLATION);
	ck_assert_int_eq(pipe(pair), 0);
	ck_assert_int_eq(jail_start(&jail, NULL, pair[0], NULL, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
	ck_assert_ptr_null(jail);
	jail_free(NULL);
	jail_area_free(NULL);
}
END_TEST

/* What a runner finds: tests/jail/witness writes it to its socket. */
START_TEST(a_runner_has_its_descriptors_and_nothing_else)
{
	const char *build = getenv("top_builddir");
	char path[4096];
	char seen[512];
	struct jail_area *area = NULL;
	struct jail *jail = NULL;
	ssize_t length;
	int file = plain_file("plugin");

	(void)snprintf(path, sizeof path, "%s/tests/jail/witness", build ? build : ".");
	ck_assert_int_eq(jail_area_new(&area, 4096, &error), 0);
	ck_assert_int_eq(setenv("MUSTER_CANARY", "secret", 1), 0);
	ck_assert_int_ge(fcntl(file, F_DUPFD, 40), 40);
	ck_assert_msg(jail_start(&jail, path, file, area, &error) == 0, "%s", error.message);
	ck_assert_int_eq(jail_reap(jail, &error), 0);
	length = read(jail_socket(jail), seen, sizeof seen - 1);
	ck_assert_int_gt(length, 0);
	seen[length] = '\0';
	ck_assert_str_eq(seen, "descriptors 0 1 2 3 4 5; environment 0; leader 1; arguments 1");
	jail_free(jail);
	jail_area_free(area);
}
END_TEST

/* ---- Inside ---- */

/* Runs act() in a child and tells how that ended: its exit status, or 1000 + the signal. */
static int inside(int (*act)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(act());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* A plugin that is no memfd, since those may not be executed everywhere: it is the one file that opens. */
static int open_files(void)
{
	int plugin = plain_file("plugin");
	char path[64];

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || landlock_enter(landlock_abi(), plugin) < 0)
		return 1;
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", plugin);
	if (open(path, O_RDONLY | O_CLOEXEC) < 0)
		return 2;
	if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
		return 3;
	if (open("/tmp", O_RDONLY | O_DIRECTORY) >= 0 || open("/tmp/muster-x", O_CREAT | O_RDWR, 0600) >= 0)
		return 4;
	return open(path, O_RDWR) >= 0 ? 5 : 0;
}

START_TEST(landlock_opens_the_plugin_alone)
{
	ck_assert_int_eq(inside(open_files), 0);
}
END_TEST

static int enter_alone(void)
{
	struct jail_strength strength;
	struct error failure = { .code = ERROR_NONE };

	if (jail_enter(&strength, -1, 5, 7, &failure) < 0)
		return 1;
	return jail_is_full(&strength) ? 0 : 2;
}

START_TEST(the_jail_is_entered)
{
	ck_assert_int_eq(inside(enter_alone), 0);
}
END_TEST

static int enter(void)
{
	struct jail_strength strength;
	struct error failure = { .code = ERROR_NONE };

	if (jail_enter(&strength, -1, 5, 7, &failure) < 0 || jail_tighten(&strength, 3, &failure) < 0)
		_exit(1);
	return 0;
}

static int ask_parent(void)
{
	enter();
	return getppid() > 0;
}

static int call_by_other_numbers(void)
{
	enter();
#if defined __x86_64__
	/* x32's getpid. */
	return syscall(0x40000000L + SYS_getpid) > 0;
#else
	return raise(SIGSYS);
#endif
}

static int send_elsewhere(void)
{
	enter();
	return (int)syscall(SYS_sendto, 4, "x", 1, 0, NULL, 0);
}

static int print(void)
{
	enter();
	(void)printf("anything");
	(void)fprintf(stderr, "%s", "");
	return 0;
}

static int allocate(void)
{
	enter();
	for (size_t size = 16; size < 8 * 1024 * 1024; size *= 2) {
		char *bytes = malloc(size);
		if (!bytes)
			return 1;
		memset(bytes, 1, size);
		free(bytes);
	}
	return 0;
}

START_TEST(the_tight_list)
{
	ck_assert_int_eq(inside(ask_parent), 1000 + SIGSYS);
	ck_assert_int_eq(inside(call_by_other_numbers), 1000 + SIGSYS);
	ck_assert_int_eq(inside(send_elsewhere), 1000 + SIGSYS);
	ck_assert_int_eq(inside(print), 0);
	ck_assert_int_eq(inside(allocate), 0);
}
END_TEST

START_TEST(strength_has_a_name)
{
	struct jail_strength strength = { .seccomp = true, .landlock = 1 };

	ck_assert_str_eq(jail_strength_text(&strength), "full");
	strength.landlock = 0;
	ck_assert_str_eq(jail_strength_text(&strength), "partial");
	strength.relaxed = true;
	ck_assert_str_eq(jail_strength_text(&strength), "relaxed");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("jail");
	TCase *tcase = tcase_create("jail");
	struct jail_offer offer;

	jail_probe(&offer);
	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, a_copy_cannot_be_changed);
	tcase_add_test(tcase, only_a_file_is_copied);
	tcase_add_test(tcase, an_area_is_shared_one_way);
	tcase_add_test(tcase, what_cannot_be_started);
	tcase_add_test(tcase, strength_has_a_name);
	if (!offer.strength.relaxed)
		tcase_add_test(tcase, a_runner_has_its_descriptors_and_nothing_else);
	if (landlock_abi() > 0 && !offer.strength.relaxed)
		tcase_add_test(tcase, landlock_opens_the_plugin_alone);
	if (jail_is_full(&offer.strength)) {
		tcase_add_test(tcase, the_jail_is_entered);
		tcase_add_test(tcase, the_tight_list);
	}
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
