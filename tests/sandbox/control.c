#include "config.h"

#include "sandbox/control.h"

#include "base/text.h"

#include <string.h>

#define JSON_TYPE "application/json"

/* What a form asks for, read whole before any of it is done. */
struct orders {
	int64_t clock_s;
	bool expire;
	bool rotate;
	enum rotation rotation;
	uint64_t revoke; /* 0: none */
};

bool control_is_meant(const struct request *request)
{
	return strcmp(request->path, "/.sandbox/control") == 0;
}

static int read_clock(struct orders *out, const char *text)
{
	bool back = *text == '-';
	uint64_t seconds;

	if (text_to_u64(&seconds, text + back) < 0 || seconds > TIMEPIECE_MOVE_MAX)
		return -1;
	out->clock_s = back ? -(int64_t)seconds : (int64_t)seconds;
	return 0;
}

static int read_expire(struct orders *out, const char *text)
{
	out->expire = strcmp(text, "all") == 0;
	return out->expire ? 0 : -1;
}

static int read_revoke(struct orders *out, const char *text)
{
	return text_to_u64(&out->revoke, text) < 0 || !out->revoke ? -1 : 0;
}

static int read_rotation(struct orders *out, const char *text)
{
	out->rotate = true;
	return rotation_read(&out->rotation, text);
}

/* Returns NULL, or the field that can't be read. */
static const char *read_orders(struct orders *out, const struct request *request)
{
	static const struct {
		const char *field;
		int (*read)(struct orders *out, const char *text);
	} rows[] = {
		{ "clock", read_clock },
		{ "expire", read_expire },
		{ "revoke", read_revoke },
		{ "rotation", read_rotation },
	};

	*out = (struct orders){ 0 };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer text = BUFFER_INIT(64);
		int given = request_form(&text, request, rows[i].field);
		bool bad = given < 0 || (given && rows[i].read(out, text.data) < 0);

		buffer_clear(&text);
		if (bad)
			return rows[i].field;
	}
	return NULL;
}

int control_answer(struct answer *answer, struct simulation *simulation, const struct request *request)
{
	struct orders orders;
	const char *bad = strcmp(request->method, "POST") == 0 ? read_orders(&orders, request) : "method";

	if (!bad && orders.revoke && families_revoke(&simulation->families, orders.revoke) < 0)
		bad = "revoke";
	if (!bad && timepiece_move(simulation->timepiece, orders.clock_s) < 0)
		bad = "clock";
	if (bad)
		return answer_text(answer, 400, JSON_TYPE, "{\"error\":\"%s can't be understood\"}", bad);
	if (orders.expire)
		tokens_revoke(&simulation->tokens, atomic_load(&simulation->tokens.issued));
	if (orders.rotate)
		families_rotate(&simulation->families, orders.rotation);
	return answer_text(answer, 200, JSON_TYPE, "{}");
}
