/* Who may be reached, and what operators may say about it. */
#include "config.h"

#include "fetch/guard.h"
#include "fetch/headers.h"
#include "fetch/settings.h"

#include "check_main.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static struct sockaddr_storage to_address(const char *text, uint16_t port)
{
	struct sockaddr_storage out;
	struct sockaddr_in *four = (struct sockaddr_in *)&out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&out;

	memset(&out, 0, sizeof out);
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
	}
	return out;
}

static bool is_public(const char *text)
{
	struct sockaddr_storage address = to_address(text, 443);

	return guard_address_is_public((struct sockaddr *)&address);
}

START_TEST(special_addresses_are_not_public)
{
	static const char *const special[] = { "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255",
		"100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.0.0",
		"169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.1",
		"192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.1", "192.168.0.0", "192.168.255.255",
		"198.18.0.0", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255",
		"240.0.0.0", "255.255.255.255", "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1",
		"::ffff:10.0.0.1", "::ffff:0.0.0.0", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
		"64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8",
		"100::", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1",
		"2001:10::1", "2001:20::1", "2001:1ff:ffff::1", "2001:db8::", "2001:db8:ffff::1", "2002::1",
		"2002:7f00:1::", "2002:808:808::", "3ffe::1", "3fff::1", "3fff:fff:ffff::1", "4000::1",
		"5f00::1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff00::", "ff02::1",
		"ffff::1" };

	for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
		ck_assert_msg(!is_public(special[i]), "%s", special[i]);
}
END_TEST

START_TEST(the_others_are)
{
	static const char *const open[] = { "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
		"169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0",
		"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255",
		"223.255.255.255", "2001:200::1", "2001:db7::1", "2001:db9::1", "2606:4700::1111",
		"2a00:1450:4001::1", "3ffd::1", "3fff:1000::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8" };
	struct sockaddr other = { .sa_family = AF_UNIX };

	for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
		ck_assert_msg(is_public(open[i]), "%s", open[i]);
	ck_assert(!guard_address_is_public(&other));
}
END_TEST

static bool may_connect(const struct fetch_settings *settings, const char *host, uint16_t port,
	const char *address, uint16_t address_port)
{
	struct sockaddr_storage to = to_address(address, address_port);

	return guard_address(settings, host, port, (struct sockaddr *)&to);
}

START_TEST(exactly_the_mapped_pair_passes)
{
	struct fetch_settings settings;
	struct error error = { 0 };

	fetch_settings_init(&settings);
	ck_assert(!may_connect(&settings, "api.test", 443, "127.0.0.1", 8443));
	ck_assert(may_connect(&settings, "api.test", 443, "8.8.8.8", 443));
	ck_assert(!may_connect(&settings, "api.test", 443, "8.8.8.8", 80));
	ck_assert_int_eq(fetch_settings_connect_to(
				 &settings, "API.test:443:127.0.0.1:8443,b.test:444:[::1]:9443", &error),
		0);
	ck_assert_uint_eq(settings.mapping_count, 2);
	ck_assert(may_connect(&settings, "api.test", 443, "127.0.0.1", 8443));
	ck_assert(!may_connect(&settings, "api.test", 443, "127.0.0.1", 8444));
	ck_assert(!may_connect(&settings, "api.test", 443, "127.0.0.2", 8443));
	ck_assert(!may_connect(&settings, "api.test", 443, "8.8.8.8", 443));
	ck_assert(!may_connect(&settings, "api.test", 443, "::ffff:127.0.0.1", 8443));
	ck_assert(!may_connect(&settings, "c.test", 443, "127.0.0.1", 8443));
	ck_assert(!may_connect(&settings, "api.test", 444, "127.0.0.1", 8443));
	ck_assert(may_connect(&settings, "b.test", 444, "::1", 9443));
	ck_assert(!may_connect(&settings, "b.test", 443, "::1", 9443));
}
END_TEST

