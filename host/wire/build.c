#include "config.h"

#include "wire/wire.h"

#include "wire/build_id.h"

/* A runner in a relaxed jail is of another build: a host that was not made for it refuses it. */
#ifdef MUSTER_RELAXED_JAIL
#define BUILD_SUFFIX "+relaxed-jail"
#else
#define BUILD_SUFFIX ""
#endif

const char wire_build[] = PACKAGE_VERSION "-" MUSTER_BUILD_ID BUILD_SUFFIX;
