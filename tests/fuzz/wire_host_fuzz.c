/* Fuzz target: what the host says, as the other end hears it. */
#include "config.h"

#include "fuzz/wire_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return wire_fuzz(WIRE_FROM_HOST, data, size);
}
