#include "config.h"

#include "check_main.h"
#include "sandbox/families.h"
#include "sandbox/limiter.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define REDIRECT "https://localhost/back"

/* RFC 7636, appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

struct server {
	struct timepiece timepiece;
	struct families families;
	uint64_t family;
	char token[128]; /* the newest that was given */
};

static void start(struct server *server, enum rotation rotation)
{
	struct buffer code = BUFFER_INIT(128);
	struct buffer token = BUFFER_INIT(128);
	struct grant grant;

	timepiece_init(&server->timepiece);
	ck_assert_int_eq(families_init(&server->families, rotation, &server->timepiece), 0);
	ck_assert_int_eq(families_begin(&code, &server->family, &server->families, CHALLENGE, REDIRECT), 0);
	ck_assert_int_eq(
		families_redeem(&token, &grant, &server->families, buffer_text(&code), REDIRECT, VERIFIER),
		0);
	ck_assert_int_eq(grant.verdict, VERDICT_ACCEPTED);
	ck_assert_uint_eq(grant.family, server->family);
	(void)snprintf(server->token, sizeof server->token, "%s", buffer_text(&token));
	buffer_clear(&code);
	buffer_clear(&token);
}

/* Refreshes; the next token replaces the one that the server holds ready. */
static enum verdict refresh(struct server *server, const char *old, bool keep)
{
	struct buffer token = BUFFER_INIT(128);
	struct grant grant;
	char expected[FINGERPRINT_LENGTH + 1];

	ck_assert_int_eq(families_refresh(&token, &grant, &server->families, old, keep), 0);
	fingerprint(expected, old);
	ck_assert_str_eq(grant.used, expected);
	ck_assert(!token.length == !*grant.issued);
	ck_assert(!token.length == (grant.verdict != VERDICT_ACCEPTED || keep));
	if (token.length) {
		(void)snprintf(server->token, sizeof server->token, "%s", buffer_text(&token));
		fingerprint(expected, server->token);
		ck_assert_str_eq(grant.issued, expected);
	}
	buffer_clear(&token);
	return grant.verdict;
}

static void copy(char *out, const struct server *server)
{
	memcpy(out, server->token, sizeof server->token);
}

START_TEST(without_rotation_a_token_stays)
{
	struct server server;
	char first[128];

	start(&server, ROTATION_OFF);
	copy(first, &server);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(refresh(&server, first, false), VERDICT_ACCEPTED);
		ck_assert_str_eq(server.token, first);
	}
	families_clear(&server.families);
}
END_TEST

START_TEST(with_rotation_each_is_good_once)
{
	struct server server;
	char first[128];

	start(&server, ROTATION_ON);
	copy(first, &server);
	ck_assert_int_eq(refresh(&server, first, false), VERDICT_ACCEPTED);
	ck_assert_str_ne(server.token, first);
	ck_assert_int_eq(refresh(&server, first, false), VERDICT_REUSED);
	ck_assert(families_alive(&server.families, server.family));
	ck_assert_int_eq(refresh(&server, server.token, false), VERDICT_ACCEPTED);
	families_clear(&server.families);
}
END_TEST

START_TEST(with_grace_the_last_may_come_again)
{
	struct server server;
	char first[128];
	char second[128];
	char third[128];

	start(&server, ROTATION_GRACE);
	copy(first, &server);
	ck_assert_int_eq(refresh(&server, first, false), VERDICT_ACCEPTED);
	copy(second, &server);
	ck_assert_int_eq(refresh(&server, first, false), VERDICT_ACCEPTED);
	copy(third, &server);
	ck_assert_int_eq(refresh(&server, second, false), VERDICT_REUSED);
	ck_assert_int_eq(refresh(&server, third, false), VERDICT_ACCEPTED);
	ck_assert_int_eq(refresh(&server, first, false), VERDICT_REUSED);
	families_clear(&server.families);
}
END_TEST

START_TEST(strictly_reuse_ends_the_family)
{
	struct server server;
	char first[128];

	start(&server, ROTATION_STRICT);
	copy(first, &server);
	ck_assert_int_eq(refresh(&server, first, false), VERDICT_ACCEPTED);
	ck_assert_int_eq(refresh(&server, first, false), VERDICT_REUSED);
	ck_assert(!families_alive(&server.families, server.family));
	ck_assert_int_eq(refresh(&server, server.token, false), VERDICT_REVOKED);
	families_clear(&server.families);
}
END_TEST

