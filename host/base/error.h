/* One failure: what happened, to whom it belongs, what to do about it.
 *
 * A function that can fail returns 0 or -1 and takes a struct error * last; on -1 the error is set,
 * on 0 it is untouched. The codes are stable: scripts rest on them. */
#ifndef MUSTER_BASE_ERROR_H
#define MUSTER_BASE_ERROR_H

#include <jansson.h>
#include <stddef.h>

/* X(symbol, code, exit status, cause, what to do when the failing place doesn't say) */
#define ERROR_CODES(X) \
	X(NONE, "none", 0, MUSTER, "") \
	X(INTERNAL, "internal", 1, MUSTER, "This is a fault of muster: please report it.") \
	X(OUT_OF_MEMORY, "out_of_memory", 1, OPERATOR, "Free some memory and try again.") \
	X(INSTALLATION, "installation", 1, OPERATOR, "Run 'muster doctor'.") \
	X(OUTPUT_FAILED, "output_failed", 1, OPERATOR, "Check the disk or pipe that is written to.") \
	X(USAGE, "usage", 2, OPERATOR, "See 'muster --help'.") \
	X(BAD_CONFIGURATION, "bad_configuration", 2, OPERATOR, "Mend the configuration file.") \
	X(BAD_FIELD, "bad_field", 3, CUSTOMER, "Mend the fields named above.") \
	X(BAD_PARAMETER, "bad_parameter", 3, OPERATOR, "Mend the parameters named above.") \
	X(BAD_CREDENTIALS_FILE, "bad_credentials_file", 3, OPERATOR, \
		"The credentials file is a JSON object of field names and text values.") \
	X(AUTHENTICATION_FAILED, "authentication_failed", 4, CUSTOMER, \
		"Check the credentials with the provider.") \
	X(SCOPE_MISSING, "scope_missing", 5, CUSTOMER, "Grant the scope at the provider, then try again.") \
	X(PROVIDER_FAILED, "provider_failed", 6, PROVIDER, "Try again later.") \
	X(REQUEST_REFUSED, "request_refused", 6, PROVIDER, "See what the provider answered.") \
	X(MALFORMED_BODY, "malformed_body", 6, PROVIDER, "Report this to the provider.") \
	X(BODY_TOO_LARGE, "body_too_large", 6, PROVIDER, "Report this to the provider.") \
	X(RECORD_TOO_LARGE, "record_too_large", 6, PROVIDER, "Report this to the provider.") \
	X(FOREIGN_LINK, "foreign_link", 6, PROVIDER, "Report this to the provider.") \
	X(REDIRECT_REFUSED, "redirect_refused", 6, PROVIDER, "Report this to the provider.") \
	X(ADDRESS_REFUSED, "address_refused", 6, PROVIDER, \
		"The host name leads to an address that is not public: check your DNS.") \
	X(REPEATED_CURSOR, "repeated_cursor", 6, PROVIDER, "Report this to the provider.") \
	X(EMPTY_PAGES, "empty_pages", 6, PROVIDER, "Report this to the provider.") \
	X(TOO_MANY_PAGES, "too_many_pages", 6, PROVIDER, "Report this to the provider.") \
	X(RATE_LIMITED, "rate_limited", 7, PROVIDER, "Wait, then try again.") \
	X(DEADLINE_PASSED, "deadline_passed", 7, PROVIDER, "Try again, or allow more time.") \
	X(NAME_NOT_FOUND, "name_not_found", 8, OPERATOR, "Check the network and its DNS.") \
	X(CONNECTION_FAILED, "connection_failed", 8, OPERATOR, "Check the network.") \
	X(CONNECTION_LOST, "connection_lost", 8, OPERATOR, "Check the network, then try again.") \
	X(TLS_FAILED, "tls_failed", 8, OPERATOR, "Check the CA certificates and the clock.") \
	X(PLUGIN_FAULT, "plugin_fault", 9, PLUGIN, "Report this to the author of the connector.") \
	X(PLUGIN_REFUSED, "plugin_refused", 9, PLUGIN, "Report this to the author of the connector.") \
	X(ACTION_NOT_ENABLED, "action_not_enabled", 5, OPERATOR, "Enable it with 'muster profile set'.") \
	X(CONSENT_REFUSED, "consent_refused", 4, CUSTOMER, "Link again, and allow the access.") \
	X(REDIRECT_MISMATCH, "redirect_mismatch", 4, CUSTOMER, \
		"Begin to link anew; use the newest URL only.") \
	X(PARTLY_DONE, "partly_done", 10, PROVIDER, "See what failed above.") \
	X(NEEDS_LINKING, "needs_linking", 11, CUSTOMER, "Link the account again with 'muster link'.") \
	X(STORE_MISSING, "store_missing", 12, OPERATOR, \
		"Link an account first, or name the right --data-dir.") \
	X(STORE_LOCKED, "store_locked", 12, OPERATOR, \
		"Another program holds the database: end it, then try again.") \
	X(STORE_READ_ONLY, "store_read_only", 12, OPERATOR, "Make the data directory writable.") \
	X(STORE_FULL, "store_full", 12, OPERATOR, "Free some space; nothing was changed.") \
	X(STORE_CORRUPT, "store_corrupt", 12, OPERATOR, "Put a backup in place with 'muster restore'.") \
	X(STORE_TOO_NEW, "store_too_new", 12, OPERATOR, "Use the newer muster that wrote it.") \
	X(STORE_FOREIGN, "store_foreign", 12, OPERATOR, \
		"Name the right --data-dir, or move that file away.") \
	X(STORE_EXPOSED, "store_exposed", 12, OPERATOR, \
		"Give the data directory to the user who runs muster, and to nobody else.") \
	X(STORE_FAILED, "store_failed", 12, OPERATOR, "Check the data directory and its disk.") \
	X(KEY_MISSING, "key_missing", 12, OPERATOR, \
		"Put the key back where it was; without it nothing opens.") \
	X(KEY_WRONG, "key_wrong", 12, OPERATOR, "Give the key that this store was made with.") \
	X(KEY_EXPOSED, "key_exposed", 12, OPERATOR, "Take the key file away from others: chmod 600.") \
	X(KEY_MALFORMED, "key_malformed", 12, OPERATOR, "A key is 32 bytes in base64 or hexadecimal.") \
	X(KEY_UNREADABLE, "key_unreadable", 12, OPERATOR, \
		"Check where the key comes from: 'muster key show'.") \
	X(AUDIT_BROKEN, "audit_broken", 12, OPERATOR, \
		"Somebody has changed the log: compare with a backup.") \
	X(LEASE_LOST, "lease_lost", 1, MUSTER, "Try again.") \
	X(HELD_BACK, "held_back", 13, OPERATOR, "Decide, then try again.") \
	X(JAIL_UNAVAILABLE, "jail_unavailable", 13, OPERATOR, "Run 'muster doctor'.") \
	X(PROVIDER_NOT_FOUND, "provider_not_found", 14, OPERATOR, "See 'muster list'.") \
	X(ACTION_NOT_FOUND, "action_not_found", 14, OPERATOR, "See 'muster show PROVIDER'.") \
	X(PROFILE_NOT_FOUND, "profile_not_found", 14, OPERATOR, "See 'muster profile list'.") \
	X(ACCOUNT_NOT_FOUND, "account_not_found", 14, OPERATOR, "See 'muster account list'.") \
	X(LINK_NOT_FOUND, "link_not_found", 14, OPERATOR, "Begin anew with 'muster link --start'.") \
	X(LINK_BUSY, "link_busy", 13, OPERATOR, "Wait until that has ended.") \
	X(BAD_LABEL, "bad_label", 3, OPERATOR, \
		"A label is key=value: the key like a name, the value one line of at most 255 bytes.") \
	X(BAD_NAME, "bad_name", 3, OPERATOR, \
		"A name is of letters, digits, and . _ - after the first, and is no id.") \
	X(NAME_TAKEN, "name_taken", 3, OPERATOR, "Choose another name.") \
	X(RECORD_NOT_FOUND, "record_not_found", 14, CUSTOMER, "Check the id.") \
	X(INTERRUPTED, "interrupted", 130, OPERATOR, "")

