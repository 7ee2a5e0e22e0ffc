#include "config.h"

#include "base/log.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 0))) static void say(
	const char *label, const char *format, va_list arguments)
{
	char line[1024];

	(void)vsnprintf(line, sizeof line, format, arguments);
	(void)fputs(label, stderr);
	text_print(stderr, line, strlen(line), false);
	(void)fputc('\n', stderr);
}

void log_warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("muster: warning: ", format, arguments);
	va_end(arguments);
}

void log_notice(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("muster: ", format, arguments);
	va_end(arguments);
}
