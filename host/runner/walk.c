#include "config.h"

#include "runner/walk.h"

#include "record/escape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 16u
#define NO_TARGET WALK_TARGETS
#define NO_INDEX UINT64_MAX

/* A name or index that some pointer goes through; the root has none. */
struct node {
	struct buffer key;     /* the name as a key: in quotes, escaped, with the colon */
	struct node *follower; /* a guess: the child of its parent that comes after it */
	uint64_t seen;         /* the pass that met it last */
	size_t target;         /* or NO_TARGET */
	bool inner;            /* it has children */
	bool stop;
	struct node *first; /* a guess: the child that an object begins with */
	char *name;
	size_t length;
	uint64_t index;                /* the name as the index of an element, or NO_INDEX */
	struct node *chain;            /* the next child of its parent in the same bucket */
	struct node *made;             /* the node made before it */
	struct node *buckets[BUCKETS]; /* of children */
};

/* An open container that some pointer leads into. */
struct frame {
	struct node *node;
	struct node *guess;  /* the member that probably comes next, or NULL */
	struct node *member; /* whose value comes next, in an object */
	struct node *last;   /* the child met last, or NULL */
	uint64_t index;      /* of the next element, in an array */
	size_t start;        /* of the container, counted from the hold */
	bool array;
};

struct walk {
	struct frame frames[WALK_DEPTH + 1];
	size_t depth;
	struct walk_value *values;
	size_t target_count;
	uint64_t pass;
	struct node root;
	struct node *made;    /* the node made last */
	struct node *skipped; /* whose container is being passed, or NULL: nobody's */
	bool skipping;
	bool begun;
	enum reader_token token; /* the first one, until it was looked at */
};

int walk_new(struct walk **out, struct error *error)
{
	struct walk *walk = calloc(1, sizeof *walk);

	if (!walk)
		return error_memory(error);
	walk->root.target = NO_TARGET;
	*out = walk;
	return 0;
}

void walk_free(struct walk *walk)
{
	if (!walk)
		return;
	while (walk->made) {
		struct node *node = walk->made;
		walk->made = node->made;
		buffer_clear(&node->key);
		free(node->name);
		free(node);
	}
	free(walk->values);
	free(walk);
}

/* ---- Compiling ------------------------------------------------------------------------------- */

/* Few names of one object agree in length, first and last byte. */
static unsigned bucket_of(const char *name, size_t length)
{
	unsigned first = length ? (unsigned char)name[0] : 0;
	unsigned last = length ? (unsigned char)name[length - 1] : 0;

	return (unsigned)(length + first * 5u + last * 3u) % BUCKETS;
}

/* RFC 6901, section 4: digits without a leading zero. */
static uint64_t index_of(const char *name, size_t length)
{
	uint64_t index = 0;

	if (length == 0 || length > 9 || (length > 1 && name[0] == '0'))
		return NO_INDEX;
	for (size_t i = 0; i < length; i++) {
		if (name[i] < '0' || name[i] > '9')
			return NO_INDEX;
		index = index * 10 + (uint64_t)(name[i] - '0');
	}
	return index;
}

static struct node *find(const struct node *parent, const char *name, size_t length)
{
	struct node *node = parent->buckets[bucket_of(name, length)];

	while (node && (node->length != length || memcmp(node->name, name, length) != 0))
		node = node->chain;
	return node;
}

static int render_key(struct node *node, struct error *error)
{
	if (buffer_append_char(&node->key, '"') < 0 ||
		escape_encode(&node->key, node->name, node->length) < 0 ||
		buffer_append_text(&node->key, "\":") < 0)
		return error_memory(error);
	return 0;
}

/* The child of that name, made if there is none. The name is taken. */
static int child_of(struct node **child, struct walk *walk, struct node *parent, char *name_take,
	size_t length, struct error *error)
{
	struct node *node = find(parent, name_take, length);

	*child = node;
	if (node) {
		free(name_take);
		return 0;
	}
	node = calloc(1, sizeof *node);
	if (!node) {
		free(name_take);
		return error_memory(error);
	}
	struct node **bucket = &parent->buckets[bucket_of(name_take, length)];
	*node = (struct node){
		.key = BUFFER_INIT(SIZE_MAX),
		.name = name_take,
		.length = length,
		.index = index_of(name_take, length),
		.target = NO_TARGET,
		.chain = *bucket,
		.made = walk->made,
	};
	*bucket = node;
	walk->made = node;
	parent->inner = true;
	*child = node;
	return render_key(node, error);
}

