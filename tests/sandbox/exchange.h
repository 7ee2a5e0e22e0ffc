/* One request, from its first line to the last byte of its answer, as libmicrohttpd calls for it.
 */
#ifndef MUSTER_SANDBOX_EXCHANGE_H
#define MUSTER_SANDBOX_EXCHANGE_H

#include "sandbox/faults.h"
#include "sandbox/options.h"
#include "sandbox/provider.h"

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdint.h>

/* What all exchanges share. */
struct exchange {
	const struct options *options;
	struct faults *faults;
	struct simulation *simulations; /* as providers[] */
	int ledger;
	int stop; /* readable when all is to end */
	uint16_t port;
	atomic_uint_fast64_t count; /* of the requests */
	atomic_uint_fast64_t connections;
};

/* MHD_OPTION_URI_LOG_CALLBACK: keeps the raw target for the ledger. */
void *exchange_begin(void *shared, const char *uri, struct MHD_Connection *connection);

/* MHD_AccessHandlerCallback. */
enum MHD_Result exchange_request(void *shared, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *sent, size_t *sent_length, void **own);

/* MHD_OPTION_NOTIFY_CONNECTION: numbers them. */
void exchange_connection(void *shared, struct MHD_Connection *connection, void **own,
	enum MHD_ConnectionNotificationCode what);

/* MHD_OPTION_NOTIFY_COMPLETED. */
void exchange_end(
	void *shared, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode how);

#endif
