/* Exports the entry symbol of another ABI. */
#include <muster/plugin.h>

MUSTER_EXPORT const struct muster_entry *muster_plugin_7(void);
const struct muster_entry *muster_plugin_7(void)
{
	return NULL;
}
