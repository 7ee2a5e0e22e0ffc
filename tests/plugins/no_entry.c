/* Loads well, and is no plugin. */
__attribute__((visibility("default"))) int muster_something(void);
int muster_something(void)
{
	return 0;
}
