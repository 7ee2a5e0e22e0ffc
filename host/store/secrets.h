/* Secrets on their way in and out of the store. */
#ifndef MUSTER_STORE_SECRETS_H
#define MUSTER_STORE_SECRETS_H

#include <jansson.h>

/* Wipes every text of the object, then frees it. NULL is fine. */
void secrets_free_take(json_t *secrets);

#endif
