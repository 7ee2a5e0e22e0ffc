#include "config.h"

#include "fetch/budget.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLOTS = 512,    /* a larger count is kept in groups, to the cautious side */
	WINDOWS = 4096, /* keys at a time; those longest out of use go first */
	GRACE_MS = 250, /* how long a place in front is kept for who was told to come back */
};

/* When the last requests were made. A slot holds up to grain of them, dated by the latest. */
struct window {
	struct window *next;
	struct budget_limit limit; /* with its own key */
	int64_t blocked_ms;        /* nothing before this moment */
	int64_t reserved_ms;       /* no sync before this moment: somebody interactive waits */
	int64_t used_ms;
	uint32_t grain;
	uint32_t filled; /* requests in the newest slot */
	uint32_t slots;
	uint32_t newest;
	int64_t when_ms[]; /* a ring; INT64_MIN: not used yet */
};

struct budget {
	struct window *windows;
	size_t count;
};

int budget_new(struct budget **out, struct error *error)
{
	*out = calloc(1, sizeof **out);
	return *out ? 0 : error_memory(error);
}

static void window_free(struct window *window)
{
	free((char *)(size_t)window->limit.key);
	free(window);
}

void budget_free(struct budget *budget)
{
	struct window *next;

	if (!budget)
		return;
	for (struct window *window = budget->windows; window; window = next) {
		next = window->next;
		window_free(window);
	}
	free(budget);
}

static bool is_same(const struct budget_limit *a, const struct budget_limit *b)
{
	return a->count == b->count && a->seconds == b->seconds && strcmp(a->key, b->key) == 0;
}

static struct window *window_new(const struct budget_limit *limit)
{
	uint32_t grain = limit->count / SLOTS + (limit->count % SLOTS != 0);
	uint32_t slots = grain ? limit->count / grain : 0;
	struct window *window = calloc(1, sizeof *window + slots * sizeof window->when_ms[0]);

	if (!window)
		return NULL;
	window->limit = *limit;
	window->limit.key = strdup(limit->key);
	if (!window->limit.key) {
		free(window);
		return NULL;
	}
	window->slots = slots;
	window->grain = grain;
	window->filled = grain; /* so that the first request opens a slot */
	window->blocked_ms = window->reserved_ms = INT64_MIN;
	for (uint32_t i = 0; i < slots; i++)
		window->when_ms[i] = INT64_MIN;
	return window;
}

static void drop_oldest(struct budget *budget)
{
	struct window **oldest = &budget->windows;

	for (struct window **at = &budget->windows; *at; at = &(*at)->next)
		if ((*at)->used_ms <= (*oldest)->used_ms)
			oldest = at;
	struct window *window = *oldest;
	*oldest = window->next;
	budget->count--;
	window_free(window);
}

static struct window *find(struct budget *budget, const struct budget_limit *limit, int64_t now_ms)
{
	struct window *window = budget->windows;

	while (window && !is_same(&window->limit, limit))
		window = window->next;
	if (!window) {
		window = window_new(limit);
		if (!window)
			return NULL;
		if (budget->count == WINDOWS)
			drop_oldest(budget);
		window->next = budget->windows;
		budget->windows = window;
		budget->count++;
	}
	window->used_ms = now_ms;
	return window;
}

/* The moment from which one more request fits; INT64_MIN when one always did. */
static int64_t free_at(const struct window *window)
{
	int64_t oldest;

	if (window->slots == 0 || window->filled < window->grain)
		return INT64_MIN;
	oldest = window->when_ms[(window->newest + 1) % window->slots];
	return oldest == INT64_MIN ? INT64_MIN : oldest + (int64_t)window->limit.seconds * 1000;
}

static int64_t wait_of(const struct window *window, enum budget_priority priority, int64_t now_ms)
{
	int64_t ready = free_at(window);

	if (window->blocked_ms > ready)
		ready = window->blocked_ms;
	if (priority != BUDGET_INTERACTIVE && window->reserved_ms > ready)
		ready = window->reserved_ms;
	return ready > now_ms ? ready - now_ms : 0;
}