#define ERROR_SYMBOL(symbol, code, status, cause, hint) ERROR_##symbol,
enum error_code { ERROR_CODES(ERROR_SYMBOL) ERROR_CODE_COUNT };
#undef ERROR_SYMBOL

/* One of several things wrong with what a person entered. */
struct problem {
	char field[64];
	char code[32];
	char message[256];
};

#define ERROR_PROBLEMS 32

struct error {
	enum error_code code;
	const char *cause; /* static; NULL: the code's own */
	char message[512];
	char hint[384];   /* empty: the code's own */
	char guide[128];  /* the guide step that mends it, or empty */
	char account[64]; /* the context, as far as it is known; each may be empty */
	char action[64];
	char run[40];
	int status;     /* of the provider's answer, 0 if there was none */
	char body[512]; /* of the provider's answer: its message, scrubbed, cut */
	size_t problem_count;
	struct problem problems[ERROR_PROBLEMS];
};

/* Sets the error and returns -1, so that a failure is one line: return error_set(...). */
int error_set(struct error *error, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Replaces the code's own hint. Returns -1. */
int error_hint(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says that memory ran out. Returns -1. */
int error_memory(struct error *error);

/* Adds a problem; past ERROR_PROBLEMS they are dropped. The code is set by error_set(). */
void error_problem(struct error *error, const char *field, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

const char *error_code_text(enum error_code code);
int error_exit_status(const struct error *error);
const char *error_hint_text(const struct error *error);

/* The code of this name, or ERROR_INTERNAL if there is none. */
enum error_code error_code_from_text(const char *text);

/* The error as the object that --json prints; NULL when memory ran out. The caller owns it. */
json_t *error_json(const struct error *error);

#endif
