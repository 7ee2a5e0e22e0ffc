/* Culture Amp's records: employees, performance cycles, manager reviews, demographics. */
#ifndef MUSTER_SANDBOX_CULTURE_AMP_DATA_H
#define MUSTER_SANDBOX_CULTURE_AMP_DATA_H

#include "base/buffer.h"
#include "sandbox/records.h"

#include <stdint.h>

/* Kinds of holes and spaces of UUIDs (see records.h). A manager is an employee, too. */
enum culture_amp_space { SPACE_EMPLOYEE = 1, SPACE_MANAGER, SPACE_CYCLE, SPACE_REVIEW, SPACE_RATING };

enum cycle_state { STATE_ACTIVE = 1, STATE_CLOSED, STATE_READY };

struct culture_amp_data {
	struct records employees;
	struct records cycles;
	struct records reviews; /* review r: employee r / reviews.per in cycle r % reviews.per */
};

/* Renders the shapes. The newest cycle is ready and has no reviews yet. Returns 0, or -1 without
 * memory. */
int culture_amp_data_make(struct culture_amp_data *out, uint64_t employees, uint64_t cycles);

void culture_amp_data_clear(struct culture_amp_data *data);

/* The index of the record with this id. Returns 0, or -1 when there is none. */
int culture_amp_index(
	uint64_t *out, const struct culture_amp_data *data, enum culture_amp_space space, const char *id);

/* The reviews of one employee, of one cycle. */
struct selection culture_amp_reviews_of_employee(const struct culture_amp_data *data, uint64_t employee);
struct selection culture_amp_reviews_of_cycle(const struct culture_amp_data *data, uint64_t cycle);

/* The index of the employee with this e-mail address or employeeIdentifier. Returns 0, or -1. */
int culture_amp_by_email(uint64_t *out, const struct culture_amp_data *data, const char *email);
int culture_amp_by_identifier(uint64_t *out, const struct culture_amp_data *data, const char *identifier);

/* The demographics of an employee, a JSON array of count objects, appended. Returns 0 or -1. */
int culture_amp_demographics(struct buffer *out, uint64_t *count, uint64_t employee);

#endif
