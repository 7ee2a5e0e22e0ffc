/* validate and authenticate: what hooks may ask, what becomes of what they say. */
#include "config.h"

#include "check_main.h"
#include "runner/drive.h"

#include <stdio.h>
#include <string.h>

static json_t *validate_start(const char *company, const char *secret)
{
	return json_pack("{s:s, s:s, s:{s:s}, s:[s]}", "mode", "validate", "auth", "key", "fields", "company",
		company, "secrets", secret);
}

/* "field code message; …" of all problems, then the end. */
static const char *problems(json_t *start)
{
	static char text[8192];
	struct drive drive;
	struct wire_frame frame;
	size_t used = 0;
	bool ended = false;

	drive_start(&drive, "mock");
	drive_hello(&drive, start);
	while (!ended) {
		json_t *object = NULL;
		ck_assert_int_eq(drive_next(&frame, &drive), 1);
		ck_assert_int_eq(wire_get_json(&object, &frame, &drive.error), 0);
		ended = frame.type == WIRE_DONE || frame.type == WIRE_FAILED;
		if (frame.type == WIRE_PROBLEM)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s %s %s; ",
				json_string_value(json_object_get(object, "field")),
				json_string_value(json_object_get(object, "code")),
				json_string_value(json_object_get(object, "message")));
		else if (frame.type == WIRE_FAILED)
			used += (size_t)snprintf(text + used, sizeof text - used, "failed %s %s",
				json_string_value(json_object_get(object, "code")),
				json_string_value(json_object_get(object, "message")));
		else if (frame.type == WIRE_DONE)
			used += (size_t)snprintf(text + used, sizeof text - used, "done");
		json_decref(object);
	}
	drive_end(&drive);
	return text;
}

START_TEST(validate_tells_problems)
{
	ck_assert_str_eq(problems(validate_start("GOOD", "key")), "done");
	ck_assert_str_eq(problems(validate_start("ACME", "key")),
		"company example That is the example of the documentation.; done");
	ck_assert_str_eq(problems(validate_start("ACME", "other")),
		"key missing Enter the key.; company example That is the example of the documentation.; done");
}
END_TEST

START_TEST(validate_of_a_plugin_without_one)
{
	struct drive drive;
	const char *outcome;

	drive_start(&drive, "growth_larger");
	outcome = drive_outcome(&drive, json_pack("{s:s, s:s}", "mode", "validate", "auth", "none"));
	ck_assert_str_eq(outcome, "DONE");
	drive_end(&drive);
}
END_TEST

START_TEST(validate_that_misuses_its_services)
{
	ck_assert_str_eq(problems(validate_start("RETURN", "key")),
		"failed plugin_fault The connector's validate() returned 9.");
	ck_assert_str_eq(problems(validate_start("TOKEN", "key")),
		"failed plugin_fault The connector called token() outside of authenticate.");
	ck_assert_str_eq(problems(validate_start("BAD_ID", "key")),
		"failed plugin_fault The connector called problem() with a field or a code that is no id.");
	ck_assert_str_eq(problems(validate_start("NO_SENTENCE", "key")),
		"failed plugin_fault The connector called problem() without a field, a code or a sentence.");
	ck_assert_str_eq(problems(validate_start("ESCAPE", "key")),
		"company escape \xef\xbf\xbd[31mred\xef\xbf\xbd; done");
	ck_assert_ptr_nonnull(
		strstr(problems(validate_start("FLOOD", "key")), "called problem() more than 64 times."));
}
END_TEST

START_TEST(unknown_auth)
{
	ck_assert_str_eq(problems(json_pack("{s:s, s:s}", "mode", "validate", "auth", "nobody")),
		"failed internal The connector has no auth nobody.");
	ck_assert_str_eq(problems(json_pack("{s:s, s:s}", "mode", "authenticate", "auth", "key")),
		"failed internal The auth key has no authenticate().");
}
END_TEST

static void start_authenticate(struct drive *drive, const char *answer)
{
	drive_start(drive, "mock");
	drive_hello(
		drive, json_pack("{s:s, s:s, s:{s:s, s:s}, s:[s]}", "mode", "authenticate", "auth", "oauth",
			       "fields", "client_id", "me", "answer", answer, "secrets", "client_secret"));
	json_decref(drive_expect(drive, WIRE_HELLO));
}

static void expect_token(struct drive *drive, const char *form)
{
	json_t *token = drive_expect(drive, WIRE_TOKEN);
	char *text = json_dumps(json_object_get(token, "form"), JSON_COMPACT);

	ck_assert_str_eq(text, form);
	free(text);
	json_decref(token);
}

START_TEST(authenticate_asks_for_tokens)
{
	struct drive drive;

	start_authenticate(&drive, "");
	expect_token(&drive, "{\"audience\":\"first\"}");
	drive_put_take(&drive, WIRE_GRANTED, json_object());
	expect_token(&drive, "{\"audience\":\"second\",\"step\":\"2\"}");
	drive_put_take(&drive, WIRE_GRANTED, json_object());
	json_decref(drive_expect(&drive, WIRE_DONE));
	drive_end(&drive);
}
END_TEST

START_TEST(authenticate_that_is_denied_tells_why)
{
	struct drive drive;
	json_t *problem;

	start_authenticate(&drive, "");
	expect_token(&drive, "{\"audience\":\"first\"}");
	drive_put_take(&drive, WIRE_DENIED, json_object());
	problem = drive_expect(&drive, WIRE_PROBLEM);
	ck_assert_str_eq(json_string_value(json_object_get(problem, "code")), "unknown_client");
	json_decref(problem);
	json_decref(drive_expect(&drive, WIRE_DONE));
	drive_end(&drive);
}
END_TEST

static void expect_failure(struct drive *drive, const char *message)
{
	json_t *failure = drive_expect(drive, WIRE_FAILED);

	ck_assert_str_eq(json_string_value(json_object_get(failure, "code")), "plugin_fault");
	ck_assert_str_eq(json_string_value(json_object_get(failure, "message")), message);
	json_decref(failure);
}

START_TEST(authenticate_that_goes_wrong)
{
	struct drive drive;

	start_authenticate(&drive, "fail");
	expect_failure(&drive, "The connector's authenticate() returned 5.");
	drive_end(&drive);
	start_authenticate(&drive, "misuse");
	expect_failure(&drive, "The connector called record() outside of run.");
	drive_end(&drive);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("hooks");
	TCase *tcase = tcase_create("hooks");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, validate_tells_problems);
	tcase_add_test(tcase, validate_of_a_plugin_without_one);
	tcase_add_test(tcase, validate_that_misuses_its_services);
	tcase_add_test(tcase, unknown_auth);
	tcase_add_test(tcase, authenticate_asks_for_tokens);
	tcase_add_test(tcase, authenticate_that_is_denied_tells_why);
	tcase_add_test(tcase, authenticate_that_goes_wrong);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
