#include "config.h"

#include "jail/landlock.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Headers are older than kernels, so the interface (Documentation/userspace-api/landlock.rst of the
 * kernel) is written down here. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum {
	CREATE_RULESET_VERSION = 1,
	RULE_PATH_BENEATH = 1,
};

#define FS_EXECUTE ((uint64_t)1 << 0)
#define FS_READ_FILE ((uint64_t)1 << 2)

struct ruleset {
	uint64_t fs;
	uint64_t net;    /* since version 4 */
	uint64_t scoped; /* since version 6 */
};

struct path_beneath {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

/* What each version of the kernel can deny: the number of rights, counted from bit 0. */
static const struct {
	unsigned fs;
	unsigned net;
	unsigned scoped;
	size_t size;
} versions[] = {
	{ 0, 0, 0, 0 }, { 13, 0, 0, offsetof(struct ruleset, net) },
	{ 14, 0, 0, offsetof(struct ruleset, net) },    /* REFER */
	{ 15, 0, 0, offsetof(struct ruleset, net) },    /* TRUNCATE */
	{ 15, 2, 0, offsetof(struct ruleset, scoped) }, /* BIND_TCP, CONNECT_TCP */
	{ 16, 2, 0, offsetof(struct ruleset, scoped) }, /* IOCTL_DEV */
	{ 16, 2, 2, sizeof(struct ruleset) },           /* abstract sockets, signals */
};

enum { VERSIONS = sizeof versions / sizeof versions[0] };

static uint64_t bits(unsigned count)
{
	return ((uint64_t)1 << count) - 1;
}

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

int landlock_enter(int abi, int readable_fd)
{
	size_t version = (size_t)(abi < VERSIONS ? abi : VERSIONS - 1);
	struct ruleset ruleset = { bits(versions[version].fs), bits(versions[version].net),
		bits(versions[version].scoped) };
	struct path_beneath rule = { FS_EXECUTE | FS_READ_FILE, readable_fd };
	int result = -1;
	int saved;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, versions[version].size, 0);

	if (fd < 0)
		return -1;
	if (readable_fd < 0 || syscall(SYS_landlock_add_rule, fd, RULE_PATH_BENEATH, &rule, 0) == 0)
		result = (int)syscall(SYS_landlock_restrict_self, fd, 0);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return result;
}
