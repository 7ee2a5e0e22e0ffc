/* Employment Hero's records: what an organisation has, who works there, what each of them has. Nothing is
 * kept: a record follows from its place, and its id leads back there. */
#ifndef MUSTER_SANDBOX_EMPLOYMENT_HERO_DATA_H
#define MUSTER_SANDBOX_EMPLOYMENT_HERO_DATA_H

#include "base/buffer.h"
#include "sandbox/people.h"

#include <stdbool.h>
#include <stdint.h>

/* Kinds of records. */
enum hero_set {
	HERO_ORGANISATIONS,
	HERO_EMPLOYEES,
	HERO_TEAMS,
	HERO_LEAVE_REQUESTS,
	HERO_LEAVE_CATEGORIES,
	HERO_TIMESHEET_ENTRIES,
	HERO_ROSTERED_SHIFTS,
	HERO_UNAVAILABILITIES,
	HERO_CONTRACTOR_UNAVAILABILITIES,
	HERO_POLICIES,
	HERO_CERTIFICATIONS,
	HERO_EMPLOYEE_CERTIFICATIONS,
	HERO_BANK_ACCOUNTS,
	HERO_EMERGENCY_CONTACTS,
	HERO_EMPLOYMENT_HISTORIES,
	HERO_PAY_DETAILS,
	HERO_PAYSLIPS,
	HERO_TAX_DECLARATION,
	HERO_SUPERANNUATION_DETAIL,
	HERO_CUSTOM_FIELDS,
	HERO_EMPLOYEE_CUSTOM_FIELDS,
	HERO_COST_CENTRES,
	HERO_WORK_LOCATIONS,
	HERO_WORK_SITES,
	HERO_EMPLOYING_ENTITIES,
	HERO_ROLES,
	HERO_SETS,
};

/* To whom records of a kind belong. */
enum hero_owner { HERO_OF_ALL, HERO_OF_ORGANISATION, HERO_OF_EMPLOYEE };

struct hero_world {
	uint64_t organisations;
	uint64_t employees; /* of each organisation */
};

/* Where a record stands, and thereby all that it says. */
struct hero_place {
	const struct hero_world *world;
	enum hero_set set;
	uint64_t organisation;
	uint64_t employee; /* in the organisation */
	uint64_t number;   /* among those of its owner */
	struct person person;
	int64_t from; /* when it happens, in seconds since 1970 by the local clock; 0: at no time */
	int64_t to;   /* of whole days: when the last of them begins */
};

/* Records of an employee that are asked for through the organisation are those of its first so many people:
 * this keeps looking through them quick. */
#define HERO_CREW 500

enum hero_owner hero_owner(enum hero_set set);

/* How many records of the kind there may be with the owner in place: of the organisation, of the employee,
 * or, with crew, of the organisation's crew. Not all of them exist. */
uint64_t hero_count(const struct hero_place *place, bool crew);

/* The place of candidate index of hero_count(). */
void hero_at(struct hero_place *out, const struct hero_place *owner, bool crew, uint64_t index);

/* Whether there is such a record. */
bool hero_exists(const struct hero_place *place);

/* The place of the record of this kind with this id. Returns 0, or -1 when there is none. */
int hero_find(struct hero_place *out, const struct hero_world *world, enum hero_set set, const char *id);

/* Its JSON, appended; detail: as the API has a single one. Returns 0 or -1. */
int hero_write(struct buffer *out, const struct hero_place *place, bool detail);

bool hero_is_contractor(const struct hero_place *place);

/* A shift's status. */
const char *hero_status(const struct hero_place *place);

/* Whether nobody has the shift yet. */
bool hero_is_open(const struct hero_place *place);

#endif
