#include "config.h"

#include "sandbox/employment_hero_data.h"

#include "sandbox/employment_hero_text.h"
#include "sandbox/uuid.h"

#include <string.h>

#define DAY INT64_C(86400)
#define HOUR INT64_C(3600)
#define SPACE 64u /* of the first kind's ids; those of other providers are lower */
#define EMPLOYEES_MAX (UINT64_C(1) << 32)
#define NUMBER_BITS 8
#define EMPLOYEE_BITS 32

static const struct kind {
	enum hero_owner owner;
	uint64_t count; /* of one owner */
} kinds[HERO_SETS] = {
	[HERO_ORGANISATIONS] = { HERO_OF_ALL, 0 },
	[HERO_EMPLOYEES] = { HERO_OF_ORGANISATION, 0 },
	[HERO_TEAMS] = { HERO_OF_ORGANISATION, HERO_TEAM_COUNT },
	[HERO_LEAVE_REQUESTS] = { HERO_OF_EMPLOYEE, 2 },
	[HERO_LEAVE_CATEGORIES] = { HERO_OF_ORGANISATION, 4 },
	[HERO_TIMESHEET_ENTRIES] = { HERO_OF_EMPLOYEE, 5 },
	[HERO_ROSTERED_SHIFTS] = { HERO_OF_EMPLOYEE, 4 },
	[HERO_UNAVAILABILITIES] = { HERO_OF_EMPLOYEE, 1 },
	[HERO_CONTRACTOR_UNAVAILABILITIES] = { HERO_OF_EMPLOYEE, 3 },
	[HERO_POLICIES] = { HERO_OF_ORGANISATION, 3 },
	[HERO_CERTIFICATIONS] = { HERO_OF_ORGANISATION, 4 },
	[HERO_EMPLOYEE_CERTIFICATIONS] = { HERO_OF_EMPLOYEE, 2 },
	[HERO_BANK_ACCOUNTS] = { HERO_OF_EMPLOYEE, 2 },
	[HERO_EMERGENCY_CONTACTS] = { HERO_OF_EMPLOYEE, 2 },
	[HERO_EMPLOYMENT_HISTORIES] = { HERO_OF_EMPLOYEE, 2 },
	[HERO_PAY_DETAILS] = { HERO_OF_EMPLOYEE, 2 },
	[HERO_PAYSLIPS] = { HERO_OF_EMPLOYEE, 3 },
	[HERO_TAX_DECLARATION] = { HERO_OF_EMPLOYEE, 1 },
	[HERO_SUPERANNUATION_DETAIL] = { HERO_OF_EMPLOYEE, 1 },
	[HERO_CUSTOM_FIELDS] = { HERO_OF_ORGANISATION, 4 },
	[HERO_EMPLOYEE_CUSTOM_FIELDS] = { HERO_OF_EMPLOYEE, 4 },
	[HERO_COST_CENTRES] = { HERO_OF_ORGANISATION, HERO_CENTRE_COUNT },
	[HERO_WORK_LOCATIONS] = { HERO_OF_ORGANISATION, 3 },
	[HERO_WORK_SITES] = { HERO_OF_ORGANISATION, 2 },
	[HERO_EMPLOYING_ENTITIES] = { HERO_OF_ORGANISATION, 2 },
	[HERO_ROLES] = { HERO_OF_ORGANISATION, 4 },
};

enum hero_owner hero_owner(enum hero_set set)
{
	return kinds[set].owner;
}

static uint64_t crew_of(const struct hero_world *world)
{
	return world->employees < HERO_CREW ? world->employees : HERO_CREW;
}

uint64_t hero_count(const struct hero_place *place, bool crew)
{
	if (place->set == HERO_ORGANISATIONS)
		return place->world->organisations;
	if (place->set == HERO_EMPLOYEES)
		return place->world->employees;
	return kinds[place->set].count * (crew ? crew_of(place->world) : 1);
}

/* ---- When things happen: around July 2026, so that no window of a week or a month is empty -- */

static void whole_days(struct hero_place *place, int64_t first, int64_t days)
{
	place->from = (PEOPLE_EPOCH + first) * DAY;
	place->to = place->from + (days - 1) * DAY;
}

