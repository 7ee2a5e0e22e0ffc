#include "config.h"

#include "fetch/url.h"

#include "check_main.h"

#include <string.h>

static struct error error;

static int parse(struct url *url, const char *text)
{
	return url_parse(url, text, strlen(text), ERROR_BAD_PARAMETER, "the test", &error);
}

START_TEST(parses_and_normalises)
{
	static const struct {
		const char *text, *normal, *host;
		uint16_t port;
	} good[] = {
		{ "https://api.example.test", "https://api.example.test/", "api.example.test", 443 },
		{ "HTTPS://API.Example.Test:443/A", "https://api.example.test/A", "api.example.test", 443 },
		{ "https://a.test:8443/x?y=[z]&%41", "https://a.test:8443/x?y=[z]&%41", "a.test", 8443 },
		{ "https://a.test?x", "https://a.test/?x", "a.test", 443 },
		{ "https://a.test/b/../c/./d", "https://a.test/c/d", "a.test", 443 },
		{ "https://[2606:4700::1]:8443/", "https://[2606:4700::1]:8443/", "2606:4700::1", 8443 },
		{ "https://0x7f.1/", "https://127.0.0.1/", "127.0.0.1", 443 },
		{ "https://2130706433/", "https://127.0.0.1/", "127.0.0.1", 443 },
		{ "https://0177.1/", "https://127.0.0.1/", "127.0.0.1", 443 },
	};
	struct url url;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		ck_assert_int_eq(parse(&url, good[i].text), 0);
		ck_assert_str_eq(url.text, good[i].normal);
		ck_assert_str_eq(url.host, good[i].host);
		ck_assert_uint_eq(url.port, good[i].port);
		ck_assert_int_eq(url.text[url.path], '/');
	}
}
END_TEST

START_TEST(refuses_the_rest)
{
	static const char *const bad[] = { "", "https", "https:", "https://", "https:///a", "http://a.test/",
		"ftp://a.test/", "file:///etc/passwd", "//a.test/", "/a", "a.test", "https:a.test",
		"https://user@a.test/", "https://u:p@a.test/", "https://@a.test/", "https://a.test/#f",
		"https://a.test/ b", "https://a.test/\tb", "https://a.test/\r\nX: y", "https://a.test/\x7f",
		"https://a.test/\xc3\xa9", "https://a.test\\@b.test/", "https://a.test/%",
		"https://a.test/%4", "https://a.test/%zz", "https://a.test:0/", "https://a.test:65536/",
		"https://a.test:x/", "https://a.test:-1/", "https://a b.test/", "https://a\"b/",
		"https://[::1/", "https://[fe80::1%25eth0]/", "https://%61.test/\x01", "https://a.test/<b>",
		"https://a_b{}.test/", "javascript:alert(1)" };
	struct url url;
	char long_text[URL_SIZE + 64];

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		error.code = ERROR_NONE;
		ck_assert_msg(parse(&url, bad[i]) == -1, "%s", bad[i]);
		ck_assert_int_eq(error.code, ERROR_BAD_PARAMETER);
		ck_assert(strncmp(error.message, "The URL of the test ", 20) == 0);
	}
	memset(long_text, 'a', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	memcpy(long_text, "https://a.test/", 15);
	ck_assert_int_eq(parse(&url, long_text), -1);
	ck_assert_int_eq(url_parse(&url, "https://a.test/\0b", 17, ERROR_INTERNAL, "it", &error), -1);
}
END_TEST

