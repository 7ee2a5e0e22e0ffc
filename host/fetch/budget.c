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
	POLL_MS = 2,    /* a block is there soon */
	ALONE_MS = 5000,
	CLOSE_MS = 500, /* what is less worth telling others */
	WANTED_MAX = 1 << 16,
};

/* What is left of a block, and what is to come. */
struct share {
	int64_t id; /* 0: none */
	uint32_t left;
	int64_t until_ms;
	int64_t used_ms; /* when the last request of it was made */
	int64_t asked_ms;
	int64_t again_ms; /* no other before this moment; or, alone, none needed */
	uint32_t wanted;  /* the next time: more from block to block, as long as they are used up */
	bool asked;
	bool alone;
};

/* When the last requests were made. A slot holds up to grain of them, dated by the latest. */
struct window {
	struct window *next;
	struct budget_limit limit; /* with its own key */
	int64_t blocked_ms;        /* nothing before this moment */
	int64_t reserved_ms;       /* no sync before this moment: somebody interactive waits */
	int64_t used_ms;
	int64_t told_ms; /* until when the others know it is blocked */
	struct share share;
	uint32_t grain;
	uint32_t filled; /* requests in the newest slot */
	uint32_t slots;
	uint32_t newest;
	int64_t when_ms[]; /* a ring; INT64_MIN: not used yet */
};

struct budget {
	struct window *windows;
	size_t count;
	struct budget_lender lender; /* borrow is NULL when nothing is shared */
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
	window->blocked_ms = window->reserved_ms = window->told_ms = INT64_MIN;
	window->share.wanted = 1;
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

/* ---- Blocks ------------------------------------------------------------------------------------------- */

static struct budget_spent spent_of(const struct share *share, int64_t now_ms)
{
	return (struct budget_spent){ share->id, share->left, now_ms - share->used_ms };
}

/* How long to wait until there is a block with something in it; asks for one where there is none. A block
 * that was used up in time is followed by a larger one, another by what was used of it. */
static int64_t share_wait(struct budget *budget, struct window *window, int64_t now_ms)
{
	struct share *share = &window->share;

	if (!budget->lender.borrow || (share->alone && now_ms < share->again_ms))
		return 0;
	if (share->left > 0 && now_ms < share->until_ms)
		return 0;
	if (share->asked) /* no answer is one, too, in time */
		return now_ms - share->asked_ms < ALONE_MS ? POLL_MS : 0;
	if (now_ms < share->again_ms)
		return share->again_ms - now_ms;
	const struct budget_spent spent = spent_of(share, now_ms);
	if (share->id && share->left == 0)
		share->wanted = share->wanted < WANTED_MAX ? 2 * share->wanted : WANTED_MAX;
	else
		share->wanted = 1;
	share->asked = true;
	share->asked_ms = now_ms;
	share->left = 0;
	share->id = 0;
	budget->lender.borrow(budget->lender.context, &window->limit, share->wanted, &spent);
	return POLL_MS;
}

static void share_take(struct share *share, int64_t now_ms)
{
	if (share->left > 0)
		share->left--;
	share->used_ms = now_ms;
}

void budget_lent(struct budget *budget, const struct budget_limit *limit, const struct budget_block *block,
	int64_t now_ms)
{
	struct window *window = find(budget, limit, now_ms);
	struct share *share = window ? &window->share : NULL;

	if (!share || !share->asked)
		return; /* it was out of use for too long; its block lapses */
	share->asked = false;
	share->alone = !block;
	if (!block) {
		share->again_ms = now_ms + ALONE_MS;
		return;
	}
	share->again_ms = block->granted ? INT64_MIN : now_ms + block->wait_ms;
	share->id = block->id;
	share->left = block->granted;
	share->until_ms = share->asked_ms + block->hold_ms;
	share->used_ms = now_ms;
}

void budget_share(struct budget *budget, const struct budget_lender *lender, int64_t now_ms)
{
	for (struct window *window = budget->windows; window && budget->lender.borrow;
		window = window->next) {
		const struct budget_spent spent = spent_of(&window->share, now_ms);
		if (spent.id)
			budget->lender.borrow(budget->lender.context, &window->limit, 0, &spent);
		window->share = (struct share){ .wanted = 1 };
	}
	budget->lender = lender ? *lender : (struct budget_lender){ .borrow = NULL };
}

/* ---- Asking ------------------------------------------------------------------------------------------- */

int budget_ask(int64_t *wait_ms, struct budget *budget, const struct budget_limit *limits, size_t count,
	enum budget_priority priority, int64_t now_ms, struct error *error)
{
	int64_t own = 0, shared = 0;

	for (size_t i = 0; i < count; i++) {
		struct window *window = find(budget, &limits[i], now_ms);
		if (!window)
			return error_memory(error);
		int64_t wait = wait_of(window, priority, now_ms);
		own = wait > own ? wait : own;
	}
	for (size_t i = 0; i < count && own == 0; i++) {
		struct window *window = find(budget, &limits[i], now_ms);
		if (!window)
			return error_memory(error);
		int64_t wait = share_wait(budget, window, now_ms);
		shared = wait > shared ? wait : shared;
	}
	*wait_ms = own > 0 ? own : shared;
	for (size_t i = 0; i < count; i++) {
		struct window *window = find(budget, &limits[i], now_ms);
		if (!window)
			return error_memory(error);
		if (*wait_ms == 0) {
			count_at(window, now_ms);
			share_take(&window->share, now_ms);
		}
		if (priority == BUDGET_INTERACTIVE)
			window->reserved_ms = own == 0 ? INT64_MIN : now_ms + own + GRACE_MS;
	}
	return 0;
}

/* ---- Correcting --------------------------------------------------------------------------------------- */

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

/* What blocks us blocks all, as far as it is news. */
static void tell_others(struct budget *budget, struct window *window, int64_t now_ms)
{
	if (!budget->lender.close || window->blocked_ms <= now_ms ||
		window->blocked_ms < window->told_ms + CLOSE_MS)
		return;
	window->told_ms = window->blocked_ms;
	budget->lender.close(budget->lender.context, window->limit.key, window->blocked_ms - now_ms);
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
	if (answer->remaining < 0) {
		tell_others(budget, window, now_ms);
		return 0;
	}
	int64_t reset = answer->reset_ms >= 0 && answer->reset_ms < longest_ms ? answer->reset_ms : length_ms;
	bool trickles = answer->each_ms > 0 && answer->reset_ms < 0;
	int64_t back = trickles ? answer->each_ms : reset;
	if (answer->remaining == 0 && now_ms + back > window->blocked_ms)
		window->blocked_ms = now_ms + back;
	tell_others(budget, window, now_ms);
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
