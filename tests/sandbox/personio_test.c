#include "config.h"

#include "check_main.h"
#include "sandbox/culture_amp_data.h"
#include "sandbox/encode.h"
#include "sandbox/moment.h"
#include "sandbox/personio_auth.h"
#include "sandbox/personio_page.h"

#include <stdio.h>
#include <string.h>

#define EMPLOYEES 2100 /* more than there are different people */

static const struct personio_view view = { .employees = EMPLOYEES, .from = 20500, .to = 20530 };

/* ---- Records --------------------------------------------------------------------------- */

/* Records of these have their place as id, and so lead back to it. */
static const struct personio_kind *const found_by_id[] = { &personio_persons, &personio_employments,
	&personio_documents, &personio_compensations, &personio_compensation_types, &personio_absence_periods,
	&personio_absence_types, &personio_attendance_periods, &personio_projects, &personio_org_units,
	&personio_legal_entities, &personio_cost_centers, &personio_workplaces, &personio_reports,
	&personio_applications, &personio_candidates, &personio_jobs, &personio_categories };

#define FOUND_BY_ID (sizeof found_by_id / sizeof found_by_id[0])

START_TEST(every_record_leads_back_to_its_place)
{
	const struct personio_kind *kind = found_by_id[_i];
	uint64_t made = 0;

	for (uint64_t place = 0; place < personio_count(kind, &view); place++) {
		json_t *record = NULL;
		uint64_t found;
		int result = kind->make(&record, &view, place);

		ck_assert_int_ge(result, 0);
		if (!result)
			continue;
		made++;
		ck_assert_int_eq(
			personio_find(&found, kind, &view, json_string_value(json_object_get(record, "id"))),
			0);
		ck_assert_uint_eq(found, place);
		json_decref(record);
	}
	ck_assert_uint_gt(made, 0);
}
END_TEST

START_TEST(what_is_no_id_finds_nothing)
{
	static const char *const texts[] = { "", "0", "3000", "5101", "03001", "+3001", "-1", "3001x",
		"18446744073709551616", "a909ec33-423a-4f03-8def-eecedf319d3b" };
	uint64_t place;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		ck_assert_msg(personio_find(&place, &personio_persons, &view, texts[i]) < 0, "%s", texts[i]);
	ck_assert_int_eq(personio_find(&place, &personio_persons, &view, "5100"), 0);
	ck_assert_uint_eq(place, EMPLOYEES - 1);
	ck_assert_int_lt(
		personio_find(&place, &personio_employments, &view, personio_id(&personio_documents, 0).text),
		0);
}
END_TEST

START_TEST(persons_are_those_of_the_other_providers)
{
	struct culture_amp_data data;
	char *text;
	size_t with_email = 0;

	ck_assert_int_eq(culture_amp_data_make(&data, EMPLOYEES, 1), 0);
	text = malloc(data.employees.longest);
	ck_assert_ptr_nonnull(text);
	for (uint64_t i = 0; i < EMPLOYEES; i++) {
		json_t *other = json_loadb(text, records_write(text, &data.employees, i), 0, NULL);
		json_t *person = NULL;
		const char *email = json_string_value(json_object_get(other, "email"));
		char name[256];

		ck_assert_int_eq(personio_persons.make(&person, &view, i), 1);
		(void)snprintf(name, sizeof name, "%s %s",
			json_string_value(json_object_get(person, "first_name")),
			json_string_value(json_object_get(person, "last_name")));
		ck_assert_str_eq(name, json_string_value(json_object_get(other, "name")));
		if (email) {
			ck_assert_str_eq(email, json_string_value(json_object_get(person, "email")));
			with_email++;
		}
		json_decref(person);
		json_decref(other);
	}
	ck_assert_uint_gt(with_email, EMPLOYEES / 2);
	free(text);
	culture_amp_data_clear(&data);
}
END_TEST

START_TEST(the_days_of_an_absence_are_within_it)
{
	for (uint64_t place = 0; place < personio_count(&personio_absence_breakdowns, &view); place++) {
		uint64_t parent =
			place / personio_width(&personio_absence_breakdowns, &personio_absence_periods);
		json_t *day = NULL;
		json_t *absence = NULL;
		const char *date;
		const char *end;

		if (personio_absence_breakdowns.make(&day, &view, place) == 0)
			continue;
		date = json_string_value(json_object_get(day, "date"));
		ck_assert_int_eq(personio_absence_periods.make(&absence, &view, parent), 1);
		ck_assert_int_ge(strncmp(date,
					 json_string_value(json_object_get(
						 json_object_get(absence, "starts_from"), "date_time")),
					 10),
			0);
		end = json_string_value(json_object_get(json_object_get(absence, "ends_at"), "date_time"));
		if (end) {
			ck_assert_int_le(strncmp(date, end, 10), 0);
			ck_assert(strncmp(date, end, 10) < 0 || strcmp(end + 10, "T00:00:00") != 0);
		}
		json_decref(day);
		json_decref(absence);
	}
}
END_TEST