START_TEST(what_gives_no_token_uses_none_up)
{
	struct server server;

	start(&server, ROTATION_STRICT);
	ck_assert_int_eq(refresh(&server, server.token, true), VERDICT_ACCEPTED);
	ck_assert_int_eq(refresh(&server, server.token, true), VERDICT_ACCEPTED);
	ck_assert_int_eq(refresh(&server, server.token, false), VERDICT_ACCEPTED);
	families_clear(&server.families);
}
END_TEST

static enum verdict redeem(
	struct server *server, const char *code, const char *redirect, const char *verifier)
{
	struct buffer token = BUFFER_INIT(128);
	struct grant grant;

	ck_assert_int_eq(families_redeem(&token, &grant, &server->families, code, redirect, verifier), 0);
	ck_assert(!token.length == (grant.verdict != VERDICT_ACCEPTED));
	buffer_clear(&token);
	return grant.verdict;
}

START_TEST(codes_are_bound_and_good_once)
{
	struct server server;
	struct buffer code = BUFFER_INIT(128);
	uint64_t family;

	start(&server, ROTATION_ON);
	ck_assert_int_eq(families_begin(&code, &family, &server.families, CHALLENGE, REDIRECT), 0);
	ck_assert_uint_ne(family, server.family);
	ck_assert_ptr_nonnull(buffer_text(&code));
	ck_assert_int_eq(redeem(&server, code.data, REDIRECT "/", VERIFIER), VERDICT_MISMATCH);
	ck_assert_int_eq(redeem(&server, code.data, REDIRECT, VERIFIER "k"), VERDICT_MISMATCH);
	ck_assert_int_eq(redeem(&server, code.data, REDIRECT, CHALLENGE), VERDICT_MISMATCH);
	ck_assert_int_eq(redeem(&server, code.data, REDIRECT, ""), VERDICT_MISMATCH);
	ck_assert_int_eq(redeem(&server, "", REDIRECT, VERIFIER), VERDICT_UNKNOWN);
	ck_assert_int_eq(redeem(&server, server.token, REDIRECT, VERIFIER), VERDICT_UNKNOWN);
	ck_assert_int_eq(refresh(&server, code.data, false), VERDICT_UNKNOWN);
	ck_assert_int_eq(redeem(&server, code.data, REDIRECT, VERIFIER), VERDICT_ACCEPTED);
	ck_assert_int_eq(redeem(&server, code.data, REDIRECT, VERIFIER), VERDICT_REUSED);
	ck_assert(!families_alive(&server.families, family));
	ck_assert(families_alive(&server.families, server.family));
	buffer_clear(&code);
	ck_assert_int_eq(families_begin(&code, &family, &server.families, CHALLENGE, REDIRECT), 0);
	ck_assert_int_eq(timepiece_move(&server.timepiece, CODE_LIFE_S), 0);
	ck_assert_int_eq(redeem(&server, buffer_text(&code), REDIRECT, VERIFIER), VERDICT_EXPIRED);
	ck_assert_int_eq(families_revoke(&server.families, family), 0);
	ck_assert_int_eq(redeem(&server, code.data, REDIRECT, VERIFIER), VERDICT_REVOKED);
	ck_assert_int_eq(families_revoke(&server.families, family + 1), -1);
	ck_assert(!families_alive(&server.families, 0) && !families_alive(&server.families, family + 1));
	buffer_clear(&code);
	families_clear(&server.families);
}
END_TEST

START_TEST(tokens_of_others_are_unknown)
{
	struct server server;
	struct server other;

	start(&server, ROTATION_ON);
	start(&other, ROTATION_ON);
	ck_assert_int_eq(refresh(&server, other.token, false), VERDICT_UNKNOWN);
	server.token[20] ^= 1;
	ck_assert_int_eq(refresh(&server, server.token, false), VERDICT_UNKNOWN);
	ck_assert_int_eq(refresh(&server, "", false), VERDICT_UNKNOWN);
	ck_assert_int_eq(refresh(&server, "not base64url!", false), VERDICT_UNKNOWN);
	families_clear(&server.families);
	families_clear(&other.families);
}
END_TEST

#define THREADS 8

