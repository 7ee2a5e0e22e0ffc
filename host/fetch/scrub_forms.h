/* The forms in which a secret may come back. */
#ifndef MUSTER_FETCH_SCRUB_FORMS_H
#define MUSTER_FETCH_SCRUB_FORMS_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

enum { SCRUB_FORM_BASE64 = 21 }; /* the first of those in base64 */

/* Do the forms before SCRUB_FORM_BASE64 all look like the secret itself? */
bool scrub_form_is_plain(const char *secret, size_t length);

/* Writes form number form of the secret to out. Returns 0; 1 when there are no more; -1 when memory ran
 * out. Forms may be equal to one another. */
int scrub_form(struct buffer *out, const char *secret, size_t length, unsigned form);

#endif