/* ---- Pages ----------------------------------------------------------------------------- */

static const struct personio_endpoint *endpoint_of(const char *path)
{
	char id[PERSONIO_ID_SIZE];

	return personio_route(id, path);
}

/* Opens a page of the list at the path of this target. */
static int open_page(struct personio_page *page, struct answer *answer, const char *target, uint64_t owner)
{
	static char path[4096];
	struct request request = { .path = path, .target = target };

	(void)snprintf(path, sizeof path, "%.*s", (int)strcspn(target, "?"), target);
	answer_init(answer);
	return personio_page_open(page, answer, &request, endpoint_of(path), &view, owner);
}

static void check_refused(const char *target)
{
	struct personio_page page;
	struct answer answer;

	ck_assert_msg(open_page(&page, &answer, target, 0) == 0, "%s", target);
	ck_assert_uint_eq(answer.status, 400);
	personio_page_clear(&page);
	answer_clear(&answer);
}

static size_t take(struct personio_page *page, size_t most)
{
	size_t count = 0;
	json_t *record;

	while (count < most && personio_page_next(&record, page) == 1) {
		json_decref(record);
		count++;
	}
	return count;
}

static size_t count_all(const char *target, uint64_t owner)
{
	struct personio_page page;
	struct answer answer;
	size_t count;

	ck_assert_msg(open_page(&page, &answer, target, owner) == 1, "%s", target);
	count = take(&page, SIZE_MAX);
	personio_page_clear(&page);
	answer_clear(&answer);
	return count;
}

START_TEST(a_cursor_goes_on_with_the_same_filters)
{
	static const char first[] = "/v2/persons?status=INACTIVE&limit=7";
	struct personio_page page;
	struct answer answer;
	struct buffer next = BUFFER_INIT(4096);
	size_t count = 0;
	size_t all = count_all(first, 0);
	uint64_t number = 0;

	ck_assert_uint_gt(all, 21);
	ck_assert_int_eq(buffer_append_text(&next, first), 0);
	do {
		size_t taken;

		ck_assert_int_eq(open_page(&page, &answer, buffer_text(&next), 0), 1);
		ck_assert_uint_eq(page.number, ++number);
		ck_assert_uint_eq(page.limit, 7);
		taken = take(&page, page.limit);
		count += taken;
		buffer_clear(&next);
		ck_assert_int_eq(buffer_append_text(&next, "/v2/persons?cursor="), 0);
		ck_assert_int_eq(personio_page_cursor(&next, &page, "/v2/persons"), 0);
		personio_page_clear(&page);
		answer_clear(&answer);
		if (taken < 7)
			break;
	} while (number < 1000);
	ck_assert_uint_eq(count, all);
	buffer_clear(&next);
}
END_TEST

START_TEST(a_cursor_that_is_none_is_refused)
{
	static const char *const texts[] = { "{}", "[]", "x",
		"{\"path\":\"/v2/persons\",\"next\":-1,\"page\":2,\"query\":\"\"}",
		"{\"path\":\"/v2/persons\",\"next\":0,\"page\":1,\"query\":\"\"}",
		"{\"path\":\"/v2/projects\",\"next\":0,\"page\":2,\"query\":\"\"}",
		"{\"path\":\"/v2/persons\",\"next\":\"0\",\"page\":2,\"query\":\"\"}" };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct buffer target = BUFFER_INIT(4096);

		ck_assert_int_eq(buffer_append_text(&target, "/v2/persons?cursor=cur_"), 0);
		ck_assert_int_eq(encode_base64url(&target, texts[i], strlen(texts[i])), 0);
		check_refused(buffer_text(&target));
		buffer_clear(&target);
	}
	check_refused("/v2/persons?cursor=");
	check_refused("/v2/persons?cursor=cur_");
}
END_TEST

