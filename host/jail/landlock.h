/* Landlock: deny every file, TCP port, abstract socket and signal that this kernel's version knows of. */
#ifndef MUSTER_JAIL_LANDLOCK_H
#define MUSTER_JAIL_LANDLOCK_H

/* The version that the kernel offers, 0 if none. */
int landlock_abi(void);

/* Denies all for good; the process must have no_new_privs. readable_fd, unless -1, is a file that may
 * still be opened for reading and be mapped executable. Returns 0, or -1 with errno. */
int landlock_enter(int abi, int readable_fd);

#endif
