/* Asking a runner that lies, dies or says nothing: the host is told what happened, in time. */
#include "config.h"

#include "catalog/ask.h"

#include "base/clock.h"
#include "check_main.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct buffer manifest;
static struct error error;

static void set_up(void)
{
	char folder[4096];

	(void)snprintf(folder, sizeof folder, "%s/tests/catalog/fake", getenv("top_builddir"));
	ck_assert_int_eq(setenv("MUSTER_LIBEXEC_DIR", folder, 1), 0);
	buffer_init(&manifest, 64 * 1024 * 1024);
	memset(&error, 0, sizeof error);
}

static void tear_down(void)
{
	buffer_clear(&manifest);
}

/* A "plugin" that tells the fake runner how to behave. */
static int plugin(const char *behaviour)
{
	int fd = memfd_create("plugin", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, behaviour, strlen(behaviour)), (ssize_t)strlen(behaviour));
	return fd;
}

static int ask(const char *behaviour)
{
	int fd = plugin(behaviour);
	int result = ask_manifest(&manifest, fd, false, &error);

	(void)close(fd);
	return result;
}

START_TEST(an_answer_arrives)
{
	ck_assert_msg(ask("good") == 0, "%s", error.message);
	ck_assert_str_eq(buffer_text(&manifest), "{\"manifest\":1}");
	manifest.length = 0;
	ck_assert_int_eq(ask("large"), 0);
	ck_assert_uint_gt(manifest.length, 1000000);
}
END_TEST

static const struct {
	const char *behaviour;
	enum error_code code;
	const char *says;
} lies[] = {
	{ "other_build", ERROR_INSTALLATION, "another build" },
	{ "garbage", ERROR_PLUGIN_FAULT, "protocol" },
	{ "huge_frame", ERROR_PLUGIN_FAULT, "protocol" },
	{ "no_hello", ERROR_PLUGIN_FAULT, "protocol" },
	{ "no_manifest", ERROR_PLUGIN_FAULT, "" },
	{ "unasked", ERROR_PLUGIN_FAULT, "protocol" },
	{ "failed", ERROR_PLUGIN_REFUSED, "Not \xEF\xBF\xBD so." },
	{ "forged", ERROR_PLUGIN_FAULT, "without a word" },
	{ "customer", ERROR_PLUGIN_FAULT, "Give me more." },
	{ "machine", ERROR_PLUGIN_FAULT, "Nothing works." },
	{ "memory", ERROR_PLUGIN_FAULT, "It is full." },
	{ "jail", ERROR_PLUGIN_FAULT, "Trust me." },
	{ "no_json", ERROR_PLUGIN_FAULT, "" },
	{ "silence", ERROR_PLUGIN_FAULT, "ended" },
	{ "crash", ERROR_PLUGIN_FAULT, "" },
};

START_TEST(a_lie_is_the_plugins_fault)
{
	ck_assert_msg(ask(lies[_i].behaviour) == -1, "%s was believed", lies[_i].behaviour);
	ck_assert_msg(error.code == lies[_i].code, "%s: %s, %s", lies[_i].behaviour,
		error_code_text(error.code), error.message);
	ck_assert_msg(
		strstr(error.message, lies[_i].says) != NULL, "%s: '%s'", lies[_i].behaviour, error.message);
	ck_assert(error.message[0] != '\0');
}
END_TEST

START_TEST(silence_ends)
{
	int64_t start = clock_now_ms();

	ck_assert_int_eq(ask("hang"), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	ck_assert_int_ge(clock_now_ms() - start, (ASK_SECONDS - 1) * 1000);
}
END_TEST

START_TEST(a_missing_runner_is_the_installations_fault)
{
	ck_assert_int_eq(setenv("MUSTER_LIBEXEC_DIR", "/nonexistent", 1), 0);
	ck_assert_int_eq(ask("good"), -1);
	ck_assert_int_eq(error.code, ERROR_INSTALLATION);
}
END_TEST

START_TEST(problems_are_taken_as_hostile)
{
	json_t *start = json_pack("{s:s}", "mode", "validate");
	int fd = plugin("problems");

	ck_assert_int_eq(ask_validate(fd, false, start, &error), -1);
	ck_assert_int_eq(error.code, ERROR_BAD_FIELD);
	ck_assert_uint_eq(error.problem_count, 3);
	ck_assert_str_eq(error.problems[0].field, "client_id");
	ck_assert_str_eq(error.problems[0].message, "It is \xEF\xBF\xBD[31modd.");
	ck_assert_str_eq(error.problems[1].field, "");
	ck_assert_str_eq(error.problems[1].code, "invalid");
	(void)close(fd);
	json_decref(start);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("catalog/ask");
	TCase *c = tcase_create("ask");

	tcase_set_timeout(c, 6 * ASK_SECONDS);
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, an_answer_arrives);
	tcase_add_loop_test(c, a_lie_is_the_plugins_fault, 0, sizeof lies / sizeof lies[0]);
	tcase_add_test(c, silence_ends);
	tcase_add_test(c, a_missing_runner_is_the_installations_fault);
	tcase_add_test(c, problems_are_taken_as_hostile);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