START_TEST(ids_narrow_what_is_looked_at)
{
	struct personio_page page;
	struct answer answer;

	ck_assert_int_eq(
		open_page(&page, &answer, "/v2/absence-periods?person.id=3101,3103&person.id=3102", 0), 1);
	ck_assert_uint_eq(
		page.end - page.next, 3 * personio_width(&personio_absence_periods, &personio_persons));
	personio_page_clear(&page);
	answer_clear(&answer);
	ck_assert_uint_eq(count_all("/v2/persons?id=3001,5100,9999", 0), 2);
	ck_assert_uint_eq(count_all("/v2/persons?id=9999", 0), 0);
	ck_assert_uint_eq(count_all("/v2/persons?id=", 0), 0);
	ck_assert_uint_eq(count_all("/v2/persons/*/employments?limit=50", 13), 12);
	ck_assert_uint_eq(count_all("/v2/persons", 0), EMPLOYEES);
}
END_TEST

START_TEST(what_can_not_be_meant_is_refused)
{
	static const char *const targets[] = { "/v2/persons?limit=51",
		"/v2/persons?limit=", "/v2/persons?limit=1e1", "/v2/persons?status=ACTIVE,GONE",
		"/v2/persons?status=", "/v2/persons?updated_at.gt=yesterday",
		"/v2/persons?updated_at.gt=2026-01-01T00:00:00", "/v2/persons?updated_at.gt=2026-01-01",
		"/v2/persons?updated_at.gt=2026-01-01T00:00:00Z,2026-01-02T00:00:00Z",
		"/v2/attendance-periods?updated_at.gte=2026-01-01T00:00:00Z",
		"/v2/attendance-periods?attribution_date.gte=2026-01-01T00:00:00",
		"/v2/document-management/documents", "/v2/org-units",
		"/v2/projects?includes=", "/v2/persons?x=\xFF", "/v2/reports?cursor=cur_x&locale=de" };

	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
		check_refused(targets[i]);
}
END_TEST

START_TEST(what_is_malformed_is_not_there)
{
	ck_assert_uint_eq(count_all("/v2/persons?id=%zz", 0), EMPLOYEES);
	ck_assert_uint_eq(count_all("/v2/persons?&&=&id", 0), 0); /* an empty id */
	ck_assert_uint_eq(count_all("/v2/persons?first_name=%00", 0), EMPLOYEES);
}
END_TEST

static void check_month(const char *query, const char *from, const char *to)
{
	struct personio_page page;
	struct answer answer;
	char target[128];

	(void)snprintf(target, sizeof target, "/v2/compensations%s", query);
	if (!from) {
		check_refused(target);
		return;
	}
	ck_assert_msg(open_page(&page, &answer, target, 0) == 1, "%s", query);
	ck_assert_str_eq(personio_day(page.view.from).text, from);
	ck_assert_str_eq(personio_day(page.view.to).text, to);
	personio_page_clear(&page);
	answer_clear(&answer);
}

START_TEST(pay_is_asked_for_by_the_month)
{
	check_month("?start_date=2026-03-10&end_date=2026-04-10", "2026-03-10", "2026-04-10");
	check_month("?start_date=2026-03-10&end_date=2026-04-11", NULL, NULL);
	check_month("?start_date=2026-03-10&end_date=2026-03-09", NULL, NULL);
	check_month("?start_date=2024-01-31&end_date=2024-02-29", "2024-01-31", "2024-02-29");
	check_month("?start_date=2024-01-31&end_date=2024-03-01", NULL, NULL);
	check_month("?start_date=2026-12-31&end_date=2027-01-31", "2026-12-31", "2027-01-31");
	check_month("?start_date=2026-02-14", "2026-02-01", "2026-02-28");
	check_month("?end_date=2024-02-14", "2024-02-01", "2024-02-29");
	check_month("", "2026-02-01", "2026-02-28"); /* that of the view's day */
	check_month("?start_date=2026-02-30", NULL, NULL);
	check_month("?end_date=14.02.2026", NULL, NULL);
}
END_TEST

/* ---- Endpoints and rights -------------------------------------------------------------- */

