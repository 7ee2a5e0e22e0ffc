/* The command line of muster-sandbox. */
#ifndef MUSTER_SANDBOX_OPTIONS_H
#define MUSTER_SANDBOX_OPTIONS_H

#include "base/error.h"
#include "sandbox/families.h"
#include "sandbox/faults.h"

#include <stdbool.h>
#include <stdint.h>

/* An index is written with eight digits (see records.h). */
#define OPTIONS_EMPLOYEES_MAX 99999999
#define OPTIONS_CYCLES_MAX 64
#define OPTIONS_TOKEN_LIFE_OWN UINT64_MAX
#define OPTIONS_ORGANISATIONS_MAX 64

struct options {
	uint64_t employees;
	uint64_t cycles;
	uint64_t latency_ms;
	uint64_t page_bytes;
	uint64_t token_life_s; /* OPTIONS_TOKEN_LIFE_OWN: each provider's own */
	uint64_t organisations;
	uint64_t limits; /* percent of the providers' rate limits; 0: none */
	enum rotation rotation;
	const char *redirect;    /* the redirect URL that is registered; NULL: the provider's default */
	uint64_t port;           /* 0: any that is free */
	const char *permissions; /* that the credentials have; NULL: all */
	const char *attributes;  /* of a person that Personio's credentials see; NULL: all */
	const char *dir;         /* NULL: a temporary one, removed at the end */
	bool json;
	bool until_eof;
	bool help;
	bool version;
};

/* Reads the command line; the texts are borrowed from it. Returns 0 or -1. */
int options_read(
	struct options *out, struct faults *faults, int count, char **arguments, struct error *error);

void options_help(void);

#endif
