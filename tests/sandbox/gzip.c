#include "config.h"

#include "sandbox/gzip.h"

#include <stdint.h>

#define STORED_MAX 65535

static const unsigned char member_head[] = { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF };

/* RFC 1952, section 8. */
static uint32_t crc32(const char *bytes, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
	}
	return ~crc;
}

/* Little endian. */
static int append_number(struct buffer *out, uint32_t number, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++) {
		if (buffer_append_char(out, (char)(number >> (8 * i) & 0xFF)) < 0)
			return -1;
	}
	return 0;
}

/* RFC 1951, section 3.2.4: whether it is the last, the length, its complement, the bytes. */
static int append_stored(struct buffer *out, const char *bytes, size_t length, bool last)
{
	return buffer_append_char(out, last ? 1 : 0) < 0 || append_number(out, (uint32_t)length, 2) < 0 ||
			       append_number(out, ~(uint32_t)length, 2) < 0 ||
			       buffer_append(out, bytes, length) < 0
		       ? -1
		       : 0;
}

static int append_member(struct buffer *out, const struct buffer *plain)
{
	size_t done = 0;

	if (buffer_append(out, member_head, sizeof member_head) < 0)
		return -1;
	do {
		size_t left = plain->length - done;
		size_t length = left < STORED_MAX ? left : STORED_MAX;

		if (append_stored(out, plain->data + done, length, length == left) < 0)
			return -1;
		done += length;
	} while (done < plain->length);
	if (append_number(out, crc32(plain->data, plain->length), 4) < 0)
		return -1;
	return append_number(out, (uint32_t)plain->length, 4);
}

static int read_all(struct buffer *out, struct body *body)
{
	ssize_t part;
	char *room;

	do {
		if (buffer_reserve(&room, out, STORED_MAX) < 0)
			return -1;
		part = body_read(room, STORED_MAX, body);
		if (part < 0)
			return -1;
		out->length += (size_t)part;
	} while (part);
	return 0;
}

int gzip_wrap(struct body *body)
{
	struct buffer plain = BUFFER_INIT(body->head.limit);
	int result = -1;

	if (read_all(&plain, body) == 0) {
		body_clear(body);
		body_init(body);
		result = append_member(&body->head, &plain);
	}
	buffer_wipe(&plain);
	return result;
}

/* One deflate block with one length code and one distance code, of one bit each, both 0: every zero byte
 * repeats the last 258 bytes four times. */
int gzip_bomb(struct body *body)
{
	static const unsigned char head[] = { 0xED, 0xC0, 0x81, 0, 0, 0, 0, 0x80, 0x20, 0x95, 0xFD, 0x29,
		0x17, 0xA9, 0 };
	static const unsigned char tail[] = { 0x06, 0xBE, 0xD0, 0x4C, 0x59, 0x09, 0x7E, 0xFC, 0x1F };

	body_clear(body);
	body_init(body);
	body->fill = '\0';
	body->fill_count = 520000;
	if (buffer_append(&body->head, member_head, sizeof member_head) < 0 ||
		buffer_append(&body->head, head, sizeof head) < 0)
		return -1;
	return buffer_append(&body->tail, tail, sizeof tail);
}
