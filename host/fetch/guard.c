#include "config.h"

#include "fetch/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static bool is_local_name(const char *host)
{
	static const char *const suffixes[] = { ".localhost", ".local", ".localdomain", ".internal",
		".intranet", ".lan", ".home.arpa" };
	size_t length = strlen(host);

	if (!strchr(host, '.'))
		return true;
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		size_t end = strlen(suffixes[i]);
		if (length > end && strcmp(host + length - end, suffixes[i]) == 0)
			return true;
	}
	return false;
}

int guard_url(const struct guard_host *hosts, size_t count, const struct url *url, enum guard_use use,
	struct error *error)
{
	bool known = false;

	for (size_t i = 0; i < count; i++) {
		uint16_t port = hosts[i].port ? hosts[i].port : 443;
		if (port != url->port || strcmp(hosts[i].name, url->host) != 0)
			continue;
		known = true;
		if (hosts[i].uses & use)
			return 0;
	}
	if (known)
		return error_set(error, ERROR_FOREIGN_LINK, "The host %s is approved, but not for %s.",
			url->host,
			use == GUARD_TOKEN      ? "tokens"
			: use == GUARD_DOWNLOAD ? "downloads"
						: "calls");
	return error_set(error, ERROR_FOREIGN_LINK, "The host %s (port %u) is not one of those approved.",
		url->host, url->port);
}

/* The IANA IPv4 special-purpose address registry, all that is not globally reachable, and
 * multicast; also the 6to4 relays, long deprecated. */
static bool is_public_ipv4(uint32_t address)
{
	static const struct {
		uint32_t prefix;
		unsigned bits;
	} special[] = {
		{ 0x00000000, 8 },  /* 0.0.0.0/8, this network */
		{ 0x0A000000, 8 },  /* 10.0.0.0/8, private */
		{ 0x64400000, 10 }, /* 100.64.0.0/10, carrier-grade NAT */
		{ 0x7F000000, 8 },  /* 127.0.0.0/8, loopback */
		{ 0xA9FE0000, 16 }, /* 169.254.0.0/16, link-local, clouds' metadata */
		{ 0xAC100000, 12 }, /* 172.16.0.0/12, private */
		{ 0xC0000000, 24 }, /* 192.0.0.0/24, protocol assignments */
		{ 0xC0000200, 24 }, /* 192.0.2.0/24, documentation */
		{ 0xC0586300, 24 }, /* 192.88.99.0/24, 6to4 relays */
		{ 0xC0A80000, 16 }, /* 192.168.0.0/16, private */
		{ 0xC6120000, 15 }, /* 198.18.0.0/15, benchmarks */
		{ 0xC6336400, 24 }, /* 198.51.100.0/24, documentation */
		{ 0xCB007100, 24 }, /* 203.0.113.0/24, documentation */
		{ 0xE0000000, 4 },  /* 224.0.0.0/4, multicast */
		{ 0xF0000000, 4 },  /* 240.0.0.0/4, reserved, broadcast */
	};

	for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
		if ((address ^ special[i].prefix) >> (32 - special[i].bits) == 0)
			return false;
	return true;
}

static uint32_t load_be32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool has_prefix(const unsigned char *address, const unsigned char *prefix, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(address, prefix, whole) != 0)
		return false;
	return rest == 0 || ((unsigned)(address[whole] ^ prefix[whole]) >> (8 - rest)) == 0;
}

/* Of IPv6 only 2000::/3 is handed out at all; inside it the IANA registry sets these apart. */
static bool is_public_ipv6(const unsigned char address[16])
{
	static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	static const unsigned char nat64[12] = { 0x00, 0x64, 0xFF, 0x9B };
	static const struct {
		unsigned char prefix[4];
		unsigned bits;
	} special[] = {
		{ { 0x20, 0x01, 0x00, 0x00 }, 23 }, /* 2001::/23, Teredo, ORCHID, benchmarks, … */
		{ { 0x20, 0x01, 0x0D, 0xB8 }, 32 }, /* 2001:db8::/32, documentation */
		{ { 0x20, 0x02, 0x00, 0x00 }, 16 }, /* 2002::/16, 6to4: any IPv4 inside */
		{ { 0x3F, 0xFF, 0x00, 0x00 }, 20 }, /* 3fff::/20, documentation */
		{ { 0x3F, 0xFE, 0x00, 0x00 }, 16 }, /* 3ffe::/16, the former 6bone */
	};

	if (has_prefix(address, mapped, 96) || has_prefix(address, nat64, 96))
		return is_public_ipv4(load_be32(address + 12));
	if (address[0] >> 5 != 1)
		return false;
	for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
		if (has_prefix(address, special[i].prefix, special[i].bits))
			return false;
	return true;
}

bool guard_address_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;
		return is_public_ipv4(ntohl(four->sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;
		return is_public_ipv6(six->sin6_addr.s6_addr);
	}
	return false;
}

static bool is_same_address(const struct sockaddr *a, const struct sockaddr *b)
{
	if (a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET) {
		const struct sockaddr_in *x = (const struct sockaddr_in *)(const void *)a;
		const struct sockaddr_in *y = (const struct sockaddr_in *)(const void *)b;
		return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
	}
	const struct sockaddr_in6 *x = (const struct sockaddr_in6 *)(const void *)a;
	const struct sockaddr_in6 *y = (const struct sockaddr_in6 *)(const void *)b;
	return x->sin6_port == y->sin6_port && memcmp(&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr) == 0;
}

static uint16_t port_of(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
	return ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
}

bool guard_address(const struct fetch_settings *settings, const char *host, uint16_t port,
	const struct sockaddr *address)
{
	const struct fetch_mapping *mapping = fetch_settings_mapping(settings, host, port);

	if (mapping)
		return is_same_address((const struct sockaddr *)&mapping->address, address);
	return guard_address_is_public(address) && port_of(address) == port;
}

int guard_proxied(const struct url *url, struct error *error)
{
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	bool allowed;

	if (inet_pton(AF_INET, url->host, &four.sin_addr) == 1)
		allowed = guard_address_is_public((const struct sockaddr *)&four);
	else if (inet_pton(AF_INET6, url->host, &six.sin6_addr) == 1)
		allowed = guard_address_is_public((const struct sockaddr *)&six);
	else
		allowed = !is_local_name(url->host);
	if (allowed)
		return 0;
	return error_set(error, ERROR_ADDRESS_REFUSED,
		"The host %s is not a public one, and the proxy may not be asked for it.", url->host);
}
