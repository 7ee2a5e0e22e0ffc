/* Words for the person at the terminal, on stderr, one line each, cleaned of control characters. */
#ifndef MUSTER_BASE_LOG_H
#define MUSTER_BASE_LOG_H

/* "muster: warning: …" */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "muster: …" */
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
