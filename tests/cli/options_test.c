/* The command line's parser: what it takes, in which forms, and what it refuses. */
#include "config.h"

#include "cli/options.h"

#include "check_main.h"

#include <stdio.h>
#include <string.h>

static const struct option options[] = {
	{ .name = "all", .letter = 'a', .help = "All." },
	{ .name = "brief", .letter = 'b', .help = "Brief." },
	{ .name = "file", .letter = 'f', .value = "FILE", .help = "File." },
	{ .name = "name", .value = "NAME", .help = "Name.", .repeated = true },
	{ .name = "count", .value = "N", .help = "Count." },
};

static struct arguments arguments;
static struct error error;

static void set_up(void)
{
	memset(&arguments, 0, sizeof arguments);
	memset(&error, 0, sizeof error);
}

static void tear_down(void)
{
	arguments_clear(&arguments);
}

/* Parses a line of words parted by spaces. */
static int parse(const char *line)
{
	static char text[256];
	char *argv[32];
	char *next = text;
	int argc = 0;

	arguments_clear(&arguments);
	memset(&error, 0, sizeof error);
	(void)snprintf(text, sizeof text, "%s", line);
	while (*next) {
		argv[argc++] = next;
		next += strcspn(next, " ");
		if (*next)
			*next++ = '\0';
	}
	return arguments_parse(&arguments, options, sizeof options / sizeof options[0], argc, argv, &error);
}

START_TEST(values_come_in_every_form)
{
	static const char *const lines[] = { "--file x", "--file=x", "-f x", "-fx", "-abfx", "a -f x b" };

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		ck_assert_int_eq(parse(lines[i]), 0);
		ck_assert_str_eq(arguments_text(&arguments, "file", ""), "x");
	}
	ck_assert_uint_eq(arguments.word_count, 2);
	ck_assert_int_eq(parse("--file="), 0);
	ck_assert_str_eq(arguments_text(&arguments, "file", "none"), "");
	ck_assert_int_eq(parse("--file --all"), 0);
	ck_assert_str_eq(arguments_text(&arguments, "file", ""), "--all");
	ck_assert(!arguments_flag(&arguments, "all"));
}
END_TEST

START_TEST(flags_come_together_and_again)
{
	ck_assert_int_eq(parse("-abab --all -a --help"), 0);
	ck_assert(arguments_flag(&arguments, "all"));
	ck_assert(arguments_flag(&arguments, "brief"));
	ck_assert(arguments_flag(&arguments, "help"));
	ck_assert_str_eq(arguments_text(&arguments, "file", "none"), "none");
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
	ck_assert_int_eq(parse("a --all -- --file x -- -"), 0);
	ck_assert_uint_eq(arguments.word_count, 5);
	ck_assert_uint_eq(arguments.dashes, 1);
	ck_assert_str_eq(arguments.words[1], "--file");
	ck_assert_str_eq(arguments.words[3], "--");
	ck_assert_int_eq(parse("a - b"), 0);
	ck_assert_uint_eq(arguments.word_count, 3);
	ck_assert_uint_eq(arguments.dashes, 3);
}
END_TEST

START_TEST(repeated_values_come_in_order)
{
	size_t position = 0;

	ck_assert_int_eq(parse("--name a -a --name=b"), 0);
	ck_assert_str_eq(arguments_next(&position, &arguments, "name"), "a");
	ck_assert_str_eq(arguments_next(&position, &arguments, "name"), "b");
	ck_assert_ptr_null(arguments_next(&position, &arguments, "name"));
	ck_assert_str_eq(arguments_text(&arguments, "name", ""), "b");
}
END_TEST

START_TEST(numbers_have_bounds)
{
	static const char *const bad[] = { "--count 0", "--count 11", "--count -1", "--count x", "--count 1x",
		"--count=", "--count 99999999999999999999" };
	uint64_t number;

	ck_assert_int_eq(parse("--count 10"), 0);
	ck_assert_int_eq(arguments_number(&number, &arguments, "count", 1, 10, 5, &error), 0);
	ck_assert_uint_eq(number, 10);
	ck_assert_int_eq(parse(""), 0);
	ck_assert_int_eq(arguments_number(&number, &arguments, "count", 1, 10, 5, &error), 0);
	ck_assert_uint_eq(number, 5);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_int_eq(parse(bad[i]), 0);
		ck_assert_int_eq(arguments_number(&number, &arguments, "count", 1, 10, 5, &error), -1);
		ck_assert_int_eq(error.code, ERROR_USAGE);
	}
}
END_TEST

static const struct {
	const char *line;
	const char *says;
	const char *hints;
} wrong[] = {
	{ "--fil x", "no option --fil", "--file" },
	{ "--zzzzzzzz", "no option --zzzzzzzz", "--help" },
	{ "--all=x", "--all takes no value", "" },
	{ "--file", "--file FILE", "" },
	{ "-f", "-f FILE", "" },
	{ "-x", "no option -x", "" },
	{ "-ax", "no option -x", "" },
	{ "--file a --file b", "--file is given twice", "" },
	{ "-fa -fb", "--file is given twice", "" },
	{ "--\033[2J", "no option --\xEF\xBF\xBD[2J", "" },
};

START_TEST(wrong_ones_are_told)
{
	ck_assert_int_eq(parse(wrong[_i].line), -1);
	ck_assert_int_eq(error.code, ERROR_USAGE);
	ck_assert_msg(strstr(error.message, wrong[_i].says) != NULL, "%s", error.message);
	ck_assert_msg(strstr(error.hint, wrong[_i].hints) != NULL, "%s", error.hint);
}
END_TEST

START_TEST(words_are_counted)
{
	ck_assert_int_eq(parse("a b"), 0);
	ck_assert_int_eq(arguments_words(&arguments, 1, 2, "X", &error), 0);
	ck_assert_int_eq(arguments_words(&arguments, 3, 3, "THIRD", &error), -1);
	ck_assert_ptr_nonnull(strstr(error.message, "THIRD is missing"));
	ck_assert_int_eq(arguments_words(&arguments, 0, 1, "X", &error), -1);
	ck_assert_ptr_nonnull(strstr(error.message, "'b'"));
	ck_assert_int_eq(arguments_words(&arguments, 3, 3, "SECOND and THIRD", &error), -1);
	ck_assert_str_eq(error.message, "THIRD is missing.");
	ck_assert_int_eq(parse(""), 0);
	ck_assert_int_eq(arguments_words(&arguments, 2, 2, "ONE and TWO", &error), -1);
	ck_assert_str_eq(error.message, "ONE and TWO are missing.");
}
END_TEST

START_TEST(long_text_is_wrapped)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(file);
	options_wrap(file,
		"Forty columns of words stand in this text, and it goes on and on until it must be "
		"broken.\n\n  as it is",
		10, 4);
	(void)fclose(file);
	ck_assert_str_eq(text, "Forty columns of words stand in this text, and it goes on and on until\n"
			       "    it must be broken.\n\n      as it is\n");
	free(text);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cli/options");
	TCase *c = tcase_create("options");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, values_come_in_every_form);
	tcase_add_test(c, flags_come_together_and_again);
	tcase_add_test(c, two_dashes_end_the_options);
	tcase_add_test(c, repeated_values_come_in_order);
	tcase_add_test(c, numbers_have_bounds);
	tcase_add_loop_test(c, wrong_ones_are_told, 0, sizeof wrong / sizeof wrong[0]);
	tcase_add_test(c, words_are_counted);
	tcase_add_test(c, long_text_is_wrapped);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
