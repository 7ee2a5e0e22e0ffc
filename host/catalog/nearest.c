#include "config.h"

#include "catalog/nearest.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

void nearest_init(struct nearest *nearest, const char *given)
{
	*nearest = (struct nearest){ .given = given };
}

/* Near is a third of the letters wrong; a name that begins or ends as given is near too: "employees". */
static bool is_near(size_t *distance, const char *given, const char *name)
{
	size_t length = strlen(given);

	*distance = text_distance(given, name);
	if (*distance <= 1 + length / 3)
		return true;
	return length >= 3 && strstr(name, given) != NULL;
}

/* An account may be called like its connector. */
static bool is_offered(const struct nearest *nearest, const char *name)
{
	for (size_t i = 0; i < nearest->count; i++)
		if (strcmp(nearest->names[i], name) == 0)
			return true;
	return false;
}

void nearest_offer(struct nearest *nearest, const char *name)
{
	size_t distance;
	size_t at;

	if (!is_near(&distance, nearest->given, name) || is_offered(nearest, name))
		return;
	at = nearest->count;
	while (at > 0 && nearest->distances[at - 1] > distance)
		at--;
	if (at == NEAREST_NAMES)
		return;
	if (nearest->count < NEAREST_NAMES)
		nearest->count++;
	for (size_t i = nearest->count - 1; i > at; i--) {
		nearest->names[i] = nearest->names[i - 1];
		nearest->distances[i] = nearest->distances[i - 1];
	}
	nearest->names[at] = name;
	nearest->distances[at] = distance;
}

/* Beside a name that is nearly right, one that is far off would only confuse. */
static size_t worth_telling(const struct nearest *nearest)
{
	size_t count = nearest->count;

	while (count > 1 && nearest->distances[count - 1] > nearest->distances[0] + 2)
		count--;
	return count;
}

bool nearest_text(char *out, size_t size, const struct nearest *nearest)
{
	size_t count = worth_telling(nearest);
	size_t used = 0;

	for (size_t i = 0; i < count && used < size; i++) {
		const char *gap = i == 0 ? "" : i + 1 == count ? " or " : ", ";
		int wrote = snprintf(out + used, size - used, "%s%s", gap, nearest->names[i]);

		used += wrote > 0 ? (size_t)wrote : 0;
	}
	return count > 0;
}
