/* Little-endian integers in bytes, whatever the machine. */
#ifndef MUSTER_WIRE_BYTES_H
#define MUSTER_WIRE_BYTES_H

#include <stdint.h>

static inline uint32_t bytes_get_u32(const char *from)
{
	const unsigned char *byte = (const unsigned char *)from;

	return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

static inline void bytes_put_u32(char *to, uint32_t value)
{
	unsigned char *byte = (unsigned char *)to;

	byte[0] = (unsigned char)(value & 0xff);
	byte[1] = (unsigned char)(value >> 8 & 0xff);
	byte[2] = (unsigned char)(value >> 16 & 0xff);
	byte[3] = (unsigned char)(value >> 24);
}

#endif
