/* What held a secret, and is not only freed but wiped. See buffer_wipe(), too. */
#ifndef MUSTER_BASE_SECRETS_H
#define MUSTER_BASE_SECRETS_H

#include <jansson.h>
#include <stddef.h>

/* Wipes every text of the object, then gives it back. jansson does not wipe what it frees; its texts are its
 * own copies. NULL is fine, and so is what is no object. */
void secrets_free_take(json_t *secrets);

/* Wipes a text, then frees it. NULL is fine. */
void secrets_text_free_take(char *text);

/* The same for length bytes. */
void secrets_bytes_free_take(void *bytes, size_t length);

#endif