static void set_time(struct hero_place *place)
{
	int64_t employee = (int64_t)(place->employee % 1000);
	int64_t number = (int64_t)place->number;
	uint64_t dice = people_dice(place->employee * 8 + place->number, 41);

	place->from = place->to = 0;
	switch (place->set) {
	case HERO_LEAVE_REQUESTS:
		whole_days(place, 700 + (int64_t)(dice % 300), 1 + (int64_t)(dice / 300 % 12));
		break;
	case HERO_TIMESHEET_ENTRIES:
		whole_days(place, 910 + employee % 5 * 7 + number, 1);
		place->from += 9 * HOUR;
		place->to += 17 * HOUR;
		break;
	case HERO_ROSTERED_SHIFTS:
		whole_days(place, 920 + employee % 7 + number * 7, 1);
		place->from += (6 + employee % 12) * HOUR;
		place->to = place->from + 8 * HOUR; /* some end on the next day */
		break;
	case HERO_UNAVAILABILITIES:
		whole_days(place, 900 + employee % 60, 1 + employee % 3);
		break;
	case HERO_CONTRACTOR_UNAVAILABILITIES: /* the same every week */
		whole_days(place, 900 + employee % 60 + number * 7, 2);
		break;
	default:
		break;
	}
}

/* What follows from where it stands. */
static void complete(struct hero_place *place)
{
	set_time(place);
	people_get(&place->person, place->employee + place->organisation * place->world->employees);
}

void hero_at(struct hero_place *out, const struct hero_place *owner, bool crew, uint64_t index)
{
	*out = *owner;
	if (out->set == HERO_ORGANISATIONS)
		out->organisation = index;
	else if (out->set == HERO_EMPLOYEES)
		out->employee = index;
	else
		out->number = index % kinds[out->set].count;
	if (crew)
		out->employee = index / kinds[out->set].count;
	complete(out);
}

bool hero_is_contractor(const struct hero_place *place)
{
	return place->employee % 10 == 9;
}

/* Some have one, some have more, and some things are not for everybody. */
bool hero_exists(const struct hero_place *place)
{
	uint64_t dice = people_dice(place->employee, 40 + (uint64_t)place->set);

	switch (place->set) {
	case HERO_UNAVAILABILITIES:
		return place->employee % 4 == 0;
	case HERO_CONTRACTOR_UNAVAILABILITIES:
		return hero_is_contractor(place);
	case HERO_TAX_DECLARATION:
	case HERO_SUPERANNUATION_DETAIL:
		return hero_is_here(place, HERO_AU) && !hero_is_contractor(place);
	case HERO_EMPLOYEE_CERTIFICATIONS:
		return place->number < dice % 3;
	case HERO_BANK_ACCOUNTS:
	case HERO_EMERGENCY_CONTACTS:
	case HERO_EMPLOYMENT_HISTORIES:
	case HERO_PAY_DETAILS:
		return place->number <= dice % 2;
	default:
		return true;
	}
}

void hero_id(char *out, const struct hero_place *place, enum hero_set set, uint64_t number)
{
	bool person = set == HERO_EMPLOYEES || hero_owner(set) == HERO_OF_EMPLOYEE;

	uuid_write(out, SPACE + (uint32_t)set,
		place->organisation << (EMPLOYEE_BITS + NUMBER_BITS) |
			(person ? place->employee : 0) << NUMBER_BITS | number);
	out[UUID_LENGTH] = '\0';
}

int hero_find(struct hero_place *out, const struct hero_world *world, enum hero_set set, const char *id)
{
	uint64_t number;

	if (uuid_read(&number, SPACE + (uint32_t)set, id) < 0)
		return -1;
	*out = (struct hero_place){
		.world = world,
		.set = set,
		.organisation = number >> (EMPLOYEE_BITS + NUMBER_BITS),
		.employee = number >> NUMBER_BITS & (EMPLOYEES_MAX - 1),
		.number = number & ((1u << NUMBER_BITS) - 1),
	};
	if (out->organisation >= world->organisations)
		return -1;
	if (kinds[set].count ? out->number >= kinds[set].count : out->number != 0)
		return -1;
	if ((set == HERO_EMPLOYEES || kinds[set].owner == HERO_OF_EMPLOYEE) &&
		out->employee >= world->employees)
		return -1;
	complete(out);
	return hero_exists(out) ? 0 : -1;
}

/* ---- Shifts ----------------------------------------------------------------------------- */

bool hero_is_open(const struct hero_place *place)
{
	return place->set == HERO_ROSTERED_SHIFTS && (place->employee + place->number) % 9 == 8;
}

const char *hero_status(const struct hero_place *place)
{
	return people_dice(place->employee * 8 + place->number, 42) % 4 ? "published" : "draft";
}
