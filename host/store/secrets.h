/* Secrets on their way in and out of the store. */
#ifndef MUSTER_STORE_SECRETS_H
#define MUSTER_STORE_SECRETS_H

#include <jansson.h>
#include <stddef.h>

/* Wipes every text of the object, then frees it. NULL is fine. */
void secrets_free_take(json_t *secrets);

/* Wipes length bytes of a text, then frees it. NULL is fine. */
void secrets_text_free_take(char *text, size_t length);

#endif
