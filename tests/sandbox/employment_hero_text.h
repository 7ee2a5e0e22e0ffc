/* How Employment Hero's records look: templates, and the words that stand in them. */
#ifndef MUSTER_SANDBOX_EMPLOYMENT_HERO_TEXT_H
#define MUSTER_SANDBOX_EMPLOYMENT_HERO_TEXT_H

#include "sandbox/employment_hero_data.h"
#include "sandbox/uuid.h"

#define HERO_TEAM_COUNT 5
#define HERO_CENTRE_COUNT 3
#define HERO_ID_SIZE (UUID_LENGTH + 1)

/* A region that has fields of its own; those of others are absent. */
enum hero_region { HERO_AU, HERO_NZ, HERO_UK, HERO_SG, HERO_MY, HERO_CA, HERO_REGIONS };

#define HERO_NAMES_MAX 5

/* How the records of a kind look. The text is JSON with ' in the place of ", <word>, and <if
 * word>…<end>, which does not nest. */
struct hero_look {
	const char *text;
	const char *detail;                /* of a single one; NULL: the same */
	const char *names[HERO_NAMES_MAX]; /* of records of an organisation, by their number */
};

const struct hero_look *hero_look(enum hero_set set);

/* Whether the employee is of this region. */
bool hero_is_here(const struct hero_place *place, enum hero_region region);

/* The id of the record with this number and the place's organisation and, where the kind is a person's,
 * employee; HERO_ID_SIZE bytes. */
void hero_id(char *out, const struct hero_place *place, enum hero_set set, uint64_t number);

#endif
