/* What is not a plugin, or not a good one, is refused, and the message says which row. */
#include "config.h"

#include "check_main.h"
#include "runner/drive.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static json_t *manifest_start(void)
{
	return json_pack("{s:s}", "mode", "manifest");
}

static const struct {
	const char *order;
	const char *outcome;
} broken[] = {
	{ "nothing", "DONE" },
	{ "id_missing", "id is missing." },
	{ "id_bad", "id is no id ([a-z][a-z0-9_]*, at most 63 bytes)." },
	{ "version_missing", "version is missing." },
	{ "name_empty", "name is empty." },
	{ "name_long", "name is longer than 1024 bytes." },
	{ "name_not_utf8", "name is not UTF-8." },
	{ "name_escape", "name holds a control character." },
	{ "summary_c1", "summary holds a control character." },
	{ "summary_bidi", "summary holds a control character." },
	{ "help_line_break", "auths[0] key: fields[0] key: help holds a control character." },
	{ "guide_line_break", "auths[0] key: guide[0]: text holds a control character." },
	{ "hosts_none", "hosts has no rows." },
	{ "hosts_half", "hosts has an address or a size, but no rows." },
	{ "host_use_none", "hosts[0]: use is missing." },
	{ "host_use_unknown", "hosts[0]: unknown bit in use 0x20." },
	{ "field_type", "auths[0] key: fields[1] region: unknown type 9." },
	{ "field_flag", "auths[0] key: fields[1] region: unknown bit in flags 0x200." },
	{ "parameter_advanced", "actions[1] list_employees: parameters[0] email: unknown bit in flags 0x2." },
	{ "scope_reserved", "scopes[0]: reserved is not zero." },
	{ "size_no_name", "actions[1] list_employees: paging[0]: size_name and size belong together." },
	{ "choice_missing", "auths[0] key: fields[1] region: choices[1]: value is missing." },
	{ "grant", "auths[0] key: unknown grant 7." },
	{ "map_kind", "actions[0] get_it: map[2]: unknown kind 42." },
	{ "map_kind_newer",
		"actions[0] get_it: map[2]: unknown kind 42; it needs a muster with SDK 2.3.0 or later, this one has 0.1.0." },
	{ "map_to_missing", "actions[0] get_it: map[1]: to is missing." },
	{ "map_none", "actions[0] get_it: map has no rows." },
	{ "each_in_each", "actions[0] get_it: map[3]: rows[0]: unknown kind 5." },
	{ "each_no_rows", "actions[0] get_it: map[3]: it maps what is inside, but has no rows." },
	{ "rows_no_each", "actions[0] get_it: map[3]: it has rows, but does not map what is inside." },
	{ "words_none", "actions[0] get_it: map[2]: it maps words, but has none." },
	{ "words_unmapped", "actions[0] get_it: map[2]: it has words, but does not map them." },
	{ "cursor_to_missing",
		"actions[1] list_employees: paging[0]: to is missing: the query parameter that leads on." },
	{ "element_no_take",
		"actions[0] get_it: map[1]: it takes an element, but lacks where, equals or take." },
	{ "take_no_element",
		"actions[0] get_it: map[1]: it has where, equals or take, but takes no element." },
	{ "object_no_rows", "actions[0] get_it: map[1]: it maps what is inside, but has no rows." },
	{ "object_in_each", "actions[0] get_it: map[3]: rows[0]: unknown kind 14." },
	{ "join_in_rows_has_words",
		"actions[0] get_it: map[3]: rows[0]: it has words, but does not map them." },
	{ "columns_no_grid", "actions[1] list_employees: columns belong to the result grid." },
	{ "grid_no_columns", "actions[0] get_it: columns belong to the result grid." },
	{ "each_no_action",
		"actions[1] list_employees: each[0]: over records it has action and to, and no more." },
	{ "each_records_from",
		"actions[1] list_employees: each[0]: over records it has action and to, and no more." },
	{ "each_window_no_count",
		"actions[1] list_employees: each[0]: over windows it has from, to and count, and no more." },
	{ "each_over", "actions[1] list_employees: each[0]: unknown over 3." },
	{ "header_no_value", "actions[1] list_employees: headers[0]: value is missing." },
	{ "completion_no_fields", "actions[1] list_employees: completions[0]: fields is empty." },
	{ "normal", "auths[0] key: fields[1] region: unknown normal 3." },
	{ "recovery", "auths[0] key: unknown recovery 3." },
	{ "format", "actions[1] list_employees: parameters[0] email: unknown format 8." },
	{ "paging_flag", "actions[1] list_employees: paging[0]: unknown bit in flags 0x2." },
	{ "request_no_method", "actions[1] list_employees: request has no method: it is \"GET https://…\"." },
	{ "effect", "actions[1] list_employees: unknown effect 3." },
	{ "limit_zero", "limits[0]: count is missing." },
	{ "error_no_status", "errors[0]: status is missing." },
	{ "meaning", "errors[0]: unknown meaning 77." },
	{ "count_absurd", "actions has 4000000000 rows, at most 1024 are taken." },
	{ "rows_null", "actions has 2 rows at no address." },
	{ "rows_odd", "actions is not aligned." },
	{ "size_zero", "actions has rows of 0 bytes, between " },
	{ "size_absurd", "actions has rows of 8192 bytes, between " },
	{ "size_small", "actions has rows of 64 bytes, between " },
	{ "size_between", "actions is not aligned." },
	{ "size_older", "DONE" },
	{ "size_newer", "DONE" },
	{ "size_newer_used",
		"actions[1] list_employees: it uses members that are not known; it needs a muster with SDK 2.3.0" },
	{ "entry_abi", "It is made for ABI 5; this muster speaks ABI 0." },
	{ "entry_none", "The entry has 0 plugins, not one." },
	{ "entry_two", "The entry has 2 plugins, not one." },
	{ "entry_null", "The entry function returned nothing." },
};

