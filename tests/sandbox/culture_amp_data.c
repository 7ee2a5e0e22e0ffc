#include "config.h"

#include "sandbox/culture_amp_data.h"

#include "base/text.h"
#include "sandbox/encode.h"
#include "sandbox/people.h"
#include "sandbox/uuid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPE_LIMIT 16384
#define REVIEW_SHAPES 251 /* a prime: every cycle meets every shape */
#define REPORTS 8         /* employees of one manager */
#define DAY INT64_C(86400)

/* Marks of holes, as records_add_shape() wants them. */
#define DIGITS \
	"\1" \
	"0"
#define EMPLOYEE \
	"\1" \
	"1"
#define MANAGER \
	"\1" \
	"2"
#define CYCLE \
	"\1" \
	"3"
#define REVIEW \
	"\1" \
	"4"
#define RATING \
	"\1" \
	"5"

static uint64_t own_number(uint32_t *space, const struct records *records, uint32_t kind, uint64_t index)
{
	(void)space;
	(void)records;
	(void)kind;
	return index;
}

static uint64_t review_number(uint32_t *space, const struct records *records, uint32_t kind, uint64_t index)
{
	switch (kind) {
	case SPACE_EMPLOYEE:
		return index / records->per;
	case SPACE_MANAGER:
		*space = SPACE_EMPLOYEE;
		return index / records->per / REPORTS;
	case SPACE_CYCLE:
		return index % records->per;
	default:
		return index;
	}
}

/* Appends JSON that is written with ' in the place of ", for the sake of those who read it here. The puts
 * return 0 or not, so that what several of them say can be or-ed, one after the other. */
static int put(struct buffer *out, const char *json)
{
	for (; *json; json++) {
		if (buffer_append_char(out, *json == '\'' ? '"' : *json) < 0)
			return -1;
	}
	return 0;
}

/* ,"key":" before a text. */
static int put_key(struct buffer *out, const char *key)
{
	return buffer_format(out, ",\"%s\":\"", key);
}

static int put_text(struct buffer *out, const char *key, const char *text, bool ascii)
{
	return put_key(out, key) || encode_json(out, text, ascii) || put(out, "'") ? -1 : 0;
}

static int put_date(struct buffer *out, const char *key, int64_t days)
{
	return put_key(out, key) || people_date(out, days) || put(out, "'") ? -1 : 0;
}

static int put_time(struct buffer *out, const char *key, int64_t seconds, const char *zone)
{
	return put_key(out, key) || people_time(out, seconds, zone) || put(out, "'") ? -1 : 0;
}

/* Takes the rendered text as the next shape, unless rendering it failed. */
static int add_shape(struct records *records, size_t capacity, struct buffer *text, int failed,
	int64_t processed, int word)
{
	int result = failed ? -1 : records_add_shape(records, capacity, text, processed, word);

	buffer_clear(text);
	return result;
}

/* ---- Employees ------------------------------------------------------------------------- */

static bool has_identifier(uint64_t shape)
{
	return people_dice(shape, 10) % 16 != 0;
}

static bool has_email(uint64_t shape)
{
	return people_dice(shape, 11) % 16 != 0;
}

static int put_names(struct buffer *out, uint64_t shape)
{
	struct person person;
	char name[256];
	bool ascii = people_dice(shape, 12) % 4 == 0; /* some servers escape all that is not ASCII */
	int failed = 0;

	people_get(&person, shape);
	(void)snprintf(name, sizeof name, "%s %s", person.given, person.family);
	if (has_email(shape))
		failed |= put_key(out, "email") || put(out, person.latin) ||
			  put(out, "." DIGITS "@piedpiper.example'");
	failed |= put_text(out, "name", name, ascii);
	if (person.preferred)
		failed |= put_text(out, "preferredName", person.preferred, ascii);
	return failed;
}

static int put_dates(struct buffer *out, uint64_t shape)
{
	struct person person;
	int failed = 0;

	people_get(&person, shape);
	if (people_dice(shape, 15) % 8)
		failed |= put_date(out, "birthDate", person.birth);
	if (people_dice(shape, 16) % 12)
		failed |= put_date(out, "startDate", person.start);
	if (person.end)
		failed |= put_date(out, "endDate", person.end);
	return failed;
}

