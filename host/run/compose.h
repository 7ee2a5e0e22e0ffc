/* Records that the host puts together from records that passed the check: fields of one that another lacks,
 * the account that it is of. */
#ifndef MUSTER_RUN_COMPOSE_H
#define MUSTER_RUN_COMPOSE_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/manifest.h"
#include "record/check.h"

struct compose {
	struct record record; /* the last one that was made */

	/* The rest is its own. */
	struct buffer text;
	struct buffer quoted; /* the account's name as JSON text */
	struct record_member *members;
	size_t capacity;
};

void compose_init(struct compose *compose);
void compose_clear(struct compose *compose);

/* Appends to out the record with those of the fields that it lacks and the other one has. */
int compose_complete(struct buffer *out, const struct record *record, const struct record *other,
	const struct manifest_texts *fields, struct error *error);

/* Makes the record with a first member _account; it borrows from the one given. */
int compose_account(
	struct compose *compose, const struct record *record, const char *account, struct error *error);

/* Copies the text of a member of type string, unescaped and terminated: "" when it is not there. */
int compose_text(struct buffer *out, const struct record *record, const char *name, struct error *error);

#endif
