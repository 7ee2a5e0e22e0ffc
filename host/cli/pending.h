/* muster link for a customer elsewhere: the links that wait for one to come back. */
#ifndef MUSTER_CLI_PENDING_H
#define MUSTER_CLI_PENDING_H

#include "cli/joining.h"

/* Keeps what a later process needs to finish it, and prints the page's URL. */
int pending_keep(struct joining *joining, const char *url, struct error *error);

/* Goes on with the URL that the customer's browser ended at, to the stored account. */
int pending_finish(struct joining *joining, const char *url, struct error *error);

/* Prints those that wait. */
int pending_list(struct joining *joining, struct error *error);

/* Removes the one that waits for the account of this name. */
int pending_withdraw(struct joining *joining, const char *name, struct error *error);

#endif