/* One segment of a pointer, unescaped: ~1 is a slash, ~0 a tilde. */
static int segment_dup(char **out, size_t *out_length, const char *text, size_t length, const char *pointer,
	struct error *error)
{
	char *name = malloc(length + 1);
	size_t used = 0;

	if (!name)
		return error_memory(error);
	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		if (c == '~') {
			i++;
			if (i == length || (text[i] != '0' && text[i] != '1')) {
				free(name);
				return error_set(error, ERROR_PLUGIN_REFUSED,
					"'%s' is no JSON pointer: after '~' stands 0 or 1.", pointer);
			}
			c = text[i] == '0' ? '~' : '/';
		}
		name[used++] = c;
	}
	*out = name;
	*out_length = used;
	return 0;
}

static int new_target(struct walk *walk, struct node *node, struct error *error)
{
	struct walk_value *values;

	if (walk->target_count == WALK_TARGETS)
		return error_set(
			error, ERROR_PLUGIN_REFUSED, "A map has more than %d pointers.", WALK_TARGETS);
	values = reallocarray(walk->values, walk->target_count + 1, sizeof *values);
	if (!values)
		return error_memory(error);
	walk->values = values;
	values[walk->target_count] = (struct walk_value){ .token = READER_MORE };
	node->target = walk->target_count++;
	return 0;
}

int walk_add(size_t *target, struct walk *walk, const char *pointer, bool stop, struct error *error)
{
	struct node *node = &walk->root;
	size_t depth = 0;
	const char *p = pointer;

	if (*p && *p != '/')
		return error_set(
			error, ERROR_PLUGIN_REFUSED, "'%s' is no JSON pointer: it begins with '/'.", pointer);
	for (; *p && !node->stop; depth++) {
		size_t length = strcspn(p + 1, "/");
		size_t name_length = 0;
		char *name = NULL;

		if (depth == WALK_DEPTH)
			return error_set(error, ERROR_PLUGIN_REFUSED, "'%s' has more than %d segments.",
				pointer, WALK_DEPTH);
		if (segment_dup(&name, &name_length, p + 1, length, pointer, error) < 0 ||
			child_of(&node, walk, node, name, name_length, error) < 0)
			return -1;
		p += 1 + length;
	}
	if (node->stop || (stop && (node->inner || node->target != NO_TARGET)))
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"'%s' meets another pointer at a place "
			"that only one may lead to.",
			pointer);
	if (node->target == NO_TARGET && new_target(walk, node, error) < 0)
		return -1;
	node->stop = stop;
	*target = node->target;
	return 0;
}

/* ---- Walking --------------------------------------------------------------------------------- */

void walk_begin(struct walk *walk, enum reader_token token)
{
	walk->pass++;
	walk->depth = 0;
	walk->skipping = false;
	walk->begun = false;
	walk->token = token;
	for (size_t i = 0; i < walk->target_count; i++)
		walk->values[i] = (struct walk_value){ .token = READER_MORE };
}

const struct walk_value *walk_values(const struct walk *walk)
{
	return walk->values;
}

/* The child that the current key names, or NULL. */
static struct node *member_of(const struct node *parent, const struct reader *reader)
{
	if (!(reader->flags & READER_ESCAPED))
		return find(parent, reader->text, reader->length);
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct node *node = parent->buckets[i]; node; node = node->chain)
			if (escape_equal(reader->text, reader->length, node->name, node->length))
				return node;
	return NULL;
}

/* The child whose name is the index of the element that begins, or NULL. */
static struct node *element_of(struct frame *frame)
{
	uint64_t index = frame->index++;

	for (size_t i = 0; i < BUCKETS; i++)
		for (struct node *node = frame->node->buckets[i]; node; node = node->chain)
			if (node->index == index)
				return node;
	return NULL;
}

/* The current token is the node's value, or, after a skip, its last. */
static inline void keep(
	struct walk *walk, const struct node *node, enum reader_token token, const struct reader *reader)
{
	if (node->target != NO_TARGET)
		walk->values[node->target] =
			(struct walk_value){ reader_slice(reader), token, reader->flags };
}

static enum walk_event failed(const struct reader *reader, struct error *error)
{
	(void)reader_error(reader, "the answer", error);
	return WALK_FAILED;
}

/* Passes what the current token begins, for a node that has no children, or for nobody. */
static enum walk_event skip(struct walk *walk, struct node *node, enum reader_token first,
	struct reader *reader, struct error *error)
{
	enum reader_token token = reader_skip(reader);

