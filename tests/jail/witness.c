/* Stands in for a runner: tells through its socket what it was started with. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	char text[512];
	size_t used = (size_t)snprintf(text, sizeof text, "descriptors");
	int variables = 0;

	(void)argv;
	for (int fd = 0; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			used += (size_t)snprintf(text + used, sizeof text - used, " %d", fd);
	while (environ[variables])
		variables++;
	used += (size_t)snprintf(text + used, sizeof text - used, "; environment %d; leader %d; arguments %d",
		variables, getsid(0) == getpid(), argc);
	return write(3, text, used) == (ssize_t)used ? 0 : 1;
}
