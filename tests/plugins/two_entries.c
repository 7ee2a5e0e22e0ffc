/* Exports the entry symbols of two ABIs. */
#include <muster/plugin.h>

MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void);
MUSTER_EXPORT const struct muster_entry *muster_plugin_1(void);
const struct muster_entry *muster_plugin_0(void)
{
	return NULL;
}
const struct muster_entry *muster_plugin_1(void)
{
	return NULL;
}