static int put_links(struct buffer *out, uint64_t shape)
{
	if (people_dice(shape, 18) % 16 == 0) /* some servers escape the solidus */
		return put(out, ",'links':[{'rel':'demographics',"
				"'uri':'\\/v1\\/employees\\/" EMPLOYEE "\\/demographics'},"
				"{'rel':'manager-reviews',"
				"'uri':'\\/v1\\/employees\\/" EMPLOYEE "\\/manager-reviews'}]");
	return put(out, ",'links':[{'rel':'demographics',"
			"'uri':'/v1/employees/" EMPLOYEE "/demographics'},"
			"{'rel':'manager-reviews',"
			"'uri':'/v1/employees/" EMPLOYEE "/manager-reviews'}]");
}

static int add_employee_shape(struct records *records, uint64_t shape)
{
	struct buffer text = BUFFER_INIT(SHAPE_LIMIT);
	int64_t processed = PEOPLE_EPOCH * DAY + (int64_t)(people_dice(shape, 19) % (1000 * DAY));
	int failed = put(&text, "{'id':'" EMPLOYEE "'");

	if (has_identifier(shape))
		failed |= put(&text, ",'employeeIdentifier':'E" DIGITS "'");
	failed |= put_names(&text, shape);
	failed |= put_dates(&text, shape);
	failed |= put_links(&text, shape);
	failed |= put_time(&text, "processedAt", processed, "Z");
	failed |= put(&text, "}");
	return add_shape(records, PEOPLE_COUNT, &text, failed, processed, 0);
}

/* ---- Performance cycles ---------------------------------------------------------------- */

/* Half a year each, the first in 2024; the newest is ready, the one before it active. */
static int add_cycle_shape(struct records *records, uint64_t cycle, uint64_t count)
{
	static const char *const words[] = { "", "active", "closed", "ready" };
	struct buffer text = BUFFER_INIT(SHAPE_LIMIT);
	int64_t start = (PEOPLE_EPOCH + (int64_t)cycle * 182) * DAY;
	int state = cycle + 1 == count ? STATE_READY : cycle + 2 == count ? STATE_ACTIVE : STATE_CLOSED;
	int64_t updated = start + (state == STATE_READY ? 1 : 150) * DAY;
	char name[96];
	int failed = put(&text, "{'id':'" CYCLE "'");

	(void)snprintf(name, sizeof name, "H%" PRIu64 " %" PRIu64 " Pied Piper performance cycle",
		cycle % 2 + 1, 2024 + cycle / 2);
	failed |= put_text(&text, "name", name, false);
	failed |= put_text(&text, "state", words[state], false);
	failed |= put_time(&text, "createdAt", start, "+00:00");
	failed |= put_time(&text, "updatedAt", updated, "+00:00");
	failed |= put_time(&text, "processedAt", updated + 60, "+00:00");
	failed |= put(&text, "}");
	return add_shape(records, (size_t)count, &text, failed, updated + 60, state);
}

/* ---- Manager reviews ------------------------------------------------------------------- */

static const char rating_question[] =
	",'performanceRating':{'ratingQuestion':{'title':'How would you rate the performance?',"
	"'description':'Consider the impact they have had and how they live our values'},"
	"'ratingBuckets':[{'title':'Outstanding','description':'Exceeded all expectations','value':2},"
	"{'title':'Good','value':1},"
	"{'title':'Needs Improvement','description':'Has not met expectations','value':0}]";

static const char choice_questions[] =
	",'multipleChoiceQuestions':[{'id':'addc75b3-9a0d-4567-bdde-190b575835c0',"
	"'text':'Does this employee embody our first value?',"
	"'options':['yes','no','often','sometimes'],'answer':'often'}],"
	"'multipleChoiceMultiSelectQuestions':[{'id':'addc75b3-9a0d-4567-bdde-190b575835c2',"
	"'text':'Which values does this employee show?',"
	"'options':['integrity','collaboration','innovation'],'answers':";

