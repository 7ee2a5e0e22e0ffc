#include "config.h"

#include "sandbox/options.h"

#include "base/text.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum option_id {
	OPTION_EMPLOYEES = 256,
	OPTION_CYCLES,
	OPTION_LATENCY,
	OPTION_PAGE_BYTES,
	OPTION_TOKEN_LIFE,
	OPTION_PORT,
	OPTION_PERMISSIONS,
	OPTION_ATTRIBUTES,
	OPTION_DIR,
	OPTION_FAULT,
	OPTION_ORGANISATIONS,
	OPTION_LIMITS,
	OPTION_ROTATION,
	OPTION_REDIRECT,
	OPTION_JSON,
	OPTION_UNTIL_EOF,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option options[] = {
	{ "employees", required_argument, NULL, OPTION_EMPLOYEES },
	{ "cycles", required_argument, NULL, OPTION_CYCLES },
	{ "latency", required_argument, NULL, OPTION_LATENCY },
	{ "page-bytes", required_argument, NULL, OPTION_PAGE_BYTES },
	{ "token-life", required_argument, NULL, OPTION_TOKEN_LIFE },
	{ "port", required_argument, NULL, OPTION_PORT },
	{ "permissions", required_argument, NULL, OPTION_PERMISSIONS },
	{ "attributes", required_argument, NULL, OPTION_ATTRIBUTES },
	{ "dir", required_argument, NULL, OPTION_DIR },
	{ "fault", required_argument, NULL, OPTION_FAULT },
	{ "organisations", required_argument, NULL, OPTION_ORGANISATIONS },
	{ "limits", required_argument, NULL, OPTION_LIMITS },
	{ "rotation", required_argument, NULL, OPTION_ROTATION },
	{ "redirect", required_argument, NULL, OPTION_REDIRECT },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "until-eof", no_argument, NULL, OPTION_UNTIL_EOF },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const char help_start[] =
	"Usage: muster-sandbox [OPTION]…\n"
	"       muster-sandbox consent yes|no|wrong-state URL\n"
	"\n"
	"Simulates the providers on 127.0.0.1, over TLS, with credentials made for the\n"
	"occasion, until it is interrupted. 'muster sandbox -- COMMAND' runs a command\n"
	"against it.\n"
	"\n"
	"      --employees N      how many people the company has (1000)\n"
	"      --cycles N         how many performance cycles (4)\n"
	"      --page-bytes N     where a page of a list is cut (1000000)\n"
	"      --latency MS       wait before every answer (0)\n"
	"      --organisations N  how many organisations a token reaches (1)\n"
	"      --token-life S     how long an access token lives (as the provider has it)\n"
	"      --permissions A,B  what the credentials have; a provider of whose\n"
	"                         permissions none is named has all (all)\n"
	"      --attributes A,B   of a person that Personio's credentials may see (all)\n"
	"      --limits PERCENT   of the providers' rate limits hold; 0: none (100)\n"
	"      --rotation KIND    refresh tokens: off, the same for ever; grace, a new one\n"
	"                         each time, the last good until the new one is used; on,\n"
	"                         old ones are refused; strict, one that is used again\n"
	"                         revokes what came from the same consent (on)\n"
	"      --redirect URL     the redirect URL that is registered; at http://127.0.0.1/\n"
	"                         any port will do (the connector's default)\n"
	"      --fault KIND[=VALUE][@FIRST[-LAST]]\n"
	"                         misbehave; may be given several times\n"
	"      --port N           listen there (any free port)\n"
	"      --dir DIR          write the files there; it stays (a temporary folder)\n"
	"      --json             describe the sandbox in one line of JSON\n"
	"      --until-eof        end when standard input does\n"
	"      --help             show this\n"
	"      --version          show the version\n"
	"\n"
	"In DIR: ca.pem; server.pem with certificate and key; PROVIDER.json with the\n"
	"credentials; ledger.ndjson with a line for every request; and at last 'ready',\n"
	"a JSON object with port, connect_to, ca_file and dir, which goes when the\n"
	"sandbox does.\n"
	"\n"
	"While it runs, POST /.sandbox/control at any host of a provider takes a form\n"
	"with clock=SECONDS (moves the time), expire=all (the provider's access tokens),\n"
	"revoke=FAMILY (as the ledger numbers them), rotation=KIND.\n"
	"\n"
	"'consent' plays the person at the page where access is allowed: it opens URL,\n"
	"allows or denies, follows a redirect to this machine, and prints any other.\n"
	"\n"
	"Faults, with the VALUE that they have unless one is given. FIRST and LAST say\n"
	"which of the requests that they can meet are struck, counted from 1: without\n"
	"them all, or the first alone where it says once.\n"
	"\n";