START_TEST(broken_mappings_are_refused)
{
	static const char *const bad[] = { "a", "a:443", "a:443:127.0.0.1",
		"a:443:127.0.0.1:", ":443:127.0.0.1:1", "a::127.0.0.1:1", "a:443::1", "a:443:localhost:1",
		"a:443:127.0.0.1:0", "a:0:127.0.0.1:1", "a:443:127.0.0.1:65536", "a:443:127.1:1",
		"a:443:[::1:1", "a:443:::1:1", "a:443:[::1]x:1", "a:443:127.0.0.1:1,b", "a:443:127.0.0.1:1 b",
		"a:443:127.0.0.1:1:2", "a:+443:127.0.0.1:1", "a:443:[127.0.0.1]:1", "a:443:[]:1" };
	char many[1024] = "";
	struct fetch_settings settings;
	struct error error = { 0 };

	fetch_settings_init(&settings);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		error.code = ERROR_NONE;
		ck_assert_msg(fetch_settings_connect_to(&settings, bad[i], &error) == -1, "%s", bad[i]);
		ck_assert_int_eq(error.code, ERROR_BAD_CONFIGURATION);
	}
	for (size_t i = 0, used = 0; i <= FETCH_MAPPINGS; i++)
		used += (size_t)snprintf(
			many + used, sizeof many - used, "%sh%zu:443:127.0.0.1:1", i ? "," : "", i);
	ck_assert_int_eq(fetch_settings_connect_to(&settings, many, &error), -1);
	ck_assert_int_eq(fetch_settings_connect_to(&settings, "", &error), 0);
	ck_assert_uint_eq(settings.mapping_count, 0);
}
END_TEST

START_TEST(proxies_are_checked)
{
	static const struct {
		const char *proxy;
		int result;
	} rows[] = { { "https://proxy.test:3128", 0 }, { "http://proxy.test:3128", 0 },
		{ "https://me:secret@proxy.test:3128", 0 }, { "http://me:secret@proxy.test:3128", -1 },
		{ "socks5://proxy.test", -1 }, { "proxy", -1 }, { "", -1 } };
	struct fetch_settings settings;
	struct error error = { 0 };

	fetch_settings_init(&settings);
	ck_assert_int_eq(fetch_settings_check(&settings, &error), 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		settings.proxy = rows[i].proxy;
		ck_assert_msg(fetch_settings_check(&settings, &error) == rows[i].result, "%s", rows[i].proxy);
	}
	ck_assert_ptr_null(strstr(error.message, "secret"));
}
END_TEST

static int judge(const char *text, enum guard_use use, struct error *error)
{
	static const struct guard_host hosts[] = { { "api.example.test", 0, GUARD_API | GUARD_TOKEN },
		{ "files.example.test", 8443, GUARD_DOWNLOAD } };
	struct url url;

	ck_assert_int_eq(url_parse(&url, text, strlen(text), ERROR_INTERNAL, "it", error), 0);
	return guard_url(hosts, 2, &url, use, error);
}

START_TEST(only_approved_hosts)
{
	struct error error = { 0 };

	ck_assert_int_eq(judge("https://api.example.test/", GUARD_API, &error), 0);
	ck_assert_int_eq(judge("https://API.example.test:443/", GUARD_TOKEN, &error), 0);
	ck_assert_int_eq(judge("https://files.example.test:8443/", GUARD_DOWNLOAD, &error), 0);
	ck_assert_int_eq(judge("https://api.example.test/", GUARD_DOWNLOAD, &error), -1);
	ck_assert_int_eq(judge("https://files.example.test:8443/", GUARD_API, &error), -1);
	ck_assert_int_eq(judge("https://files.example.test/", GUARD_DOWNLOAD, &error), -1);
	ck_assert_int_eq(judge("https://api.example.test:444/", GUARD_API, &error), -1);
	ck_assert_int_eq(judge("https://api.example.test./", GUARD_API, &error), -1);
	ck_assert_int_eq(judge("https://x.api.example.test/", GUARD_API, &error), -1);
	ck_assert_int_eq(judge("https://example.test/", GUARD_API, &error), -1);
	ck_assert_int_eq(error.code, ERROR_FOREIGN_LINK);
	ck_assert_ptr_nonnull(strstr(error.message, "example.test"));
}
END_TEST

