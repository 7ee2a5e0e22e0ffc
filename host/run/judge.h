/* Judges every request that comes out of the jail against what the action declares: the plugin proposes, the
 * host disposes. Also finds paging that goes in circles, in constant memory. */
#ifndef MUSTER_RUN_JUDGE_H
#define MUSTER_RUN_JUDGE_H

#include "base/error.h"
#include "catalog/manifest.h"
#include "fetch/guard.h"
#include "fetch/url.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct judge {
	const struct manifest_action *action; /* borrowed */
	const struct guard_host *hosts;       /* borrowed */
	size_t host_count;
	struct url first; /* the first request's */
	struct url latest;
	struct url marked;   /* a page that a later one must not be again */
	uint64_t mark_after; /* the pages until the mark moves on */
	uint64_t since_mark;
	uint64_t pages;
	unsigned empty_pages; /* without a record, one after the other */
};

void judge_init(struct judge *judge, const struct manifest_action *action, const struct guard_host *hosts,
	size_t host_count);

/* Judges a REQUEST; judge->latest is then its URL. What a link of the provider's led to is the provider's
 * fault (FOREIGN_LINK, REPEATED_CURSOR, TOO_MANY_PAGES), all else the plugin's. */
int judge_request(struct judge *judge, const json_t *request, struct error *error);

/* A page ended with so many records; pages without any may not go on for ever. */
int judge_page(struct judge *judge, uint64_t records, struct error *error);

#endif
