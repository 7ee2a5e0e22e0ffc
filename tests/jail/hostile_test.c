/* Hostile plugins: whatever they try, when they are loaded, asked for their tables or called, costs their
 * runner and nothing else. */
#include "config.h"

#include "check_main.h"
#include "runner/drive.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FORBIDDEN "ended: The connector was stopped: it made a forbidden system call."
#define DENIED "ended: The connector ended its runner (exit status 43)."

/* What becomes of a mischief. Outcomes are compared by their beginning; there may be two. */
static const struct {
	const char *mischief;
	const char *outcome;
	const char *other;
} rows[] = {
	{ "nothing", "DONE", NULL },
	{ "segfault", "ended: The connector crashed (SIGSEGV).", NULL },
	{ "abort", "ended: The connector crashed (SIGABRT).", NULL },
	{ "exit", "ended: The connector ended its runner (exit status 3).", NULL },
	{ "silent_exit", "ended: without a word", NULL },
	{ "loop", "ended: The connector was stopped: it used more processor time", NULL },
	{ "allocate", "ended: The connector ran out of the memory", NULL },
	{ "output", "ended: The connector was stopped: it used more processor time", NULL },
	{ "fork", FORBIDDEN, NULL },
	{ "exec", FORBIDDEN, NULL },
	{ "open", FORBIDDEN, NULL },
	{ "open_quietly", FORBIDDEN, DENIED },
	{ "open_credentials", FORBIDDEN, DENIED },
	{ "create", FORBIDDEN, NULL },
	{ "socket", FORBIDDEN, NULL },
	{ "ptrace", FORBIDDEN, NULL },
	{ "kill", FORBIDDEN, NULL },
	{ "kill_all", FORBIDDEN, NULL },
	{ "tgkill", FORBIDDEN, NULL },
	{ "write_descriptors", FORBIDDEN, NULL },
	{ "write_area", DENIED, NULL },
	{ "protect_area", DENIED, NULL },
	{ "reopen_area", FORBIDDEN, NULL },
	/* Constructors run while memory may still become executable: there is no loading without that. */
	{ "make_code", FORBIDDEN, "ended: The connector ended its runner (exit status 42)." },
	{ "raise_limits", FORBIDDEN, NULL },
	{ "uring", FORBIDDEN, NULL },
	{ "unshare", FORBIDDEN, NULL },
	{ "garbage", "broke: The runner broke the protocol", NULL },
	{ "huge_frame", "broke: The runner broke the protocol: the length is out of bounds", NULL },
	{ "flood", "ended: The connector was stopped: it used more processor time", NULL },
	{ "forge_records", "broke: The runner broke the protocol", NULL },
	{ "forge_end", "DONE", "broke: The runner broke the protocol" },
};

static const char *const moments[] = { "constructor", "entry", "hook" };

enum { ROWS = sizeof rows / sizeof rows[0], MOMENTS = sizeof moments / sizeof moments[0] };

static bool begins(const char *text, const char *start)
{
	return start && strncmp(text, start, strlen(start)) == 0;
}

START_TEST(is_contained)
{
	size_t row = (size_t)_i / MOMENTS;
	const char *moment = moments[(size_t)_i % MOMENTS];
	struct drive drive;
	char path[] = "/tmp/muster-credentials-XXXXXX";
	char order[128];
	const char *outcome;
	int credentials = mkstemp(path);

	ck_assert_int_ge(credentials, 0);
	(void)snprintf(order, sizeof order, "%s:%s:%s:", moment, rows[row].mischief, path);
	drive_start_ordered(&drive, "hostile", order);
	outcome = drive_outcome(&drive, json_pack("{s:s, s:s}", "mode", "validate", "auth", "none"));
	ck_assert_msg(begins(outcome, rows[row].outcome) || begins(outcome, rows[row].other), "%s: %s", order,
		outcome);
	drive_end(&drive);
	(void)close(credentials);
	(void)unlink(path);
}
END_TEST

/* A runner that says nothing is the host's to end. */
START_TEST(a_stalled_runner_is_killed)
{
	struct drive drive;

	drive_start_ordered(&drive, "hostile", "hook:stall::");
	drive_hello(&drive, json_pack("{s:s, s:s}", "mode", "validate", "auth", "none"));
	json_decref(drive_expect(&drive, WIRE_HELLO));
	jail_kill(drive.jail);
	ck_assert_int_eq(jail_reap(drive.jail, &drive.error), -1);
	ck_assert_int_eq(drive.error.code, ERROR_PLUGIN_FAULT);
	ck_assert_str_eq(drive.error.message, "The connector was stopped.");
	ck_assert_int_eq(jail_reap(drive.jail, &drive.error), -1);
	drive_end(&drive);
}
END_TEST

/* Makes this process, and so its runner, one of a kernel without Landlock. */
static void forget_landlock(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 444, 0, 1), /* landlock_create_ruleset */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof code / sizeof code[0], code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

/* A plugin runs in a partial jail only where the operator said so, and even there not freely. */
START_TEST(a_partial_jail_is_a_decision)
{
	struct drive drive;
	json_t *message;

	forget_landlock();
	drive_start_ordered(&drive, "hostile", "hook:open_quietly::");
	drive_put_take(&drive, WIRE_HELLO, json_pack("{s:s}", "build", wire_build));
	message = drive_expect(&drive, WIRE_HELLO);
	ck_assert_str_eq(json_string_value(json_object_get(message, "jail")), "partial");
	json_decref(message);
	message = drive_expect(&drive, WIRE_FAILED);
	ck_assert_str_eq(json_string_value(json_object_get(message, "code")), "jail_unavailable");
	json_decref(message);
	drive_end(&drive);

	drive_start_ordered(&drive, "hostile", "hook:open_quietly::");
	ck_assert_str_eq(drive_outcome(&drive, json_pack("{s:s, s:s}", "mode", "validate", "auth", "none")),
		FORBIDDEN);
	drive_end(&drive);
}
END_TEST

START_TEST(the_full_jail_is_there)
{
	struct jail_offer offer;

	jail_probe(&offer);
	ck_assert_msg(jail_is_full(&offer.strength),
		"MUSTER_REQUIRE_JAIL is set, but this kernel offers seccomp %d, Landlock %d",
		(int)offer.strength.seccomp, offer.strength.landlock);
	ck_assert_str_eq(jail_strength_text(&offer.strength), "full");
}
END_TEST

/* Where there is no full jail, there is nothing to test; CI sets MUSTER_REQUIRE_JAIL so that this can't
 * pass unseen. */
static Suite *suite(void)
{
	Suite *suite = suite_create("hostile");
	TCase *tcase = tcase_create("hostile");
	struct jail_offer offer;

	jail_probe(&offer);
	tcase_set_timeout(tcase, 300);
	if (getenv("MUSTER_REQUIRE_JAIL") && !offer.strength.relaxed)
		tcase_add_test(tcase, the_full_jail_is_there);
	if (jail_is_full(&offer.strength)) {
		tcase_add_loop_test(tcase, is_contained, 0, ROWS * MOMENTS);
		tcase_add_test(tcase, a_stalled_runner_is_killed);
		tcase_add_test(tcase, a_partial_jail_is_a_decision);
	} else {
		(void)fprintf(stderr, "hostile_test: skipped, the jail is %s here\n",
			jail_strength_text(&offer.strength));
	}
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
