/* The main of every Check program: one suite, TAP on stdout (by CK_TAP_LOG_FILE_NAME). It returns 0 once
 * the results are written, so that a bad exit status means a crash or a leak and nothing else. */
#ifndef MUSTER_TESTS_CHECK_MAIN_H
#define MUSTER_TESTS_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

#define CHECK_MAIN(make_suite) \
	int main(void) \
	{ \
		SRunner *runner = srunner_create(make_suite()); \
		srunner_run_all(runner, CK_ENV); \
		srunner_free(runner); \
		return 0; \
	}

#endif
