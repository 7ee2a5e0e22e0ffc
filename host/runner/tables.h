/* A plugin's tables in our own memory: checked, of our sizes, with presets in the place of zeros. After
 * that nobody looks at the plugin's own again. */
#ifndef MUSTER_RUNNER_TABLES_H
#define MUSTER_RUNNER_TABLES_H

#include "base/error.h"

#include <muster/plugin.h>
#include <stdbool.h>

struct tables;

/* Copies what entry leads to. Every row of ..._rows has the size that this header says; strings are the
 * plugin's. What is not as the header says is ERROR_PLUGIN_REFUSED, and the message names the row:
 * "actions[2] list_employees: map[3]: unknown kind 42". */
int tables_new(struct tables **out, const struct muster_entry *entry, struct error *error);
void tables_free(struct tables *tables);

const struct muster_plugin *tables_plugin(const struct tables *tables);

/* The SDK that the plugin was made with. */
uint32_t tables_sdk(const struct tables *tables);

/* The row of this id, or NULL. */
const struct muster_auth *tables_auth(const struct tables *tables, const char *id);
const struct muster_action *tables_action(const struct tables *tables, const char *id);

#endif
