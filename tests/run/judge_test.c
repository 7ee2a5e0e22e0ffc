#include "config.h"

#include "check_main.h"
#include "run/judge.h"

#include <stdio.h>
#include <string.h>

static const struct guard_host hosts[] = { { .name = "api.example.test", .uses = GUARD_API },
	{ .name = "login.example.test", .uses = GUARD_TOKEN } };

static const struct manifest_paging paging[] = { { .kind = PAGING_CURSOR }, { .kind = PAGING_NEXT_LINK } };

static const struct manifest_action list = { .id = "list_things",
	.method = "GET",
	.url = "https://api.example.test/v1/people/{parameter.id}/things",
	.max_pages = 1000,
	.paging = paging,
	.paging_count = 2 };

static struct judge judge;
static struct error error;

static void start(void)
{
	memset(&error, 0, sizeof error);
	judge_init(&judge, &list, hosts, 2);
}

static int ask(const char *method, const char *url, const char *from)
{
	json_t *request = json_pack("{s:s, s:s, s:s}", "method", method, "url", url, "from", from);
	int result = judge_request(&judge, request, &error);

	json_decref(request);
	return result;
}

#define FIRST "https://api.example.test/v1/people/17/things"

START_TEST(what_is_declared_passes)
{
	ck_assert_int_eq(ask("GET", FIRST "?since=2026-01-01", "template"), 0);
	ck_assert_str_eq(judge.latest.text, FIRST "?since=2026-01-01");
}
END_TEST

START_TEST(what_is_not_declared_is_the_plugins_fault)
{
	static const char *const urls[] = {
		"https://api.example.test/v1/people/17",
		"https://api.example.test/v1/people/17/things/x",
		"https://api.example.test/v1/people/1/7/things",
		"https://api.example.test/v1/people//things",
		"https://api.example.test/v1/people/../things",
		"https://api.example.test/v1/people/./things",
		"https://api.example.test/v1/people/%2e%2E/things",
		"https://api.example.test/v1/people/.%2e/things",
		"https://api.example.test/v1/secrets/17/things",
		"https://attacker.example/v1/people/17/things",
		"https://login.example.test/v1/people/17/things",
		"http://api.example.test/v1/people/17/things",
		"https://api.example.test:8443/v1/people/17/things",
		"https://me@api.example.test/v1/people/17/things",
		"",
	};

	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		start();
		ck_assert_msg(ask("GET", urls[i], "template") < 0, "%s passed", urls[i]);
		ck_assert_msg(error.code == ERROR_PLUGIN_FAULT, "%s: %s", urls[i], error.message);
	}
}
END_TEST

