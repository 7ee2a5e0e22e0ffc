/* Links with more than libc. */
#include <math.h>
#include <muster/plugin.h>

static volatile double number = 2;

MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void);
const struct muster_entry *muster_plugin_0(void)
{
	return lgamma(number) > 1e9 ? (const struct muster_entry *)&number : NULL;
}