enum { BROKEN = sizeof broken / sizeof broken[0] };

START_TEST(broken_table_is_refused)
{
	static const char refused[] = "FAILED plugin_refused: ";
	struct drive drive;
	const char *outcome;

	drive_start_ordered(&drive, "broken", broken[_i].order);
	outcome = drive_outcome(&drive, manifest_start());
	if (strncmp(outcome, refused, sizeof refused - 1) == 0)
		outcome += sizeof refused - 1;
	ck_assert_msg(strncmp(outcome, broken[_i].outcome, strlen(broken[_i].outcome)) == 0, "%s: %s",
		broken[_i].order, outcome);
	ck_assert_int_eq(jail_reap(drive.jail, &drive.error), 0);
	drive_end(&drive);
}
END_TEST

/* Every text that a plugin has, until the plugin says that there are no more. */
START_TEST(no_text_reaches_a_terminal_with_escapes)
{
	static const char message[] = " holds a control character.";

	for (unsigned i = 0; i < 100; i++) {
		struct drive drive;
		const char *outcome;
		char order[32];
		size_t length;
		(void)snprintf(order, sizeof order, "escape_%02u", i);
		drive_start_ordered(&drive, "broken", order);
		outcome = drive_outcome(&drive, manifest_start());
		length = strlen(outcome);
		if (strstr(outcome, "exit status 44")) {
			drive_end(&drive);
			ck_assert_uint_gt(i, 80);
			return;
		}
		ck_assert_msg(length > sizeof message &&
				      strcmp(outcome + length - sizeof message + 1, message) == 0,
			"%u: %s", i, outcome);
		drive_end(&drive);
	}
	ck_abort_msg("there was no end");
}
END_TEST

