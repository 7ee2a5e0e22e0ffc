#include "config.h"

#include "fetch/scrub.h"

#include "base/buffer.h"
#include "check_main.h"

#include <stdint.h>
#include <string.h>

static struct error error;

static struct scrub *make(const char *const *secrets)
{
	struct scrub *scrub;

	ck_assert_int_eq(scrub_new(&scrub, &error), 0);
	for (size_t i = 0; secrets[i]; i++)
		ck_assert_int_eq(scrub_add(scrub, secrets[i], strlen(secrets[i]), &error), 0);
	return scrub;
}

/* Feeds text in pieces of so many bytes. */
static void feed(struct buffer *out, struct scrub *scrub, const char *text, size_t length, size_t piece)
{
	const char *part;
	size_t part_length;

	out->length = 0;
	for (size_t at = 0; at < length; at += piece) {
		/* Each piece in memory of its own, so that nothing is read past its end. */
		size_t size = length - at < piece ? length - at : piece;
		char *copy = malloc(size);
		memcpy(copy, text + at, size);
		ck_assert_int_eq(scrub_feed(&part, &part_length, scrub, copy, size, &error), 0);
		ck_assert_int_eq(buffer_append(out, part, part_length), 0);
		free(copy);
	}
	scrub_finish(&part, &part_length, scrub);
	ck_assert_int_eq(buffer_append(out, part, part_length), 0);
	ck_assert_uint_eq(out->length, length);
}

static void expect(const char *const *secrets, const char *text, const char *clean)
{
	struct scrub *scrub = make(secrets);
	struct buffer out = BUFFER_INIT(1 << 20);
	size_t length = strlen(text);

	for (size_t piece = 1; piece <= length; piece++) {
		feed(&out, scrub, text, length, piece);
		ck_assert_msg(
			memcmp(out.data, clean, length) == 0, "%zu: %.*s", piece, (int)length, out.data);
	}
	buffer_clear(&out);
	scrub_free(scrub);
}

/* All of the text between its first and last byte is to disappear. */
static void expect_hidden(const char *const *secrets, const char *text)
{
	char clean[256];

	(void)snprintf(clean, sizeof clean, "%s", text);
	memset(clean + 1, '*', strlen(text) - 2);
	expect(secrets, text, clean);
}

START_TEST(every_form_is_found)
{
	const char *const secrets[] = { "pa\"ss/w\xC3\xB6rd +\n\xF0\x9F\x98\x80", NULL };

	expect_hidden(secrets, "<pa\"ss/w\xC3\xB6rd +\n\xF0\x9F\x98\x80>");
	expect_hidden(secrets, "<pa%22ss%2Fw%C3%B6rd%20%2B%0A%F0%9F%98%80>");
	expect_hidden(secrets, "<pa%22ss%2fw%c3%b6rd%20%2b%0a%f0%9f%98%80>");
	expect_hidden(secrets, "<pa%22ss%2Fw%C3%B6rd+%2B%0A%F0%9F%98%80>");
	expect_hidden(secrets, "<pa\\\"ss/w\xC3\xB6rd +\\n\xF0\x9F\x98\x80>");
	expect_hidden(secrets, "<pa\\\"ss\\/w\xC3\xB6rd +\\n\xF0\x9F\x98\x80>");
	expect_hidden(secrets, "<pa\\\"ss\\/w\\u00f6rd +\\n\\ud83d\\ude00>");
	expect_hidden(secrets, "<pa\\\"ss/w\\u00F6rd +\\n\\uD83D\\uDE00>");
	/* JSON in a JSON string: a message that quotes the request. */
	expect_hidden(secrets, "<pa\\\\\\\"ss/w\xC3\xB6rd +\\\\n\xF0\x9F\x98\x80>");
	expect(secrets, "nothing of pa\"ss/w here, rd +\n", "nothing of pa\"ss/w here, rd +\n");
}
END_TEST

START_TEST(base64_is_found_at_every_alignment)
{
	const char *const secrets[] = { "s3cret-key?>~", NULL };

	/* "s3cret-key?>~", "xs3cret-key?>~y", "xxs3cret-key?>~yy", and the first in base64url. */
	expect(secrets, "[czNjcmV0LWtleT8+fg==]", "[*****************g==]");
	expect(secrets, "[eHMzY3JldC1rZXk/Pn55]", "[eH****************55]");
	expect(secrets, "[eHhzM2NyZXQta2V5Pz5+eXk=]", "[eHh*****************eXk=]");
	expect(secrets, "[czNjcmV0LWtleT8-fg]", "[*****************g]");
	/* Basic authentication: base64 of "user:s3cret-key?>~". */
	expect(secrets, "Basic dXNlcjpzM2NyZXQta2V5Pz5+", "Basic dXNlcjp*****************");
}
END_TEST

