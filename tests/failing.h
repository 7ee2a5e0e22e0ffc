/* Allocations that fail, in a program that is linked with FAILING_WRAPS. */
#ifndef MUSTER_TESTS_FAILING_H
#define MUSTER_TESTS_FAILING_H

#include <stdbool.h>
#include <stddef.h>

/* How many allocations of this thread still succeed; negative: all. One fails then and those after it do not,
 * so that what is done about it is not stopped at once. */
extern _Thread_local long failing_left;

/* Counts an allocation of somebody else's; does it fail? */
bool failing_now(void);

/* For libraries that are told whom to ask. */
void *__wrap_malloc(size_t size);

#endif