static const struct {
	const char *plugin;
	const char *outcome;
} files[] = {
	{ "no_entry",
		"FAILED plugin_refused: It has no entry symbol muster_plugin_0: is MUSTER_PLUGIN() there" },
	{ "two_entries",
		"FAILED plugin_refused: It has two entry symbols, muster_plugin_0 and muster_plugin_1." },
	{ "other_abi", "FAILED plugin_refused: It is made for ABI 7; this muster speaks ABI 0." },
	{ "needs_symbol",
		"FAILED plugin_refused: It can't be loaded: undefined symbol: muster_nobody_has_this." },
	{ "./config.h", "FAILED plugin_refused: It is no shared object (ELF)." },
	{ "./host/muster-runner", "FAILED plugin_refused: It can't be loaded: " },
	{ "growth_larger", "DONE" },
	{ "growth_smaller", "DONE" },
	{ "growth_used",
		"FAILED plugin_refused: actions[1] list_again: it uses members that are not known; it needs a muster with SDK 2.3.0 or later, this one has 0.1.0." },
};

enum { FILES = sizeof files / sizeof files[0] };

START_TEST(file_is_judged)
{
	struct drive drive;
	const char *outcome;

	drive_start(&drive, files[_i].plugin);
	outcome = drive_outcome(&drive, manifest_start());
	ck_assert_msg(strncmp(outcome, files[_i].outcome, strlen(files[_i].outcome)) == 0, "%s: %s",
		files[_i].plugin, outcome);
	drive_end(&drive);
}
END_TEST

/* A plugin links with libc alone: nothing else could be opened. */
START_TEST(needs_no_library)
{
	struct drive drive;
	const char *outcome;

	drive_start(&drive, "needs_library");
	outcome = drive_outcome(&drive, manifest_start());
	ck_assert_msg(strncmp(outcome, "FAILED plugin_refused: It can't be loaded: libm.so", 50) == 0, "%s",
		outcome);
	drive_end(&drive);
}
END_TEST

START_TEST(other_build_is_refused)
{
	struct drive drive;
	json_t *failure;

	drive_start(&drive, "mock");
	drive_put_take(&drive, WIRE_HELLO, json_pack("{s:s}", "build", "0.0.0-nobody"));
	json_decref(drive_expect(&drive, WIRE_HELLO));
	failure = drive_expect(&drive, WIRE_FAILED);
	ck_assert_str_eq(json_string_value(json_object_get(failure, "code")), "installation");
	json_decref(failure);
	drive_end(&drive);
}
END_TEST

START_TEST(unknown_mode_is_refused)
{
	struct drive drive;
	json_t *failure;

	drive_start(&drive, "mock");
	drive_put_take(&drive, WIRE_HELLO, json_pack("{s:s, s:b}", "build", wire_build, "allow_partial", 1));
	drive_put_take(&drive, WIRE_START, json_pack("{s:s}", "mode", "serve"));
	json_decref(drive_expect(&drive, WIRE_HELLO));
	failure = drive_expect(&drive, WIRE_FAILED);
	ck_assert_str_eq(json_string_value(json_object_get(failure, "message")), "There is no mode serve.");
	json_decref(failure);
	drive_end(&drive);
}
END_TEST

/* A host that goes away takes its runner with it, even before a word was said. */
START_TEST(runner_ends_with_its_host)
{
	struct drive drive;

	drive_start(&drive, "mock");
	ck_assert_int_eq(shutdown(jail_socket(drive.jail), SHUT_RDWR), 0);
	ck_assert_int_eq(jail_reap(drive.jail, &drive.error), -1);
	ck_assert_str_eq(drive.error.message, "The connector ended its runner (exit status 1).");
	drive_end(&drive);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("tables");
	TCase *tcase = tcase_create("tables");
	struct jail_offer offer;

	jail_probe(&offer);
	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, broken_table_is_refused, 0, BROKEN);
	tcase_add_test(tcase, no_text_reaches_a_terminal_with_escapes);
	tcase_add_loop_test(tcase, file_is_judged, 0, FILES);
	if (!offer.strength.relaxed)
		tcase_add_test(tcase, needs_no_library);
	tcase_add_test(tcase, other_build_is_refused);
	tcase_add_test(tcase, unknown_mode_is_refused);
	tcase_add_test(tcase, runner_ends_with_its_host);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
