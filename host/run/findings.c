#include "config.h"

#include "run/findings.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "store/accounts.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct note {
	uv_work_t work;
	struct store *store;
	char account[STORE_ID_SIZE];
	json_t *scopes;
	int result;
	struct error error;
};

static void on_work(uv_work_t *work)
{
	struct note *note = work->data;

	note->result = accounts_scopes(note->store, note->account, note->scopes, &note->error);
}

static void on_worked(uv_work_t *work, int status)
{
	struct note *note = work->data;

	(void)status;
	if (note->result < 0)
		log_warning("what is known of the account's scopes is not put down: %s", note->error.message);
	json_decref(note->scopes);
	free(note);
}

/* Without memory nothing is put down: the next time it shows again. */
static void put_down(const struct findings *findings, json_t *scopes_take)
{
	struct note *note = calloc(1, sizeof *note);

	if (!note || json_object_size(scopes_take) == 0) {
		json_decref(scopes_take);
		free(note);
		return;
	}
	note->work.data = note;
	note->store = findings->store;
	note->scopes = scopes_take;
	(void)snprintf(note->account, sizeof note->account, "%s", findings->account);
	(void)uv_queue_work(findings->loop, &note->work, on_work, on_worked);
}

static void add(json_t *scopes, const char *id, const char *state, const char *truth, const char *source)
{
	(void)json_object_set_new(scopes, id,
		json_pack("{s:s, s:s, s:s, s:I}", "state", state, "truth", truth, "source", source, "at",
			(json_int_t)clock_wall_s() * 1000));
}

void findings_token(
	const struct findings *findings, const struct scopes *requested, const struct scopes *granted)
{
	const struct manifest *manifest = findings->manifest;
	json_t *scopes = json_object();

	for (size_t i = 0; i < manifest->scope_count; i++)
		if (scopes_has(granted, i))
			add(scopes, manifest->scopes[i].id, "granted", "confirmed", "the token");
		else if (scopes_has(requested, i))
			add(scopes, manifest->scopes[i].id, "missing", "confirmed", "the token");
	put_down(findings, scopes);
}

void findings_answered(
	const struct findings *findings, const struct manifest_action *action, const json_t *known)
{
	const struct manifest *manifest = findings->manifest;
	struct scopes needed = { { 0 } };
	json_t *scopes = json_object();

	scopes_need(&needed, manifest, action);
	for (size_t i = 0; i < manifest->scope_count; i++) {
		const char *id = manifest->scopes[i].id;
		const char *truth = json_member_text(json_object_get(known, id), "truth", NULL);
		if (scopes_has(&needed, i) && truth && strcmp(truth, "assumed") == 0)
			add(scopes, id, "granted", "confirmed", action->id);
	}
	put_down(findings, scopes);
}

void findings_refused(
	const struct findings *findings, const struct manifest_action *action, const struct scopes *known)
{
	const struct manifest *manifest = findings->manifest;
	struct scopes needed = { { 0 } };
	json_t *scopes = json_object();

	scopes_need(&needed, manifest, action);
	for (size_t i = 0; i < manifest->scope_count; i++)
		if (scopes_has(&needed, i) && !(known && scopes_has(known, i)))
			add(scopes, manifest->scopes[i].id, "missing", "refused", action->id);
	put_down(findings, scopes);
}
