#include "config.h"

#include "check_main.h"
#include "sandbox/body.h"
#include "sandbox/culture_amp_data.h"
#include "sandbox/uuid.h"

#include <jansson.h>
#include <string.h>

START_TEST(uuids_lead_back_to_their_number)
{
	static const uint64_t numbers[] = { 0, 1, 2, 1000000, 99999999, UINT64_C(1) << 40, UINT64_MAX };
	char id[UUID_LENGTH + 1] = "";
	uint64_t number;

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		uuid_write(id, 1, numbers[i]);
		ck_assert_uint_eq(strlen(id), UUID_LENGTH);
		ck_assert(id[14] == '4' && strchr("89ab", id[19]));
		ck_assert_int_eq(uuid_read(&number, 1, id), 0);
		ck_assert_uint_eq(number, numbers[i]);
		ck_assert_int_eq(uuid_read(&number, 2, id), -1); /* another kind of record */
	}
	ck_assert_int_eq(uuid_read(&number, 1, "00000000-0000-4000-8000-000000000000"), -1);
	ck_assert_int_eq(uuid_read(&number, 1, ""), -1);
	ck_assert_int_eq(uuid_read(&number, 1, "96b1cff7-3099-44a9-bd28-0292be8aff7f"), -1);
	id[0] = 'G';
	ck_assert_int_eq(uuid_read(&number, 1, id), -1);
}
END_TEST

/* Every shape is JSON, as long as it says, and has the id that leads back to it. */
static void check_records(const struct culture_amp_data *data, const struct records *records,
	enum culture_amp_space space, const char *key)
{
	char *text = malloc(records->longest);

	ck_assert_ptr_nonnull(text);
	for (uint64_t i = 0; i < records->count && i < 2 * records->shape_count; i++) {
		size_t length = records_write(text, records, i);
		json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
		const char *id = json_string_value(json_object_get(value, key));
		uint64_t index;

		ck_assert_uint_eq(length, records_shape(records, i)->length);
		ck_assert_ptr_nonnull(value);
		ck_assert_int_eq(culture_amp_index(&index, data, space, id), 0);
		ck_assert_uint_eq(index, i);
		json_decref(value);
	}
	free(text);
}

START_TEST(every_shape_is_a_record)
{
	struct culture_amp_data data;

	ck_assert_int_eq(culture_amp_data_make(&data, 3000, 8), 0);
	check_records(&data, &data.employees, SPACE_EMPLOYEE, "id");
	check_records(&data, &data.cycles, SPACE_CYCLE, "id");
	check_records(&data, &data.reviews, SPACE_REVIEW, "managerReviewId");
	culture_amp_data_clear(&data);
}
END_TEST

START_TEST(an_empty_company_has_nobody)
{
	struct culture_amp_data data;
	struct selection all;
	uint64_t count;
	uint64_t bytes;
	uint64_t index;
	char id[UUID_LENGTH + 1] = "";

	ck_assert_int_eq(culture_amp_data_make(&data, 0, 0), 0);
	all = selection_all(&data.employees);
	selection_cut(&count, &bytes, &all, 1000);
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(bytes, 0);
	uuid_write(id, SPACE_EMPLOYEE, 0);
	ck_assert_int_eq(culture_amp_index(&index, &data, SPACE_EMPLOYEE, id), -1);
	culture_amp_data_clear(&data);
}
END_TEST

static void make_body(struct body *body, const struct records *records)
{
	struct selection rest = selection_all(records);

	body_init(body);
	body->records = rest;
	selection_cut(&body->record_count, &body->record_bytes, &rest, 3000);
	ck_assert_int_eq(buffer_append_text(&body->head, "{\"data\":["), 0);
	ck_assert_int_eq(buffer_append_text(&body->tail, "]}"), 0);
}

static size_t read_all(char *out, size_t size, struct body *body, size_t step)
{
	size_t length = 0;
	ssize_t part;

	do {
		ck_assert_uint_le(length + step, size);
		part = body_read(out + length, step, body);
		ck_assert_int_ge(part, 0);
		ck_assert_uint_le((size_t)part, step);
		length += (size_t)part;
	} while (part);
	return length;
}

START_TEST(a_body_is_the_same_in_any_pieces)
{
	static char whole[8192];
	static char pieces[8192];
	struct culture_amp_data data;
	struct body body;
	size_t length;

	ck_assert_int_eq(culture_amp_data_make(&data, 100, 2), 0);
	make_body(&body, &data.employees);
	ck_assert_uint_gt(body.record_count, 3);
	length = read_all(whole, sizeof whole, &body, 4096);
	ck_assert_uint_eq(length, body_length(&body));
	body_clear(&body);
	for (size_t step = 1; step < 1200; step += 7) {
		make_body(&body, &data.employees);
		ck_assert_uint_eq(read_all(pieces, sizeof pieces, &body, step), length);
		ck_assert_mem_eq(pieces, whole, length);
		body_clear(&body);
	}
	culture_amp_data_clear(&data);
}
END_TEST

START_TEST(a_first_record_that_is_taken_is_still_there_once)
{
	static char whole[8192];
	static char taken[8192];
	struct culture_amp_data data;
	struct body body;
	size_t start;
	size_t first;
	size_t length;

	ck_assert_int_eq(culture_amp_data_make(&data, 100, 2), 0);
	make_body(&body, &data.employees);
	length = read_all(whole, sizeof whole, &body, 4096);
	body_clear(&body);
	make_body(&body, &data.employees);
	ck_assert_int_eq(body_take_first(&start, &first, &body), 0);
	ck_assert_mem_eq(body.head.data + start, whole + start, first);
	ck_assert_uint_eq(body_length(&body), length);
	ck_assert_uint_eq(read_all(taken, sizeof taken, &body, 4096), length);
	ck_assert_mem_eq(taken, whole, length);
	body_clear(&body);
	culture_amp_data_clear(&data);
}
END_TEST

START_TEST(a_body_is_spoilt_where_it_should_be)
{
	char out[64];
	struct body body;

	body_init(&body);
	ck_assert_int_eq(buffer_append_text(&body.head, "0123456789"), 0);
	body.corrupt_at = 3;
	ck_assert_int_eq(body_read(out, 2, &body), 2);
	ck_assert_int_eq(body_read(out + 2, 30, &body), 8);
	ck_assert_mem_eq(out, "012\001456789", 10);
	body_clear(&body);

	body_init(&body);
	ck_assert_int_eq(buffer_append_text(&body.head, "0123456789"), 0);
	body.cut_at = 4;
	ck_assert_int_eq(body_read(out, sizeof out, &body), 4);
	ck_assert_int_eq(body_read(out, sizeof out, &body), -1);
	body_clear(&body);

	body_init(&body);
	body.fill = ' ';
	body.fill_count = BODY_NONE;
	ck_assert_uint_eq(body_length(&body), BODY_NONE);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(body_read(out, sizeof out, &body), sizeof out);
	body.drip_ms = 1;
	ck_assert_int_eq(body_read(out, sizeof out, &body), 1);
	body_clear(&body);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("records");
	TCase *tcase = tcase_create("records");

	tcase_add_test(tcase, uuids_lead_back_to_their_number);
	tcase_add_test(tcase, every_shape_is_a_record);
	tcase_add_test(tcase, an_empty_company_has_nobody);
	tcase_add_test(tcase, a_body_is_the_same_in_any_pieces);
	tcase_add_test(tcase, a_first_record_that_is_taken_is_still_there_once);
	tcase_add_test(tcase, a_body_is_spoilt_where_it_should_be);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
