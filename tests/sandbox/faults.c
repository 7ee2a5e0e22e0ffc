#include "config.h"

#include "sandbox/faults.h"

#include "base/text.h"

#include <string.h>

#define VALUE_MAX 1000000000

_Static_assert(FAULT_COUNT <= 64, "a strike is a set of 64 bits");

static const struct {
	const char *name;
	unsigned on;
	uint64_t times;
	uint64_t value;
	const char *help;
} kinds[FAULT_COUNT] = {
#define FAULT_ROW(symbol, name, on, times, value, help) { name, on, times, value, help },
	FAULTS(FAULT_ROW)
#undef FAULT_ROW
};

void faults_init(struct faults *faults)
{
	memset(faults, 0, sizeof *faults);
	(void)pthread_mutex_init(&faults->lock, NULL);
}

void faults_clear(struct faults *faults)
{
	(void)pthread_mutex_destroy(&faults->lock);
}

static int find_kind(size_t *out, const char *name, struct error *error)
{
	size_t nearest = 0;
	size_t distance = SIZE_MAX;

	for (size_t i = 0; i < FAULT_COUNT; i++) {
		size_t edits = text_distance(name, kinds[i].name);

		if (edits < distance) {
			distance = edits;
			nearest = i;
		}
	}
	if (distance == 0) {
		*out = nearest;
		return 0;
	}
	(void)error_set(error, ERROR_USAGE, "There is no fault '%s'.", name);
	if (distance <= 2)
		return error_hint(error, "Do you mean '%s'? 'muster sandbox --faults' lists the faults.",
			kinds[nearest].name);
	return error_hint(error, "'muster sandbox --faults' lists the faults.");
}

/* Cuts text at the first c and returns what follows, or NULL. */
static char *cut(char *text, char c)
{
	char *found = strchr(text, c);

	if (!found)
		return NULL;
	*found = '\0';
	return found + 1;
}

int faults_add(struct faults *faults, const char *text, struct error *error)
{
	char copy[128];
	char *range;
	char *last;
	char *value;
	struct fault_rule *rule;
	size_t kind = 0;

	if (strlen(text) >= sizeof copy)
		return error_set(error, ERROR_USAGE, "The fault '%.40s…' is too long.", text);
	memcpy(copy, text, strlen(text) + 1);
	range = cut(copy, '@');
	last = range ? cut(range, '-') : NULL;
	value = cut(copy, '=');
	if (find_kind(&kind, copy, error) < 0)
		return -1;
	rule = &faults->rules[kind];
	rule->asked = true;
	rule->value = kinds[kind].value;
	rule->first = 1;
	if (value && (text_to_u64(&rule->value, value) < 0 || rule->value > VALUE_MAX))
		return error_set(
			error, ERROR_USAGE, "The value of '%s' is no number up to %d.", text, VALUE_MAX);
	if (range && (text_to_u64(&rule->first, range) < 0 || rule->first == 0))
		return error_set(error, ERROR_USAGE, "'@' in '%s' wants a number from 1.", text);
	rule->last = kinds[kind].times && rule->first <= UINT64_MAX - kinds[kind].times
			     ? rule->first + kinds[kind].times - 1
			     : UINT64_MAX;
	if (last && (text_to_u64(&rule->last, last) < 0 || rule->last < rule->first))
		return error_set(error, ERROR_USAGE, "'-' in '%s' wants a number from %llu.", text,
			(unsigned long long)rule->first);
	return 0;
}

bool faults_asked(const struct faults *faults, enum fault fault)
{
	return faults->rules[fault].asked;
}

void faults_take(struct strike *out, struct faults *faults, enum request_kind kind)
{
	memset(out, 0, sizeof *out);
	(void)pthread_mutex_lock(&faults->lock);
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		struct fault_rule *rule = &faults->rules[i];

		if (!rule->asked || !(kinds[i].on >> kind & 1))
			continue;
		rule->seen++;
		if (rule->seen < rule->first || rule->seen > rule->last)
			continue;
		out->set |= UINT64_C(1) << i;
		out->value[i] = rule->value;
	}
	(void)pthread_mutex_unlock(&faults->lock);
}

int faults_names(struct buffer *out, const struct strike *strike)
{
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		if (!strikes(strike, (enum fault)i))
			continue;
		if (buffer_format(out, "%s%s", out->length ? "," : "", kinds[i].name) < 0)
			return -1;
	}
	return 0;
}

void faults_help(FILE *file)
{
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		fprintf(file, "  %-24s  %s", kinds[i].name, kinds[i].help);
		if (strstr(kinds[i].help, "VALUE"))
			fprintf(file, " (%llu)", (unsigned long long)kinds[i].value);
		fprintf(file, "%s\n", kinds[i].times ? ", once" : "");
	}
}
