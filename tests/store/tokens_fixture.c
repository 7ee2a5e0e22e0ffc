#include "config.h"

#include "store/tokens_fixture.h"

#include "store/profiles.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

struct place place;
char account_id[STORE_ID_SIZE];
struct store *store;
int64_t now_ms;
struct error last;

const struct token_policy retry = { TOKEN_RETRY_ONCE, 0, LEASE_MS, false };
const struct token_policy grace = { TOKEN_RETRY_WITHIN_GRACE, MINUTE, LEASE_MS, false };
const struct token_policy link_again = { TOKEN_LINK_AGAIN, 0, LEASE_MS, false };
const struct token_policy renewable = { TOKEN_RETRY_ONCE, 0, LEASE_MS, true };

static int64_t fake_now(void *context)
{
	(void)context;
	return now_ms;
}

/* The process ends as by SIGKILL when it comes to this point. */
enum store_point deadly = STORE_POINT_COUNT;

static void on_point(void *context, enum store_point point)
{
	(void)context;
	if (point == deadly)
		(void)raise(SIGKILL);
}

void open_store(bool create)
{
	struct store_options options = place_options(&place);

	options.create = create;
	options.on_point = on_point;
	options.now_ms = fake_now;
	GOOD(store_open(&store, &options, &error));
}

void link_account(const char *refresh_token, bool replace)
{
	struct account account = { .provider = "acme" };
	struct account_token token = { .auth = "oauth",
		.access_token = "access-1",
		.refresh_token = refresh_token,
		.scope = "read",
		.expires_ms = now_ms + 15 * MINUTE };
	struct profile profile = { .provider = "acme", .auth = "oauth", .name = "acme" };

	if (!replace) {
		profile.fields = json_object();
		GOOD(profiles_add(&profile, store, NULL, &error));
	} else {
		GOOD(profiles_get(&profile, store, "acme", &error));
	}
	(void)snprintf(account.name, sizeof account.name, "nova");
	(void)snprintf(account.profile, sizeof account.profile, "%s", profile.id);
	account.labels = json_object();
	account.fields = json_object();
	account.scopes = json_object();
	GOOD(accounts_add(&account, store, NULL, &token, 1, replace, &error));
	(void)snprintf(account_id, sizeof account_id, "%s", account.id);
	account_clear(&account);
	profile_clear(&profile);
}

void set_up(void)
{
	place_make(&place);
	now_ms = START_MS;
	deadly = STORE_POINT_COUNT;
	open_store(true);
	link_account("refresh-1", false);
}

void tear_down(void)
{
	store_close(store);
	place_remove(&place);
}

struct token_row take(const struct token_policy *policy, uint64_t refused, enum token_turn expected)
{
	struct token_row row;

	GOOD(tokens_take(&row, store, account_id, "oauth", policy, refused, &error));
	ck_assert_int_eq(row.turn, expected);
	return row;
}

void take_nothing(const struct token_policy *policy, enum error_code code)
{
	struct token_row row;

	BAD(code, tokens_take(&row, store, account_id, "oauth", policy, UINT64_MAX, &error));
	ck_assert_ptr_null(row.access_token);
}

int settle_as(uint64_t fence, const char *access, const char *refresh, struct error *error)
{
	const struct account_token token = { .auth = "oauth",
		.access_token = access,
		.refresh_token = refresh,
		.expires_ms = now_ms + 15 * MINUTE };
	uint64_t version = 0;
	int result = tokens_settle(&version, store, account_id, &token, fence, error);

	if (result == 0)
		ck_assert_uint_gt(version, 0);
	return result;
}

/* Takes the lease, renews, and looks that the new tokens are there. */
void renew(const struct token_policy *policy, const char *sent, const char *access, const char *refresh)
{
	struct token_row row = take(policy, UINT64_MAX, TOKEN_YOURS);
	uint64_t before = row.version;

	ck_assert_str_eq(row.refresh_token, sent);
	GOOD(tokens_keep(store, account_id, "oauth", row.fence, 200, "{}", 2, &error));
	GOOD(settle_as(row.fence, access, refresh, &error));
	token_row_clear(&row);
	row = take(policy, before, TOKEN_FRESH);
	ck_assert_str_eq(row.access_token, access);
	ck_assert_uint_gt(row.version, before);
	token_row_clear(&row);
}

static struct account get_account(void)
{
	struct account account;

	GOOD(accounts_get(&account, store, "nova", &error));
	return account;
}

void state_is(enum account_state state, const char *words)
{
	struct account account = get_account();

	ck_assert_int_eq(account.state, state);
	ck_assert_msg(strstr(account.cause, words) != NULL, "%s", account.cause);
	account_clear(&account);
}

/* A child runs the work and is killed at the point. */