START_TEST(proxies_are_asked_for_public_names_only)
{
	static const struct {
		const char *text;
		int result;
	} rows[] = { { "https://api.example.com/", 0 }, { "https://8.8.8.8/", 0 },
		{ "https://[2606:4700::1]/", 0 }, { "https://localhost/", -1 }, { "https://intranet/", -1 },
		{ "https://a.localhost/", -1 }, { "https://printer.local/", -1 },
		{ "https://x.internal/", -1 }, { "https://127.0.0.1/", -1 }, { "https://0x7f000001/", -1 },
		{ "https://[::1]/", -1 }, { "https://[::ffff:10.0.0.1]/", -1 } };
	struct error error = { 0 };
	struct url url;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ck_assert_int_eq(
			url_parse(&url, rows[i].text, strlen(rows[i].text), ERROR_INTERNAL, "it", &error), 0);
		ck_assert_msg(guard_proxied(&url, &error) == rows[i].result, "%s", rows[i].text);
	}
	ck_assert_int_eq(error.code, ERROR_ADDRESS_REFUSED);
}
END_TEST

START_TEST(headers_hold_no_surprises)
{
	struct headers headers = HEADERS_INIT;
	struct error error = { 0 };
	char *large = malloc(HEADERS_LIMIT);
	const char *name, *value;
	size_t at = 0, count = 0;

	ck_assert_int_eq(headers_add_text(&headers, "X-One", "a\tb", &error), 0);
	ck_assert_int_eq(headers_add_text(&headers, "x-two", "", &error), 0);
	ck_assert_int_eq(headers_add_text(&headers, "", "x", &error), -1);
	ck_assert_int_eq(headers_add_text(&headers, "a b", "x", &error), -1);
	ck_assert_int_eq(headers_add_text(&headers, "a:b", "x", &error), -1);
	ck_assert_int_eq(headers_add_text(&headers, "a\r\nb", "x", &error), -1);
	ck_assert_int_eq(headers_add_text(&headers, "x", "a\r\nb: c", &error), -1);
	ck_assert_int_eq(headers_add_text(&headers, "x", "a\nb", &error), -1);
	ck_assert_int_eq(headers_add(&headers, "x", 1, "a\0b", 3, &error), -1);
	ck_assert_int_eq(headers_add(&headers, "x\0", 2, "a", 1, &error), -1);
	memset(large, 'x', HEADERS_LIMIT);
	ck_assert_int_eq(headers_add(&headers, "x", 1, large, HEADERS_LIMIT, &error), -1);
	ck_assert_str_eq(headers_get(&headers, "X-ONE"), "a\tb");
	ck_assert_str_eq(headers_get(&headers, "X-Two"), "");
	ck_assert_ptr_null(headers_get(&headers, "x"));
	while (headers_next(&name, &value, &headers, &at))
		count++;
	ck_assert_uint_eq(count, 2);
	ck_assert(!headers_may_send("Content-Length"));
	ck_assert(headers_may_send("X-Entity"));
	headers_wipe(&headers);
	free(large);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/guard");
	TCase *c = tcase_create("guard");

	tcase_add_test(c, special_addresses_are_not_public);
	tcase_add_test(c, the_others_are);
	tcase_add_test(c, exactly_the_mapped_pair_passes);
	tcase_add_test(c, broken_mappings_are_refused);
	tcase_add_test(c, proxies_are_checked);
	tcase_add_test(c, only_approved_hosts);
	tcase_add_test(c, proxies_are_asked_for_public_names_only);
	tcase_add_test(c, headers_hold_no_surprises);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