static const char review_links[] = ",'links':[{'rel':'employee','uri':'/v1/employees/" EMPLOYEE "'},"
				   "{'rel':'performance-cycle','uri':'/v1/performance-cycles/" CYCLE "'}]";

static int put_rating(struct buffer *out, uint64_t shape, int64_t created, int64_t updated)
{
	static const char *const titles[] = { "Needs Improvement", "Good", "Outstanding" };
	unsigned value = (unsigned)(people_dice(shape, 20) % 3);
	int failed = put(out, ",'rating':{'id':'" RATING "'");

	failed |= put_text(out, "title", titles[value], false);
	failed |= buffer_format(out, ",\"value\":%u", value);
	failed |= put_time(out, "createdAt", created, "+00:00");
	failed |= put_time(out, "updatedAt", updated, "+00:00");
	failed |= put(out, "}");
	return failed;
}

static int put_questions(struct buffer *out, uint64_t shape)
{
	static const char *const answers[] = { "Breaking a record for sales", "Patience – and \"calm\"",
		"Line one\nline two", "", "🎉", "Upskilling in Power BI" };
	int failed = put(out, ",'openTextQuestions':[{'id':'e79b5eed-c761-4d3a-b91e-5906ff0b7954',"
			      "'text':'What should this employee celebrate this year?'");

	failed |= put_text(out, "answer", answers[people_dice(shape, 21) % 6], false);
	failed |= put(out, "}]");
	failed |= put(out, choice_questions);
	failed |= put(out, people_dice(shape, 23) % 3 ? "['integrity','collaboration']}]" : "[]}]");
	failed |= put(out, ",'reviewAcknowledged':");
	failed |= put(out, people_dice(shape, 24) % 2 ? "true" : "false");
	return failed;
}

/* An incomplete review lacks what is not answered yet; some say so with null. */
static int add_review_shape(struct records *records, uint64_t shape)
{
	static const char *const words[] = { "completed", "shared", "incomplete" };
	struct buffer text = BUFFER_INIT(SHAPE_LIMIT);
	int64_t created = (PEOPLE_EPOCH + (int64_t)(people_dice(shape, 26) % 900)) * DAY;
	int64_t updated = created + (int64_t)(people_dice(shape, 27) % (60 * DAY));
	const char *status = words[people_dice(shape, 25) % 3];
	bool complete = status != words[2];
	int failed = put(&text, "{'performanceCycleId':'" CYCLE "','managerReviewId':'" REVIEW
				"','employeeId':'" EMPLOYEE "','managerId':'" MANAGER "'");

	failed |= put(&text, rating_question);
	if (complete)
		failed |= put_rating(&text, shape, created, updated);
	failed |= put(&text, "}");
	if (complete)
		failed |= put_questions(&text, shape);
	failed |= put_text(&text, "status", status, false);
	failed |= put(&text, review_links);
	failed |= put_time(&text, "processedAt", updated + 60, "+00:00");
	failed |= put_time(&text, "createdAt", created, "+00:00");
	failed |= put_time(&text, "updatedAt", updated, "+00:00");
	if (complete)
		failed |= put_time(&text, "completedAt", updated, "+00:00");
	else if (shape % 2)
		failed |= put(&text, ",'completedAt':null");
	failed |= put(&text, "}");
	return add_shape(records, REVIEW_SHAPES, &text, failed, updated + 60, 0);
}

/* ---- All of it ------------------------------------------------------------------------- */

int culture_amp_data_make(struct culture_amp_data *out, uint64_t employees, uint64_t cycles)
{
	memset(out, 0, sizeof *out);
	out->employees = (struct records){ .count = employees, .number = own_number };
	out->cycles = (struct records){ .count = cycles, .number = own_number };
	out->reviews = (struct records){ .per = cycles > 1 ? cycles - 1 : 1, .number = review_number };
	if (cycles > 1)
		out->reviews.count = employees * out->reviews.per;
	for (uint64_t i = 0; i < PEOPLE_COUNT; i++) {
		if (add_employee_shape(&out->employees, i) < 0)
			goto failed;
	}
	for (uint64_t i = 0; i < (cycles ? cycles : 1); i++) {
		if (add_cycle_shape(&out->cycles, i, cycles ? cycles : 1) < 0)
			goto failed;
	}
	for (uint64_t i = 0; i < REVIEW_SHAPES; i++) {
		if (add_review_shape(&out->reviews, i) < 0)
			goto failed;
	}
	return 0;
failed:
	culture_amp_data_clear(out);
	return -1;
}

