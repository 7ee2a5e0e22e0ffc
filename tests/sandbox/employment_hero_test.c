#include "config.h"

#include "check_main.h"
#include "sandbox/employment_hero_data.h"
#include "sandbox/employment_hero_text.h"

#include <jansson.h>
#include <string.h>

static const struct hero_world world = { .organisations = 6, .employees = 60 };

static json_t *read_record(const struct hero_place *place, bool detail)
{
	struct buffer text = BUFFER_INIT(1 << 20);
	json_error_t error;
	json_t *record;

	ck_assert_int_eq(hero_write(&text, place, detail), 0);
	record = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(record != NULL, "%s: %.*s", error.text, (int)text.length, text.data);
	buffer_clear(&text);
	return record;
}

static void check_record(const struct hero_place *place)
{
	const char *id;
	struct hero_place found;
	char expected[HERO_ID_SIZE];
	json_t *record = read_record(place, true);

	json_decref(read_record(place, false));
	id = json_string_value(json_object_get(record, "id"));
	if (id && place->set != HERO_CONTRACTOR_UNAVAILABILITIES &&
		place->set != HERO_EMPLOYEE_CUSTOM_FIELDS) {
		ck_assert_int_eq(hero_find(&found, &world, place->set, id), 0);
		ck_assert_uint_eq(found.organisation, place->organisation);
		ck_assert_uint_eq(found.number, place->number);
		hero_id(expected, &found, place->set, found.number);
		ck_assert_str_eq(id, expected);
	}
	json_decref(record);
}

/* Every kind of record, of every organisation, hence of every region. */
START_TEST(every_record_is_json_and_is_found_by_its_id)
{
	for (int set = 0; set < HERO_SETS; set++) {
		bool crew = hero_owner((enum hero_set)set) == HERO_OF_EMPLOYEE;
		uint64_t seen = 0;

		for (uint64_t organisation = 0; organisation < world.organisations; organisation++) {
			struct hero_place owner = {
				.world = &world, .set = (enum hero_set)set, .organisation = organisation
			};

			for (uint64_t i = 0; i < hero_count(&owner, crew); i++) {
				struct hero_place place;

				hero_at(&place, &owner, crew, i);
				if (!hero_exists(&place))
					continue;
				check_record(&place);
				seen++;
			}
		}
		ck_assert_msg(seen > 0, "set %d is empty", set);
	}
}
END_TEST

static struct hero_place employee(uint64_t organisation, uint64_t number)
{
	struct hero_place owner = { .world = &world, .set = HERO_EMPLOYEES, .organisation = organisation };
	struct hero_place place;

	hero_at(&place, &owner, false, number);
	return place;
}

START_TEST(the_people_are_those_of_the_other_providers)
{
	struct hero_place place = employee(0, 7);
	json_t *record = read_record(&place, false);
	struct person person;

	people_get(&person, 7);
	ck_assert_str_eq(json_string_value(json_object_get(record, "first_name")), person.given);
	ck_assert_str_eq(json_string_value(json_object_get(record, "last_name")), person.family);
	json_decref(record);
}
END_TEST

START_TEST(what_is_of_another_region_is_absent)
{
	struct hero_place here = employee(0, 0);
	struct hero_place there = employee(0, 6);
	struct hero_place british = employee(2, 0);
	json_t *records[] = { read_record(&here, false), read_record(&there, false),
		read_record(&british, false) };

	ck_assert_ptr_nonnull(json_object_get(records[0], "aboriginal_torres_strait_islander"));
	ck_assert_ptr_null(json_object_get(records[1], "aboriginal_torres_strait_islander"));
	ck_assert_ptr_null(json_object_get(records[0], "uk_tax_and_national_insurance"));
	ck_assert_ptr_nonnull(json_object_get(records[2], "uk_tax_and_national_insurance"));
	ck_assert_str_eq(json_string_value(json_object_get(records[1], "country")), "NZ");
	for (size_t i = 0; i < 3; i++)
		json_decref(records[i]);
}
END_TEST

START_TEST(ids_lead_nowhere_else)
{
	struct hero_place place = employee(1, 3);
	struct hero_place found;
	const struct hero_world smaller = { .organisations = 1, .employees = 60 };
	const struct hero_world fewer = { .organisations = 6, .employees = 3 };
	char id[HERO_ID_SIZE];

	hero_id(id, &place, HERO_EMPLOYEES, 0);
	ck_assert_int_eq(hero_find(&found, &world, HERO_EMPLOYEES, id), 0);
	ck_assert_int_eq(hero_find(&found, &world, HERO_TEAMS, id), -1);
	ck_assert_int_eq(hero_find(&found, &smaller, HERO_EMPLOYEES, id), -1);
	ck_assert_int_eq(hero_find(&found, &fewer, HERO_EMPLOYEES, id), -1);
	ck_assert_int_eq(hero_find(&found, &world, HERO_EMPLOYEES, "12345"), -1);
	ck_assert_int_eq(hero_find(&found, &world, HERO_EMPLOYEES, ""), -1);
	hero_id(id, &place, HERO_TEAMS, HERO_TEAM_COUNT);
	ck_assert_int_eq(hero_find(&found, &world, HERO_TEAMS, id), -1);
	hero_id(id, &place, HERO_UNAVAILABILITIES, 0); /* this one has none */
	ck_assert_int_eq(hero_find(&found, &world, HERO_UNAVAILABILITIES, id), -1);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("employment hero");
	TCase *records = tcase_create("records");

	tcase_set_timeout(records, 300);
	tcase_add_test(records, every_record_is_json_and_is_found_by_its_id);
	tcase_add_test(records, the_people_are_those_of_the_other_providers);
	tcase_add_test(records, what_is_of_another_region_is_absent);
	tcase_add_test(records, ids_lead_nowhere_else);
	suite_add_tcase(suite, records);
	return suite;
}

CHECK_MAIN(make_suite)