void options_help(void)
{
	fputs(help_start, stdout);
	faults_help(stdout);
	fputs("\nExit status: 0 ended, 1 failed, 2 wrong usage.\n", stdout);
}

static int read_number(
	uint64_t *out, const char *text, uint64_t least, uint64_t most, const char *name, struct error *error)
{
	if (text_to_u64(out, text) < 0 || *out < least || *out > most)
		return error_set(error, ERROR_USAGE, "--%s wants a number from %llu to %llu, not '%s'.", name,
			(unsigned long long)least, (unsigned long long)most, text);
	return 0;
}

static int read_option(
	struct options *out, struct faults *faults, int id, const char *value, struct error *error)
{
	switch (id) {
	case OPTION_EMPLOYEES:
		return read_number(&out->employees, value, 0, OPTIONS_EMPLOYEES_MAX, "employees", error);
	case OPTION_CYCLES:
		return read_number(&out->cycles, value, 0, OPTIONS_CYCLES_MAX, "cycles", error);
	case OPTION_LATENCY:
		return read_number(&out->latency_ms, value, 0, 3600000, "latency", error);
	case OPTION_PAGE_BYTES:
		return read_number(&out->page_bytes, value, 1, UINT64_MAX / 4, "page-bytes", error);
	case OPTION_TOKEN_LIFE:
		return read_number(&out->token_life_s, value, 0, 31536000, "token-life", error);
	case OPTION_PORT:
		return read_number(&out->port, value, 0, 65535, "port", error);
	case OPTION_FAULT:
		return faults_add(faults, value, error);
	case OPTION_ORGANISATIONS:
		return read_number(
			&out->organisations, value, 0, OPTIONS_ORGANISATIONS_MAX, "organisations", error);
	case OPTION_LIMITS:
		return read_number(&out->limits, value, 0, 100000, "limits", error);
	case OPTION_ROTATION:
		if (rotation_read(&out->rotation, value) < 0)
			return error_set(error, ERROR_USAGE,
				"--rotation wants off, grace, on or strict, not '%s'.", value);
		return 0;
	case OPTION_REDIRECT:
		if (strlen(value) >= REDIRECT_SIZE ||
			(strncmp(value, "https://", 8) != 0 && strncmp(value, "http://127.0.0.1", 16) != 0))
			return error_set(error, ERROR_USAGE,
				"--redirect wants a URL at https:// or http://127.0.0.1, not '%s'.", value);
		out->redirect = value;
		return 0;
	case OPTION_PERMISSIONS:
		if (value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-:.,")])
			return error_set(error, ERROR_USAGE,
				"--permissions wants names with commas between, not '%s'.", value);
		out->permissions = value;
		return 0;
	case OPTION_ATTRIBUTES:
		if (value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_,")])
			return error_set(error, ERROR_USAGE,
				"--attributes wants names with commas between, not '%s'.", value);
		out->attributes = value;
		return 0;
	case OPTION_DIR:
		if (!*value)
			return error_set(error, ERROR_USAGE, "--dir wants the name of a folder.");
		out->dir = value;
		return 0;
	case OPTION_JSON:
		out->json = true;
		return 0;
	case OPTION_UNTIL_EOF:
		out->until_eof = true;
		return 0;
	case OPTION_HELP:
		out->help = true;
		return 0;
	case OPTION_VERSION:
		out->version = true;
		return 0;
	default: /* getopt has said what is wrong */
		return error_set(error, ERROR_USAGE, "The command line can't be understood.");
	}
}

int options_read(struct options *out, struct faults *faults, int count, char **arguments, struct error *error)
{
	int id;

	*out = (struct options){
		.employees = 1000,
		.cycles = 4,
		.page_bytes = 1000000,
		.token_life_s = OPTIONS_TOKEN_LIFE_OWN,
		.organisations = 1,
		.limits = 100,
		.rotation = ROTATION_ON,
	};
	while ((id = getopt_long(count, arguments, "", options, NULL)) != -1) {
		if (read_option(out, faults, id, optarg, error) < 0)
			return -1;
	}
	if (optind < count)
		return error_set(error, ERROR_USAGE, "'%s' is one argument too many.", arguments[optind]);
	return 0;
}
