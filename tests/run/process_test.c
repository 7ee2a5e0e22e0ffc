/* A runner on the loop: what it says arrives, how it ends is told once, and its silence ends. The program in
 * muster-runner's place misbehaves as its "plugin" says. */
#include "config.h"

#include "base/clock.h"
#include "check_main.h"
#include "run/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uv_loop_t loop;
static struct process *process;
static struct provider provider;
static unsigned frames, ends;
static struct error ended; /* code NONE: it ended well */
static bool refuse, pause_first, free_at_frame;
static uv_timer_t later;

static void on_resume(uv_timer_t *timer)
{
	ck_assert_uint_eq(frames, 1);
	ck_assert_uint_eq(ends, 0);
	process_resume(process);
	uv_close((uv_handle_t *)timer, NULL);
}

static int on_frame(void *context, const struct wire_frame *frame, struct error *error)
{
	(void)context;
	frames++;
	if (free_at_frame) {
		process_free(process);
		process = NULL;
		return 0;
	}
	if (refuse)
		return error_set(error, ERROR_PLUGIN_FAULT, "Frame %d is refused.", (int)frame->type);
	if (pause_first && frames == 1) {
		process_pause(process);
		(void)uv_timer_init(&loop, &later);
		(void)uv_timer_start(&later, on_resume, 200, 0);
	}
	return 0;
}

static void on_end(void *context, const struct error *error)
{
	(void)context;
	ends++;
	if (error)
		ended = *error;
	process_free(process);
	process = NULL;
}

static void set_up(void)
{
	char folder[4096];

	(void)snprintf(folder, sizeof folder, "%s/tests/catalog/fake", getenv("top_builddir"));
	ck_assert_int_eq(setenv("MUSTER_LIBEXEC_DIR", folder, 1), 0);
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	provider = (struct provider){ .fd = memfd_create("plugin", MFD_CLOEXEC) };
	ck_assert_int_ge(provider.fd, 0);
}

static void tear_down(void)
{
	process_free(process);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	(void)close(provider.fd);
}

static void start(const char *behaviour, const char *mode, int64_t patience_ms)
{
	const struct process_handlers handlers = { on_frame, on_end, NULL };
	struct process_options options = { .provider = &provider, .patience_ms = patience_ms };
	json_t *message = json_pack("{s:s}", "mode", mode);
	struct error error = { 0 };

	ck_assert_int_eq(write(provider.fd, behaviour, strlen(behaviour)), (ssize_t)strlen(behaviour));
	options.start = message;
	ck_assert_msg(process_start(&process, &loop, &options, &handlers, &error) == 0, "%s", error.message);
	json_decref(message);
}

static void run(const char *behaviour)
{
	start(behaviour, "manifest", 0);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
}

START_TEST(work_arrives)
{
	run("good");
	ck_assert_uint_eq(frames, 2);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(ended.code, ERROR_NONE);
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
	{ "no_manifest", ERROR_PLUGIN_FAULT, "protocol" },
	{ "unasked", ERROR_PLUGIN_FAULT, "protocol" },
	{ "failed", ERROR_PLUGIN_REFUSED, "Not \xEF\xBF\xBD so." },
	{ "forged", ERROR_PLUGIN_FAULT, "" },
	{ "machine", ERROR_PLUGIN_FAULT, "Nothing works." },
	{ "memory", ERROR_PLUGIN_FAULT, "It is full." },
	{ "jail", ERROR_PLUGIN_FAULT, "Trust me." },
	{ "no_json", ERROR_PLUGIN_FAULT, "" },
	{ "silence", ERROR_PLUGIN_FAULT, "was stopped" }, /* it lives on without its socket */
	{ "crash", ERROR_PLUGIN_FAULT, "" },
};

START_TEST(a_lie_is_the_plugins_fault)
{
	run(lies[_i].behaviour);
	ck_assert_uint_eq(ends, 1);
	ck_assert_msg(ended.code == lies[_i].code, "%s: %s, %s", lies[_i].behaviour,
		error_code_text(ended.code), ended.message);
	ck_assert_msg(strstr(ended.message, lies[_i].says), "%s: '%s'", lies[_i].behaviour, ended.message);
}
END_TEST

START_TEST(patience_ends)
{
	int64_t begin = clock_now_ms();

	start("hang", "manifest", 300);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(ended.code, ERROR_PLUGIN_FAULT);
	ck_assert_str_eq(ended.message, "The connector did nothing for 1 seconds.");
	ck_assert_int_ge(clock_now_ms() - begin, 250);
	ck_assert_int_lt(clock_now_ms() - begin, PROCESS_STALL_MS);
}
END_TEST

static void on_late(uv_timer_t *timer)
{
	ck_assert_uint_eq(ends, 0);
	process_expect(process, true);
	uv_close((uv_handle_t *)timer, NULL);
}

START_TEST(who_waits_for_us_has_time)
{
	uv_timer_t late;

	start("hang", "manifest", 100);
	process_expect(process, false);
	(void)uv_timer_init(&loop, &late);
	(void)uv_timer_start(&late, on_late, 400, 0);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(ends, 1);
}
END_TEST

START_TEST(a_refused_frame_ends_it)
{
	refuse = true;
	run("good");
	ck_assert_uint_eq(frames, 1);
	ck_assert_uint_eq(ends, 1);
	ck_assert_str_eq(ended.message, "Frame 16 is refused.");
}
END_TEST

START_TEST(a_pause_holds_back_what_came)
{
	pause_first = true;
	run("good");
	ck_assert_uint_eq(frames, 2);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(ended.code, ERROR_NONE);
}
END_TEST

START_TEST(freed_while_it_speaks)
{
	free_at_frame = true;
	run("good");
	ck_assert_uint_eq(frames, 1);
	ck_assert_uint_eq(ends, 0);
}
END_TEST

START_TEST(freed_before_it_spoke)
{
	start("hang", "manifest", 0);
	process_free(process);
	process = NULL;
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(frames + ends, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("run/process");
	TCase *c = tcase_create("process");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, work_arrives);
	tcase_add_loop_test(c, a_lie_is_the_plugins_fault, 0, sizeof lies / sizeof lies[0]);
	tcase_add_test(c, patience_ends);
	tcase_add_test(c, who_waits_for_us_has_time);
	tcase_add_test(c, a_refused_frame_ends_it);
	tcase_add_test(c, a_pause_holds_back_what_came);
	tcase_add_test(c, freed_while_it_speaks);
	tcase_add_test(c, freed_before_it_spoke);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
