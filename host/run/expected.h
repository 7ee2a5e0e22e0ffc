/* Fields that every record brings if the credentials may read them: some providers leave out what they may
 * not, without a word. Where no record of a whole run has one of them, the person is told. */
#ifndef MUSTER_RUN_EXPECTED_H
#define MUSTER_RUN_EXPECTED_H

#include "catalog/manifest.h"
#include "record/check.h"

#include <stddef.h>
#include <stdint.h>

struct expected {
	uint64_t seen; /* a bit for each field of the action's list */
	uint64_t records;
};

/* Looks which of the fields the record has, null or not. */
void expected_note(
	struct expected *expected, const struct manifest_texts *fields, const struct record *record);

/* Writes the names of those that no record had, joined by commas; returns how many they are, 0 also
 * when there was no record. */
size_t expected_missing(
	char *out, size_t size, const struct expected *expected, const struct manifest_texts *fields);

#endif
