/* Culture Amp's lists: their filters, their cursors, their pages. */
#ifndef MUSTER_SANDBOX_CULTURE_AMP_LIST_H
#define MUSTER_SANDBOX_CULTURE_AMP_LIST_H

#include "sandbox/http.h"
#include "sandbox/provider.h"
#include "sandbox/records.h"

#define CULTURE_AMP_TYPE "application/json"

/* A page of these records, as the request's after_date, state and cursor want it. Return 0, or -1
 * when memory ran out. */
int culture_amp_list(struct answer *answer, const struct simulation *simulation,
	const struct request *request, const struct selection *all);

/* The same of all employees, or the one with the request's employee_identifier or else email. */
int culture_amp_employees(
	struct answer *answer, const struct simulation *simulation, const struct request *request);

#endif