	walk->skipping = token == READER_MORE;
	if (token == READER_MORE) {
		walk->skipped = node;
		walk->token = first;
		return WALK_MORE;
	}
	if (token == READER_ERROR)
		return failed(reader, error);
	if (node)
		keep(walk, node, first, reader);
	return WALK_DONE;
}

static void enter(struct walk *walk, struct node *node, enum reader_token token, const struct reader *reader)
{
	walk->frames[walk->depth++] = (struct frame){
		.node = node,
		.guess = token == READER_OBJECT ? node->first : NULL,
		.start = reader->held ? reader_slice(reader).start : 0,
		.array = token == READER_ARRAY,
	};
}

/* The container that ended was some pointer's whole value, or only on the way to others. */
static void leave(struct walk *walk, const struct reader *reader)
{
	const struct frame *frame = &walk->frames[--walk->depth];

	if (frame->node->target != NO_TARGET)
		walk->values[frame->node->target] =
			(struct walk_value){ { frame->start, reader_held(reader).length - frame->start },
				frame->array ? READER_ARRAY : READER_OBJECT, 0 };
}

/* The value of a node, or of nobody, begins with the current token. DONE: it is passed or entered. */
static inline enum walk_event value(struct walk *walk, struct node *node, enum reader_token token,
	struct reader *reader, struct error *error)
{
	bool container = token == READER_OBJECT || token == READER_ARRAY;

	if (!node)
		return container ? skip(walk, NULL, token, reader, error) : WALK_DONE;
	if (node->stop)
		return WALK_STOP;
	if (!container)
		keep(walk, node, token, reader);
	else if (node->inner)
		enter(walk, node, token, reader);
	else
		return skip(walk, node, token, reader, error);
	return WALK_DONE;
}

static enum walk_event duplicate(const struct reader *reader, const struct node *node, struct error *error)
{
	(void)error_set(error, ERROR_MALFORMED_BODY,
		"The answer is wrong at byte %" PRIu64 ": duplicate_key, '%.*s' occurs twice.",
		reader_offset(reader), (int)node->length, node->name);
	return WALK_FAILED;
}

/* The current key is that of a node, and its value comes next. Records look alike, so the member that
 * follows it now is the one to expect the next time. */
static inline enum walk_event meet(struct walk *walk, struct frame *frame, struct node *node,
	const struct reader *reader, struct error *error)
{
	if (node->seen == walk->pass)
		return duplicate(reader, node, error);
	node->seen = walk->pass;
	if (node != frame->guess)
		*(frame->last ? &frame->last->follower : &frame->node->first) = node;
	frame->last = node;
	frame->member = node;
	frame->guess = node->follower;
	return WALK_DONE;
}

/* Goes over a token or two of the innermost container; DONE: go on. */
static inline enum walk_event step(struct node **node, enum reader_token *token, struct walk *walk,
	struct reader *reader, struct error *error)
{
	struct frame *frame = &walk->frames[walk->depth - 1];
	struct node *guess = frame->guess;

	if (guess && reader_take_key(reader, guess->key.data, guess->key.length) &&
		meet(walk, frame, guess, reader, error) != WALK_DONE)
		return WALK_FAILED;
	*token = reader_next(reader);
	switch (*token) {
	case READER_KEY:
		*node = member_of(frame->node, reader);
		return *node ? meet(walk, frame, *node, reader, error)
			     : skip(walk, NULL, READER_KEY, reader, error);
	case READER_OBJECT_END:
	case READER_ARRAY_END:
		leave(walk, reader);
		return WALK_DONE;
	case READER_MORE:
		return WALK_MORE;
	case READER_END:
	case READER_ERROR:
		return failed(reader, error);
	default:
		*node = frame->array ? element_of(frame) : frame->member;
		return value(walk, *node, *token, reader, error);
	}
}

enum walk_event walk_next(size_t *target, enum reader_token *token, struct walk *walk, struct reader *reader,
	struct error *error)
{
	enum walk_event event = WALK_DONE;
	struct node *node = &walk->root;

	if (walk->skipping) {
		event = skip(walk, walk->skipped, walk->token, reader, error);
	} else if (!walk->begun) {
		walk->begun = true;
		*token = walk->token;
		event = value(walk, node, *token, reader, error);
	}
	while (event == WALK_DONE && walk->depth > 0)
		event = step(&node, token, walk, reader, error);
	if (event == WALK_STOP)
		*target = node->target;
	return event;
}