void culture_amp_data_clear(struct culture_amp_data *data)
{
	records_clear(&data->employees);
	records_clear(&data->cycles);
	records_clear(&data->reviews);
}

int culture_amp_index(
	uint64_t *out, const struct culture_amp_data *data, enum culture_amp_space space, const char *id)
{
	const struct records *records = space == SPACE_EMPLOYEE ? &data->employees
					: space == SPACE_CYCLE  ? &data->cycles
								: &data->reviews;

	return uuid_read(out, space, id) < 0 || *out >= records->count ? -1 : 0;
}

struct selection culture_amp_reviews_of_employee(const struct culture_amp_data *data, uint64_t employee)
{
	struct selection reviews = selection_all(&data->reviews);

	if (reviews.end) {
		reviews.next = employee * data->reviews.per;
		reviews.end = reviews.next + data->reviews.per;
	}
	return reviews;
}

struct selection culture_amp_reviews_of_cycle(const struct culture_amp_data *data, uint64_t cycle)
{
	struct selection reviews = selection_all(&data->reviews);

	reviews.next = cycle;
	reviews.step = data->reviews.per;
	if (cycle >= data->reviews.per) /* the newest has none yet */
		reviews.end = 0;
	return reviews;
}

/* Eight digits, and the employee that they number. */
static int read_digits(uint64_t *out, const struct culture_amp_data *data, const char *digits)
{
	char copy[RECORDS_DIGITS + 1];

	(void)snprintf(copy, sizeof copy, "%s", digits);
	return text_to_u64(out, copy) < 0 || *out >= data->employees.count ? -1 : 0;
}

int culture_amp_by_email(uint64_t *out, const struct culture_amp_data *data, const char *email)
{
	const char *dot = strchr(email, '.');
	struct person person;
	char expected[128];

	if (!dot || read_digits(out, data, dot + 1) < 0 || !has_email(*out % PEOPLE_COUNT))
		return -1;
	people_get(&person, *out);
	(void)snprintf(expected, sizeof expected, "%s.%08" PRIu64 "@piedpiper.example", person.latin, *out);
	return strcmp(email, expected) == 0 ? 0 : -1;
}

int culture_amp_by_identifier(uint64_t *out, const struct culture_amp_data *data, const char *identifier)
{
	if (identifier[0] != 'E' || strlen(identifier) != 1 + RECORDS_DIGITS ||
		read_digits(out, data, identifier + 1) < 0)
		return -1;
	return has_identifier(*out % PEOPLE_COUNT) ? 0 : -1;
}

int culture_amp_demographics(struct buffer *out, uint64_t *count, uint64_t employee)
{
	static const struct {
		const char *name;
		const char *values[4];
	} rows[] = {
		{ "Department", { "Engineering", "Vertrieb & Marketing", "人事部", "Finance \\ Tax" } },
		{ "Location", { "Melbourne", "Zürich", "Київ", "Warszawa \"Centrum\"" } },
		{ "star sign", { "capricorn", "♈ aries", "leo", "pisces" } },
		{ "Tenure", { "< 1 year", "1–2 years", "2–4 years", "> 4 years" } },
		{ "Job level", { "IC3", "Manager", "", "Director" } },
		{ "Manager's pronouns", { "she/her", "he/him", "they/them", "ze/hir" } },
	};

	*count = 0;
	if (buffer_append_char(out, '[') < 0)
		return -1;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint64_t dice = people_dice(employee, 30 + i);

		if (dice % 5 == 0) /* nobody has filled in everything */
			continue;
		if (buffer_format(out, "%s{\"name\":\"%s\"", *count ? "," : "", rows[i].name) < 0 ||
			put_text(out, "value", rows[i].values[dice / 5 % 4], false) < 0 ||
			buffer_append_char(out, '}') < 0)
			return -1;
		++*count;
	}
	return buffer_append_char(out, ']');
}
