/* The lists of system calls that a runner may make, as seccomp programs. */
#ifndef MUSTER_JAIL_FILTER_H
#define MUSTER_JAIL_FILTER_H

#include <stdbool.h>

/* Which list. */
enum filter_phase {
	FILTER_LOAD, /* while the plugin is loaded: it is opened, and becomes executable */
	FILTER_RUN,  /* after that */
};

/* Can this kernel kill a process by a seccomp filter, and do we know its machine? */
bool filter_available(void);

/* Installs the list; those installed earlier hold as well. socket is the one descriptor that FILTER_RUN
 * lets through besides stdout and stderr. Returns 0, or -1 with errno. */
int filter_install(enum filter_phase phase, int socket);

#endif