struct racer {
	pthread_t thread;
	struct server *server;
	char token[128];
	unsigned accepted;
};

static void *race(void *own)
{
	struct racer *racer = own;
	struct buffer token = BUFFER_INIT(128);
	struct grant grant;

	if (families_refresh(&token, &grant, &racer->server->families, racer->token, false) == 0)
		racer->accepted = grant.verdict == VERDICT_ACCEPTED;
	buffer_clear(&token);
	return NULL;
}

START_TEST(of_many_at_once_one_is_first)
{
	struct server server;
	struct racer racers[THREADS];

	start(&server, ROTATION_ON);
	for (int round = 0; round < 100; round++) {
		unsigned accepted = 0;

		for (int i = 0; i < THREADS; i++) {
			racers[i] = (struct racer){ .server = &server };
			copy(racers[i].token, &server);
			ck_assert_int_eq(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
		}
		for (int i = 0; i < THREADS; i++) {
			ck_assert_int_eq(pthread_join(racers[i].thread, NULL), 0);
			accepted += racers[i].accepted;
		}
		ck_assert_uint_eq(accepted, 1);
		families_clear(&server.families);
		start(&server, ROTATION_ON);
	}
	families_clear(&server.families);
}
END_TEST

START_TEST(thousands_of_refreshes_keep_nothing)
{
	struct server server;

	start(&server, ROTATION_STRICT);
	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(refresh(&server, server.token, false), VERDICT_ACCEPTED);
	ck_assert_uint_eq(server.families.count, 1);
	families_clear(&server.families);
}
END_TEST

/* ---- Limits ---------------------------------------------------------------------------- */

static const struct limit limits[] = { { 2, 1000 }, { 3, 60000 } };

START_TEST(windows_slide)
{
	struct limiter limiter;
	struct allowance allowance;

	ck_assert_int_eq(limiter_init(&limiter, limits, 2, 100), 0);
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 0), 0);
	ck_assert_uint_eq(allowance.limit, 2);
	ck_assert_uint_eq(allowance.remaining, 1);
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 600), 0);
	ck_assert_uint_eq(allowance.remaining, 0);
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 999), -1);
	ck_assert_int_eq(allowance.reset_ms, 1);
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 1000), 0);  /* the first has left its window */
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 2500), -1); /* three in a minute */
	ck_assert_uint_eq(allowance.limit, 3);
	ck_assert_int_eq(allowance.reset_ms, 57500);
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 60000), 0);
	limiter_clear(&limiter);
}
END_TEST

START_TEST(limits_are_scaled_or_off)
{
	struct limiter limiter;
	struct allowance allowance;

	ck_assert_int_eq(limiter_init(&limiter, limits, 2, 0), 0);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(limiter_take(&allowance, &limiter, 0), 0);
	limiter_clear(&limiter);
	ck_assert_int_eq(limiter_init(&limiter, limits, 1, 300), 0);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(limiter_take(&allowance, &limiter, 0), 0);
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 0), -1);
	limiter_clear(&limiter);
	ck_assert_int_eq(limiter_init(&limiter, limits, 1, 1), 0);
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 0), 0);
	ck_assert_int_eq(limiter_take(&allowance, &limiter, 0), -1);
	limiter_clear(&limiter);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("families");
	TCase *tokens = tcase_create("tokens");
	TCase *rates = tcase_create("limits");

	tcase_set_timeout(tokens, 300);
	tcase_add_test(tokens, without_rotation_a_token_stays);
	tcase_add_test(tokens, with_rotation_each_is_good_once);
	tcase_add_test(tokens, with_grace_the_last_may_come_again);
	tcase_add_test(tokens, strictly_reuse_ends_the_family);
	tcase_add_test(tokens, what_gives_no_token_uses_none_up);
	tcase_add_test(tokens, codes_are_bound_and_good_once);
	tcase_add_test(tokens, tokens_of_others_are_unknown);
	tcase_add_test(tokens, of_many_at_once_one_is_first);
	tcase_add_test(tokens, thousands_of_refreshes_keep_nothing);
	suite_add_tcase(suite, tokens);
	tcase_add_test(rates, windows_slide);
	tcase_add_test(rates, limits_are_scaled_or_off);
	suite_add_tcase(suite, rates);
	return suite;
}

CHECK_MAIN(make_suite)