START_TEST(another_method_is_refused)
{
	ck_assert_int_eq(ask("DELETE", FIRST, "template"), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
}
END_TEST

START_TEST(links_stay_at_home)
{
	ck_assert_int_eq(ask("GET", FIRST, "template"), 0);
	ck_assert_int_eq(ask("GET", "https://api.example.test/v2/elsewhere?cursor=2", "link"), 0);
	ck_assert_int_eq(ask("GET", "https://attacker.example/?cursor=3", "link"), -1);
	ck_assert_int_eq(error.code, ERROR_FOREIGN_LINK);
}
END_TEST

START_TEST(cursors_stay_on_the_declared_path)
{
	ck_assert_int_eq(ask("GET", FIRST, "template"), 0);
	ck_assert_int_eq(ask("GET", FIRST "?cursor=2", "cursor"), 0);
	ck_assert_int_eq(ask("GET", "https://api.example.test/v2/elsewhere", "cursor"), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
}
END_TEST

/* A link may lead anywhere on its host and a hook may ask for the same twice: not everybody is either. */
START_TEST(where_a_request_comes_from_is_declared)
{
	struct manifest_action action = list;

	ck_assert_int_eq(ask("GET", FIRST, "link"), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	ck_assert_int_eq(ask("GET", FIRST, "hook"), -1);
	ck_assert_int_eq(ask("GET", FIRST, ""), -1);
	ck_assert_int_eq(ask("GET", FIRST, "template"), 0);
	ck_assert_int_eq(ask("GET", FIRST "?page=2", "template"), -1);
	ck_assert_int_eq(ask("GET", FIRST "?page=2", "hook"), -1);

	action.paging_count = 1;
	judge_init(&judge, &action, hosts, 2);
	ck_assert_int_eq(ask("GET", FIRST, "template"), 0);
	ck_assert_int_eq(ask("GET", "https://api.example.test/v1/people", "link"), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	ck_assert_int_eq(ask("GET", FIRST "?cursor=2", "cursor"), 0);

	action.run = true;
	judge_init(&judge, &action, hosts, 2);
	ck_assert_int_eq(ask("GET", FIRST, "template"), -1);
	ck_assert_int_eq(ask("GET", FIRST, "hook"), 0);
	ck_assert_int_eq(ask("GET", FIRST, "hook"), 0);
	ck_assert_int_eq(ask("GET", "https://api.example.test/v1/people", "hook"), -1);
	ck_assert_int_eq(ask("GET", FIRST, "link"), -1);
}
END_TEST

/* Each number is one more than the last, and nothing else of the URL changes. */
START_TEST(numbers_count_up)
{
	static const struct manifest_paging count[] = { { .kind = PAGING_PAGE_NUMBER, .to = "page[n]" } };
	static const char *const bad[] = { FIRST "?s=1", FIRST "?s=1&page%5Bn%5D=2",
		FIRST "?s=1&page%5Bn%5D=4", FIRST "?s=1&page%5Bn%5D=03", FIRST "?s=1&page%5Bn%5D=3&x",
		FIRST "?s=2&page%5Bn%5D=3", FIRST "?page%5Bn%5D=3", FIRST "?s=1&page%5Bn%5D=3&page%5Bn%5D=3",
		FIRST "?s=1&other=3", "https://api.example.test/v1/people/18/things?s=1&page%5Bn%5D=3" };
	struct manifest_action action = list;

	action.paging = count;
	action.paging_count = 1;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		judge_init(&judge, &action, hosts, 2);
		ck_assert_int_eq(ask("GET", FIRST "?s=1", "template"), 0);
		ck_assert_int_eq(ask("GET", FIRST "?s=1&page%5Bn%5D=2", "number"), 0);
		ck_assert_msg(ask("GET", bad[i], "number") == -1, "%s", bad[i]);
		ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	}
	judge_init(&judge, &action, hosts, 2);
	ck_assert_int_eq(ask("GET", FIRST "?s=1&page%5Bn%5D=1", "template"), 0);
	ck_assert_int_eq(ask("GET", FIRST "?s=1&page%5Bn%5D=2", "number"), 0);
	ck_assert_int_eq(ask("GET", FIRST "?s=1&page%5Bn%5D=3", "number"), 0);
	ck_assert_int_eq(ask("GET", FIRST "?s=1&page%5Bn%5D=4", "cursor"), -1);
	/* Who declares no numbers has none. */
	start();
	ck_assert_int_eq(ask("GET", FIRST, "template"), 0);
	ck_assert_int_eq(ask("GET", FIRST "?page=2", "number"), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
}
END_TEST

START_TEST(cursors_in_links_are_cursors)
{
	static const struct manifest_paging hidden[] = { { .kind = PAGING_CURSOR_IN_LINK, .to = "cursor" } };
	struct manifest_action action = list;

	action.paging = hidden;
	action.paging_count = 1;
	judge_init(&judge, &action, hosts, 2);
	ck_assert_int_eq(ask("GET", FIRST, "template"), 0);
	ck_assert_int_eq(ask("GET", FIRST "?cursor=2", "cursor"), 0);
	ck_assert_int_eq(ask("GET", "https://api.example.test/v1/people", "link"), -1);
}
END_TEST

/* A tail of some pages, then a circle of some: found before the pages run out. */
START_TEST(circles_are_found)
{
	for (int tail = 0; tail < 6; tail++) {
		for (int length = 1; length < 20; length++) {
			int page = 0;
			char url[256];

			start();
			ck_assert_int_eq(ask("GET", FIRST, "template"), 0);
			for (page = 0; page < 200; page++) {
				int at = page < tail ? page : tail + (page - tail) % length;
				(void)snprintf(url, sizeof url, FIRST "?cursor=%d", at);
				if (ask("GET", url, "link") < 0)
					break;
			}
			ck_assert_int_eq(error.code, ERROR_REPEATED_CURSOR);
			ck_assert_int_ge(page, tail + length);
		}
	}
}
END_TEST

START_TEST(pages_are_counted)
{
	char url[256];
	int result = ask("GET", FIRST, "template");

	for (int page = 2; result == 0 && page <= 1000; page++) {
		(void)snprintf(url, sizeof url, FIRST "?cursor=%d", page);
		result = ask("GET", url, "cursor");
	}
	ck_assert_int_eq(result, 0);
	ck_assert_int_eq(ask("GET", FIRST "?cursor=1001", "cursor"), -1);
	ck_assert_int_eq(error.code, ERROR_TOO_MANY_PAGES);
}
END_TEST

START_TEST(holes_pass_deserts_do_not)
{
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(judge_page(&judge, 0, &error), 0);
	ck_assert_int_eq(judge_page(&judge, 1, &error), 0);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(judge_page(&judge, 0, &error), 0);
	ck_assert_int_eq(judge_page(&judge, 0, &error), -1);
	ck_assert_int_eq(error.code, ERROR_EMPTY_PAGES);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("run/judge");
	TCase *c = tcase_create("judge");

	tcase_add_checked_fixture(c, start, NULL);
	tcase_add_test(c, what_is_declared_passes);
	tcase_add_test(c, what_is_not_declared_is_the_plugins_fault);
	tcase_add_test(c, another_method_is_refused);
	tcase_add_test(c, links_stay_at_home);
	tcase_add_test(c, cursors_stay_on_the_declared_path);
	tcase_add_test(c, where_a_request_comes_from_is_declared);
	tcase_add_test(c, numbers_count_up);
	tcase_add_test(c, cursors_in_links_are_cursors);
	tcase_add_test(c, circles_are_found);
	tcase_add_test(c, pages_are_counted);
	tcase_add_test(c, holes_pass_deserts_do_not);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
