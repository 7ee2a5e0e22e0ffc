#include "config.h"

#include "base/base64.h"

int base64_encode(struct buffer *out, const char *bytes, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = (const unsigned char *)bytes;

	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		unsigned group = (unsigned)in[i] << 16;
		group |= left > 1 ? (unsigned)in[i + 1] << 8 : 0;
		group |= left > 2 ? in[i + 2] : 0;
		char four[4] = { digits[group >> 18], digits[group >> 12 & 63],
			left > 1 ? digits[group >> 6 & 63] : '=', left > 2 ? digits[group & 63] : '=' };
		if (buffer_append(out, four, sizeof four) < 0)
			return -1;
	}
	return 0;
}
