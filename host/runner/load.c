#include "config.h"

#include "runner/load.h"

#include <dlfcn.h>
#include <elf.h>
#include <ltdl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ABIS_KNOWN = 10 }; /* entry symbols are looked for up to muster_plugin_9 */

static int check_elf(int fd, struct error *error)
{
	char head[SELFMAG];

	if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head || memcmp(head, ELFMAG, SELFMAG) != 0)
		return error_set(error, ERROR_PLUGIN_REFUSED, "It is no shared object (ELF).");
	return 0;
}

/* libltdl says "file not found" of whatever doesn't load; the dynamic linker knows better. */
static int explain(const char *path, struct error *error)
{
	const char *text;
	size_t prefix = strlen(path);

	(void)dlerror();
	(void)dlopen(path, RTLD_NOW | RTLD_LOCAL);
	text = dlerror();
	if (!text)
		text = lt_dlerror();
	if (!text)
		text = "no reason was given";
	if (strncmp(text, path, prefix) == 0 && strncmp(text + prefix, ": ", 2) == 0)
		text += prefix + 2;
	return error_set(error, ERROR_PLUGIN_REFUSED, "It can't be loaded: %s.", text);
}

static lt_dlhandle open_module(const char *path)
{
	lt_dladvise advise;
	lt_dlhandle module = NULL;

	if (lt_dladvise_init(&advise) != 0)
		return NULL;
	if (lt_dladvise_local(&advise) == 0 && lt_dladvise_resident(&advise) == 0)
		module = lt_dlopenadvise(path, advise);
	(void)lt_dladvise_destroy(&advise);
	return module;
}

/* One entry symbol, and that of our ABI. */
static int find_entry(load_entry **entry, lt_dlhandle module, struct error *error)
{
	void *found = NULL;
	int abi = -1;

	for (int i = 0; i < ABIS_KNOWN; i++) {
		char name[32];
		void *symbol;
		(void)snprintf(name, sizeof name, "muster_plugin_%d", i);
		symbol = lt_dlsym(module, name);
		if (!symbol)
			continue;
		if (found)
			return error_set(error, ERROR_PLUGIN_REFUSED,
				"It has two entry symbols, muster_plugin_%d and muster_plugin_%d.", abi, i);
		found = symbol;
		abi = i;
	}
	if (!found)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"It has no entry symbol muster_plugin_%u: is MUSTER_PLUGIN() there, and exported?",
			MUSTER_ABI);
	if ((unsigned)abi != MUSTER_ABI)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"It is made for ABI %d; this muster speaks ABI %u.", abi, MUSTER_ABI);
	/* ISO C has no cast from object to function; POSIX has the bytes be the same. */
	memcpy(entry, &found, sizeof found);
	return 0;
}

int load_plugin(load_entry **entry, int fd, struct error *error)
{
	char path[32];
	lt_dlhandle module;

	if (check_elf(fd, error) < 0)
		return -1;
	if (lt_dlinit() != 0)
		return error_set(error, ERROR_INTERNAL, "libltdl can't be used: %s.", lt_dlerror());
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	module = open_module(path);
	if (!module)
		return explain(path, error);
	return find_entry(entry, module, error);
}
