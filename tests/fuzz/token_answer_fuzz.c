/* The first byte chooses the status, the rest is the answer of a token endpoint. */
#include "config.h"

#include "fetch/oauth2.h"

#include "base/text.h"
#include "fetch/classify.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 400, 401, 403, 404, 429, 500, 503, 302, 201 };
	struct headers headers = HEADERS_INIT;
	struct error error = { 0 };
	struct oauth2_answer answer;
	struct classified classified;
	static const struct oauth2_pointers pointers[] = { { NULL, NULL, NULL },
		{ "/data/token", "/data/expires_in", "/data/scope" } };

	if (size == 0)
		return 0;
	int status = statuses[data[0] % (sizeof statuses / sizeof statuses[0])];
	const char *body = (const char *)data + 1;
	if (oauth2_answer(&answer, status, &headers, body, size - 1, &pointers[data[0] >> 7], &error) == 0) {
		/* It goes behind "Bearer " into a header line. */
		if (status != 200 || !answer.access_token[0])
			abort();
		for (const char *c = answer.access_token; *c; c++)
			if (*c <= ' ' || *c >= 0x7F)
				abort();
		oauth2_answer_clear(&answer);
	} else if (error.code == ERROR_NONE || !error.message[0] ||
		   !text_is_utf8(error.body, strlen(error.body))) {
		abort();
	}
	/* The same bytes as the error body of a call. */
	const struct answer it = { status, &headers, body, size - 1 };
	classify(&classified, &it, NULL, 0, "/errors/0/a~1b");
	if (!text_is_utf8(classified.message, strlen(classified.message)))
		abort();
	return 0;
}