START_TEST(neighbours_and_overlaps)
{
	const char *const twins[] = { "aaaaaaaa", "aaaaaaaab", NULL };
	const char *const nested[] = { "abcdefghij", "defghijklmno", "hijk", NULL };
	const char *const many[] = { "0123456789abcdef", "fedcba9876543210", NULL };

	expect(twins, "xaaaaaaaaaaaaaaaaaaaaay", "x*********************y");
	expect(twins, "aaaaaaa aaaaaaaab aaaaaaaa", "aaaaaaa ********* ********");
	expect(nested, "-abcdefghijklmno-hijk-hij", "-***************-****-hij");
	expect(nested, "abcdefghi defghijklmn", "abcdefghi defg****lmn");
	expect(many, "0123456789abcdefedcba98765432100123456789abcde",
		"*******************************0123456789abcde");
}
END_TEST

START_TEST(short_secrets)
{
	const char *const secrets[] = { "abc", "wxyz", "pass+1", NULL };

	expect(secrets, "abc wxyz wxy pass+1 pass%2B1", "abc **** wxy ****** pass%2B1");
}
END_TEST

START_TEST(long_secrets_over_many_pieces)
{
	static char secret[3001], text[9001], clean[9001];
	const char *const secrets[] = { secret, "another secret", NULL };
	struct buffer out = BUFFER_INIT(1 << 20);
	struct scrub *scrub;
	uint32_t seed = 1;

	for (size_t i = 0; i < sizeof secret - 1; i++) {
		seed = seed * 1664525 + 1013904223;
		secret[i] = (char)('a' + (seed >> 24) % 26);
	}
	memset(text, '-', sizeof text - 1);
	memcpy(text + 1000, secret, 2999); /* all but its last byte */
	memcpy(text + 5000, secret, 3000);
	memcpy(text + 6500, "another secret", 14);
	memcpy(clean, text, sizeof text);
	memset(clean + 6500, '*', 14);
	memcpy(text + 6500, secret + 1500, 14);
	memset(clean + 5000, '*', 3000);
	scrub = make(secrets);
	for (size_t piece = 1; piece < 9000; piece = piece * 3 / 2 + 1) {
		feed(&out, scrub, text, 9000, piece);
		ck_assert(memcmp(out.data, clean, 9000) == 0);
	}
	buffer_clear(&out);
	scrub_free(scrub);
}
END_TEST

/* Against the plain way, on texts in which parts of secrets are everywhere. */
START_TEST(as_the_plain_way_would)
{
	const char *const secrets[] = { "abab", "babaabab", "aabbaabbaabbaabb", "bbbbbbbbb", NULL };
	static const size_t pieces[] = { 1, 2, 3, 5, 7, 16, 61, 400 };
	struct scrub *scrub = make(secrets);
	struct buffer out = BUFFER_INIT(1 << 20);
	char text[401], clean[401];
	uint32_t seed = 7;

	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < 400; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = seed >> 28 < 15 ? (seed >> 27 & 1 ? 'a' : 'b') : ' ';
		}
		text[400] = '\0';
		memcpy(clean, text, sizeof text);
		for (size_t i = 0; secrets[i]; i++)
			for (const char *at = text; (at = strstr(at, secrets[i])); at++)
				memset(clean + (at - text), '*', strlen(secrets[i]));
		feed(&out, scrub, text, 400, pieces[round % 8]);
		ck_assert(memcmp(out.data, clean, 400) == 0);
	}
	buffer_clear(&out);
	scrub_free(scrub);
}
END_TEST

START_TEST(texts_in_place)
{
	const char *const secrets[] = { "0123456789abcdef", NULL };
	struct scrub *scrub = make(secrets);
	char text[] = "key=0123456789abcdef&x=0123456789";

	for (int i = 0; i < 3; i++) {
		memcpy(text, "key=0123456789abcdef&x=0123456789", sizeof text);
		ck_assert_int_eq(scrub_text(scrub, text, strlen(text), &error), 0);
		ck_assert_str_eq(text, "key=****************&x=0123456789");
	}
	ck_assert_int_eq(scrub_text(scrub, text, 0, &error), 0);
	scrub_free(scrub);
}
END_TEST

START_TEST(nothing_to_scrub)
{
	const char *const none[] = { NULL };
	static char huge[SCRUB_LONGEST + 1];
	struct scrub *scrub;

	expect(none, "as it is", "as it is");
	memset(huge, 'x', sizeof huge);
	ck_assert_int_eq(scrub_new(&scrub, &error), 0);
	ck_assert_int_eq(scrub_add(scrub, huge, sizeof huge, &error), -1);
	ck_assert_int_eq(scrub_add(scrub, huge, SCRUB_LONGEST, &error), 0);
	ck_assert_int_eq(scrub_add(scrub, "", 0, &error), 0);
	scrub_free(scrub);
	scrub_free(NULL);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/scrub");
	TCase *c = tcase_create("scrub");

	tcase_set_timeout(c, 300);
	tcase_add_test(c, every_form_is_found);
	tcase_add_test(c, base64_is_found_at_every_alignment);
	tcase_add_test(c, neighbours_and_overlaps);
	tcase_add_test(c, short_secrets);
	tcase_add_test(c, long_secrets_over_many_pieces);
	tcase_add_test(c, as_the_plain_way_would);
	tcase_add_test(c, texts_in_place);
	tcase_add_test(c, nothing_to_scrub);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