START_TEST(every_endpoint_is_reached)
{
	for (size_t i = 0; i < personio_endpoint_count; i++) {
		const struct personio_endpoint *endpoint = &personio_endpoints[i];
		const struct personio_filter *filter = endpoint->filters;
		size_t count = 0;

		ck_assert_ptr_eq(endpoint_of(endpoint->path), endpoint);
		ck_assert(!endpoint->records || personio_auth_knows(endpoint->right));
		ck_assert_uint_le(endpoint->limit_default, endpoint->limit_max);
		for (; filter && filter->name; filter++, count++) {
			ck_assert(filter->match == MATCH_NOTHING || filter->path);
			ck_assert(filter->match != MATCH_CHOICE || filter->choices);
			ck_assert(!filter->narrows || personio_width(endpoint->records, filter->narrows));
		}
		ck_assert_uint_le(count, PERSONIO_CONDITIONS);
	}
	ck_assert_ptr_null(endpoint_of("/v2/persons/"));
	ck_assert_ptr_null(endpoint_of("/v2/persons/1/2"));
	ck_assert_ptr_null(endpoint_of("/v2"));
	ck_assert_ptr_null(endpoint_of(""));
	ck_assert(!personio_auth_knows("employees-read") && !personio_auth_knows(""));
}
END_TEST

/* ---- Moments --------------------------------------------------------------------------- */

START_TEST(moments_are_read_as_they_are_written)
{
	static const struct {
		const char *text;
		enum moment_form form;
		int result;
		int64_t moment;
	} rows[] = {
		{ "1970-01-02T00:00:01Z", MOMENT_WITH_ZONE, 0, 86401 },
		{ "1970-01-01T01:00:00+01:00", MOMENT_WITH_ZONE, 0, 0 },
		{ "1969-12-31T23:30:00.25-00:30", MOMENT_WITH_ZONE, 0, 0 },
		{ "1970-01-02T00:00:01", MOMENT_WITHOUT_ZONE, 0, 86401 },
		{ "1970-01-02T00:00:01.999", MOMENT_WITHOUT_ZONE, 0, 86401 },
		{ "1970-01-02T00:00:01", MOMENT_WITH_ZONE, -1, 0 },
		{ "1970-01-02T00:00:01Z", MOMENT_WITHOUT_ZONE, -1, 0 },
		{ "1970-01-02T24:00:00Z", MOMENT_WITH_ZONE, -1, 0 },
		{ "1970-02-30T00:00:00Z", MOMENT_WITH_ZONE, -1, 0 },
		{ "1970-01-02T00:00:01.Z", MOMENT_WITH_ZONE, -1, 0 },
		{ "1970-01-02T00:00:01+0100", MOMENT_WITH_ZONE, -1, 0 },
		{ "1970-01-02T00:00:01+24:00", MOMENT_WITH_ZONE, -1, 0 },
		{ "1970-01-02 00:00:01Z", MOMENT_WITH_ZONE, -1, 0 },
		{ "1970-01-02", MOMENT_WITH_ZONE, -1, 0 },
		{ "", MOMENT_WITHOUT_ZONE, -1, 0 },
	};
	int64_t moment;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ck_assert_msg(moment_read(&moment, rows[i].text, rows[i].form) == rows[i].result, "%s",
			rows[i].text);
		if (rows[i].result == 0)
			ck_assert_int_eq(moment, rows[i].moment);
	}
	ck_assert_int_eq(moment_read_date(&moment, "2024-02-29"), 0);
	ck_assert_int_eq(moment, 19782);
	ck_assert_int_lt(moment_read_date(&moment, "2023-02-29"), 0);
	ck_assert_int_lt(moment_read_date(&moment, "2024-02-29T00:00:00"), 0);
	ck_assert_int_lt(moment_read_date(&moment, "24-02-29"), 0);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("personio");
	TCase *tcase = tcase_create("personio");

	tcase_set_timeout(tcase, 300); /* a machine may be busy, and a sanitizer slow */
	tcase_add_loop_test(tcase, every_record_leads_back_to_its_place, 0, FOUND_BY_ID);
	tcase_add_test(tcase, what_is_no_id_finds_nothing);
	tcase_add_test(tcase, persons_are_those_of_the_other_providers);
	tcase_add_test(tcase, the_days_of_an_absence_are_within_it);
	tcase_add_test(tcase, a_cursor_goes_on_with_the_same_filters);
	tcase_add_test(tcase, a_cursor_that_is_none_is_refused);
	tcase_add_test(tcase, ids_narrow_what_is_looked_at);
	tcase_add_test(tcase, what_can_not_be_meant_is_refused);
	tcase_add_test(tcase, what_is_malformed_is_not_there);
	tcase_add_test(tcase, pay_is_asked_for_by_the_month);
	tcase_add_test(tcase, every_endpoint_is_reached);
	tcase_add_test(tcase, moments_are_read_as_they_are_written);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
