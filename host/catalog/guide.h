/* The guide: what a person does at the provider so that just the chosen actions work. */
#ifndef MUSTER_CATALOG_GUIDE_H
#define MUSTER_CATALOG_GUIDE_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/manifest.h"

#include <jansson.h>

enum guide_format { GUIDE_TEXT, GUIDE_MARKDOWN, GUIDE_HTML };

/* The guide as an object, for these actions, or for all when count is 0: {provider, actions[], scopes[],
 * steps[{title, text, url?}]}. The caller owns it. */
int guide_make(json_t **out, const struct manifest *manifest, const struct manifest_action *const *actions,
	size_t count, struct error *error);

/* Appends such an object as a document. Text from the plugin is escaped as the format asks. */
int guide_write(struct buffer *out, const json_t *guide, const struct manifest *manifest,
	enum guide_format format, struct error *error);

#endif
