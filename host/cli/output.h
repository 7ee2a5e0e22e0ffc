/* What a person reads, or a script: errors, tables, JSON. Nothing untrusted reaches a terminal as
 * it is. */
#ifndef MUSTER_CLI_OUTPUT_H
#define MUSTER_CLI_OUTPUT_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum output_style { OUTPUT_PLAIN, OUTPUT_BOLD, OUTPUT_DIM, OUTPUT_RED, OUTPUT_YELLOW, OUTPUT_GREEN };

/* Prints the error for a person (message, problems one a line, hint), or as one JSON object. */
void output_error(const struct error *error, bool json);

/* Prints a text cleaned for the terminal, in a style where colour is wanted. */
void output_text(FILE *file, enum output_style style, const char *text);

/* Prints a value on stdout: indented, or in one line. Takes the value over, also on failure; NULL
 * says that memory ran out. */
int output_json_take(json_t *value, bool one_line, struct error *error);

/* An array as every list is printed: with json as it is, on a terminal as a table, in
 * a pipe one object a line. */
int output_list(const json_t *array, bool json, int (*print_table)(const json_t *array, struct error *error),
	struct error *error);

/* A moment, in ms since 1970, as RFC 3339 in UTC; null for 0. NULL when memory ran out. */
json_t *output_time_json(int64_t at_ms);

enum { OUTPUT_COLUMNS = 16 };

/* How wide the terminal is that the file writes to; 80 where it is none. */
size_t output_columns(FILE *file);

/* A table for people: as wide as needed, and on a terminal cut off where that ends. */
struct output_table {
	size_t columns; /* at most OUTPUT_COLUMNS */
	char **cells;   /* owned; the first row is the head */
	size_t count;
	size_t capacity;
};

/* Adds a cell's text, cleaned and copied. */
int output_cell(struct output_table *table, const char *text, struct error *error);

/* Prints the rows on stdout and empties the table. */
void output_table_print(struct output_table *table);
void output_table_clear(struct output_table *table);

/* Writes out what stdout still holds. A reader that went away is no error: the program ends
 * quietly. */
int output_finish(struct error *error);

#endif