/* RFC 3986, section 5.4, on an https base without fragments. */
START_TEST(joins_as_the_rfc_says)
{
	static const struct {
		const char *link, *joined;
	} rows[] = {
		{ "g", "https://a.test/b/c/g" },
		{ "./g", "https://a.test/b/c/g" },
		{ "g/", "https://a.test/b/c/g/" },
		{ "/g", "https://a.test/g" },
		{ "//g.test", "https://g.test/" },
		{ "?y", "https://a.test/b/c/d;p?y" },
		{ "g?y", "https://a.test/b/c/g?y" },
		{ ";x", "https://a.test/b/c/;x" },
		{ "g;x", "https://a.test/b/c/g;x" },
		{ "g;x?y", "https://a.test/b/c/g;x?y" },
		{ "", "https://a.test/b/c/d;p?q" },
		{ ".", "https://a.test/b/c/" },
		{ "./", "https://a.test/b/c/" },
		{ "..", "https://a.test/b/" },
		{ "../", "https://a.test/b/" },
		{ "../g", "https://a.test/b/g" },
		{ "../..", "https://a.test/" },
		{ "../../", "https://a.test/" },
		{ "../../g", "https://a.test/g" },
		{ "../../../g", "https://a.test/g" },
		{ "../../../../g", "https://a.test/g" },
		{ "/./g", "https://a.test/g" },
		{ "/../g", "https://a.test/g" },
		{ "g.", "https://a.test/b/c/g." },
		{ ".g", "https://a.test/b/c/.g" },
		{ "g..", "https://a.test/b/c/g.." },
		{ "..g", "https://a.test/b/c/..g" },
		{ "./../g", "https://a.test/b/g" },
		{ "./g/.", "https://a.test/b/c/g/" },
		{ "g/./h", "https://a.test/b/c/g/h" },
		{ "g/../h", "https://a.test/b/c/h" },
		{ "g;x=1/./y", "https://a.test/b/c/g;x=1/y" },
		{ "g;x=1/../y", "https://a.test/b/c/y" },
		{ "g?y/./x", "https://a.test/b/c/g?y/./x" },
		{ "g?y/../x", "https://a.test/b/c/g?y/../x" },
		{ "https://b.test/x", "https://b.test/x" },
		{ "?next=https://c.test/", "https://a.test/b/c/d;p?next=https://c.test/" },
		{ "./a:b", "https://a.test/b/c/a:b" },
	};
	static const char *const bad[] = { "http://a.test/", "g#s", "#", "\\\\evil.test", "/\\evil.test",
		"mailto:a@b.test", "https:g", "//u@g.test/", "/a b", "//", "///", "data:text/html,x" };
	struct url base, url;

	ck_assert_int_eq(parse(&base, "https://a.test/b/c/d;p?q"), 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ck_assert_msg(url_join(&url, &base, rows[i].link, strlen(rows[i].link), &error) == 0, "%s",
			rows[i].link);
		ck_assert_str_eq(url.text, rows[i].joined);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		error.code = ERROR_NONE;
		ck_assert_msg(url_join(&url, &base, bad[i], strlen(bad[i]), &error) == -1, "%s", bad[i]);
		ck_assert_int_eq(error.code, ERROR_FOREIGN_LINK);
	}
	ck_assert_int_eq(url_join(&base, &base, "x", 1, &error), 0); /* in place */
	ck_assert_str_eq(base.text, "https://a.test/b/c/x");
}
END_TEST

START_TEST(knows_origins)
{
	struct url a, b;

	ck_assert_int_eq(parse(&a, "https://a.test/x"), 0);
	ck_assert_int_eq(parse(&b, "https://A.test:443/y"), 0);
	ck_assert(url_same_origin(&a, &b));
	ck_assert_int_eq(parse(&b, "https://a.test:444/x"), 0);
	ck_assert(!url_same_origin(&a, &b));
	ck_assert_int_eq(parse(&b, "https://a.test.evil.test/x"), 0);
	ck_assert(!url_same_origin(&a, &b));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/url");
	TCase *c = tcase_create("url");

	tcase_add_test(c, parses_and_normalises);
	tcase_add_test(c, refuses_the_rest);
	tcase_add_test(c, joins_as_the_rfc_says);
	tcase_add_test(c, knows_origins);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
