#include "config.h"

#include "fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct models *fixture_models(void)
{
	struct error error = { 0 };
	struct models *models = NULL;

	ck_assert_int_eq(models_new(&models, getenv("MUSTER_MODEL_DIR"), &error), 0);
	return models;
}

static json_t *fixture_json(const char *file)
{
	char path[4096];
	json_t *json;

	(void)snprintf(path, sizeof path, "%s/tests/catalog/%s", getenv("top_srcdir"), file);
	json = json_load_file(path, 0, NULL);
	ck_assert_ptr_nonnull(json);
	return json;
}

/* Goes down one step of the path. */
static json_t *step(json_t *at, const char *name)
{
	return json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
}

static void put(json_t *at, const char *name, const char *value)
{
	json_t *fresh = value ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL;
	size_t index = strtoul(name, NULL, 10);

	ck_assert_msg(!value || fresh, "the test's value is no JSON: %s", value);
	if (json_is_object(at) && fresh)
		ck_assert_int_eq(json_object_set_new(at, name, fresh), 0);
	else if (json_is_object(at))
		ck_assert_int_eq(json_object_del(at, name), 0);
	else if (!fresh)
		ck_assert_int_eq(json_array_remove(at, index), 0);
	else if (index == json_array_size(at))
		ck_assert_int_eq(json_array_append_new(at, fresh), 0);
	else
		ck_assert_int_eq(json_array_set_new(at, index, fresh), 0);
}

static void damage(json_t *json, const char *place, const char *value)
{
	char name[64];
	size_t length;

	for (;;) {
		length = strcspn(place, "/");
		ck_assert_uint_lt(length, sizeof name);
		memcpy(name, place, length);
		name[length] = '\0';
		if (place[length] == '\0')
			break;
		json = step(json, name);
		ck_assert_msg(json != NULL, "the fixture has no %s", place);
		place += length + 1;
	}
	put(json, name, value);
}

int fixture_parse_file(struct manifest **out, const char *file, const char *place, const char *value,
	struct models *models, struct error *error)
{
	json_t *json = fixture_json(file);
	char *text;
	int result;

	if (place)
		damage(json, place, value);
	text = json_dumps(json, 0);
	json_decref(json);
	ck_assert_ptr_nonnull(text);
	result = manifest_parse(out, text, strlen(text), "acme", models, error);
	free(text);
	return result;
}

int fixture_parse(struct manifest **out, const char *place, const char *value, struct models *models,
	struct error *error)
{
	return fixture_parse_file(out, "fixture.json", place, value, models, error);
}

struct manifest *fixture_manifest(struct models *models)
{
	struct manifest *manifest = NULL;
	struct error error = { 0 };

	ck_assert_msg(fixture_parse(&manifest, NULL, NULL, models, &error) == 0, "%s", error.message);
	return manifest;
}