static void count_at(struct window *window, int64_t when_ms)
{
	if (window->slots == 0)
		return;
	if (window->filled >= window->grain) {
		window->newest = (window->newest + 1) % window->slots;
		window->filled = 0;
	}
	window->when_ms[window->newest] = when_ms;
	window->filled++;
}

int budget_ask(int64_t *wait_ms, struct budget *budget, const struct budget_limit *limits, size_t count,
	enum budget_priority priority, int64_t now_ms, struct error *error)
{
	int64_t longest = 0;

	for (size_t i = 0; i < count; i++) {
		struct window *window = find(budget, &limits[i], now_ms);
		if (!window)
			return error_memory(error);
		int64_t wait = wait_of(window, priority, now_ms);
		if (wait > longest)
			longest = wait;
	}
	*wait_ms = longest;
	for (size_t i = 0; i < count; i++) {
		struct window *window = find(budget, &limits[i], now_ms);
		if (!window)
			return error_memory(error);
		if (longest == 0)
			count_at(window, now_ms);
		if (priority == BUDGET_INTERACTIVE)
			window->reserved_ms = longest == 0 ? INT64_MIN : now_ms + longest + GRACE_MS;
	}
	return 0;
}

/* How many more requests our own count would let through now. */
static uint64_t room_of(const struct window *window, int64_t now_ms)
{
	int64_t since = now_ms - (int64_t)window->limit.seconds * 1000;
	uint64_t room = 0;

	for (uint32_t i = 0; i < window->slots; i++)
		if (window->when_ms[i] == INT64_MIN || window->when_ms[i] <= since)
			room += window->grain;
	if (window->slots && window->filled < window->grain && window->when_ms[window->newest] > since)
		room += window->grain - window->filled;
	return room;
}

int budget_correct(struct budget *budget, const struct budget_limit *limit,
	const struct budget_answer *answer, int64_t now_ms, struct error *error)
{
	struct window *window = find(budget, limit, now_ms);
	int64_t length_ms = (int64_t)limit->seconds * 1000;
	int64_t longest_ms = INT64_C(86400) * 1000;

	if (!window)
		return error_memory(error);
	if (answer->retry_ms >= 0) {
		int64_t until = now_ms + (answer->retry_ms < longest_ms ? answer->retry_ms : longest_ms);
		if (until > window->blocked_ms)
			window->blocked_ms = until;
	}
	if (answer->remaining < 0)
		return 0;
	int64_t reset = answer->reset_ms >= 0 && answer->reset_ms < longest_ms ? answer->reset_ms : length_ms;
	bool trickles = answer->each_ms > 0 && answer->reset_ms < 0;
	int64_t back = trickles ? answer->each_ms : reset;
	if (answer->remaining == 0 && now_ms + back > window->blocked_ms)
		window->blocked_ms = now_ms + back;
	/* Others spend from it too: what they spent comes back when it is reset, or bit by bit. */
	uint64_t room = room_of(window, now_ms);
	while (room > (uint64_t)answer->remaining && window->slots) {
		uint64_t before = room;
		count_at(window, now_ms - length_ms + (back < length_ms ? back : length_ms));
		room = room_of(window, now_ms);
		back += trickles && back < length_ms ? answer->each_ms : 0;
		if (room >= before)
			break;
	}
	return 0;
}

/* The digits in front; -1 when there are none. */
static int64_t to_number(const char *value)
{
	char digits[16];
	size_t length = value ? strspn(value, "0123456789") : 0;
	uint64_t number;

	if (length == 0 || length >= sizeof digits)
		return -1;
	memcpy(digits, value, length);
	digits[length] = '\0';
	return text_to_u64(&number, digits) == 0 ? (int64_t)number : -1;
}

void budget_read(struct budget_answer *out, const struct budget_headers *headers, int64_t wall_s)
{
	int64_t seconds = to_number(headers->reset);
	int64_t rate = to_number(headers->rate);

	if (seconds > 1000000000)
		seconds = seconds > wall_s ? seconds - wall_s : 0;
	out->remaining = to_number(headers->remaining);
	out->each_ms = rate > 0 ? (1000 + rate - 1) / rate : 0;
	out->reset_ms = seconds < 0 ? -1 : seconds * 1000;
}
