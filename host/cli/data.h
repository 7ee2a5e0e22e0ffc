/* Where the store is: --data-dir, MUSTER_DATA_DIR, systemd's $STATE_DIRECTORY, $XDG_DATA_HOME/muster. */
#ifndef MUSTER_CLI_DATA_H
#define MUSTER_CLI_DATA_H

#include "base/error.h"
#include "cli/options.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

/* The data directory, absolute or as it was given. BAD_CONFIGURATION when there is no home folder. */
int data_folder(char *out, size_t size, const struct arguments *arguments, struct error *error);

/* Opens the store; create: makes it if there is none, else that is STORE_MISSING. store_close() it. */
int data_open(struct store **out, const struct arguments *arguments, bool create, struct error *error);

/* Opens it when nobody else has it open, and keeps others out. STORE_LOCKED, STORE_MISSING. */
int data_open_alone(struct store **out, const struct arguments *arguments, struct error *error);

/* Could the store be made where there is none? Asked before a person takes pains for what is to be kept in it. */
int data_check_room(const struct arguments *arguments, struct error *error);

/* Opens it where there is one; else *out is NULL. */
int data_open_if_there(struct store **out, const struct arguments *arguments, struct error *error);

#endif
