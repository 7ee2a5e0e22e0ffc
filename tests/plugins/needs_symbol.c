/* Needs a symbol that nobody has, and wants it at once. */
#include <muster/plugin.h>

int muster_nobody_has_this(void);
MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void);
const struct muster_entry *muster_plugin_0(void)
{
	return muster_nobody_has_this() ? NULL : NULL;
}
